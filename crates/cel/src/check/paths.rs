//! Names: fields, members, items, variables.

use crate::error::{Fault, brief};
use crate::syntax::{Expr, ExprKind, Identifier, Literal};
use crate::{CelError, MAX_QUANTIFIERS, Span, Type};

use super::checker::{Checker, Outcome, call, json_list, typed};
use super::function::Function;
use super::names::suggestion;
use super::schema::Schema;
use super::tree::{Checked, Field, Kind, Quantifier, Root, Step};

impl<S: Schema> Checker<'_, S> {
    pub(super) fn name(&mut self, name: &str, span: &Span) -> Outcome<S> {
        let variable = self
            .variables
            .iter()
            .rposition(|(variable, _)| variable == name);
        if let Some(index) = variable {
            let root = Root::Variable(u32::try_from(index).unwrap_or(u32::MAX));
            let kind = Kind::Field(Field {
                root,
                path: Vec::new(),
            });
            return Ok(typed(kind, self.variables[index].1.clone(), span));
        }
        if let Some(binding) = self.schema.root(name) {
            let path = vec![binding.field];
            let kind = Kind::Field(Field {
                root: Root::Record,
                path,
            });
            return Ok(typed(kind, binding.ty, span));
        }
        let mut known = self.schema.names(None);
        known.extend(self.variables.iter().map(|(variable, _)| variable.clone()));
        let hint = suggestion(name, known.iter().map(String::as_str));
        Err(self.unknown(span, format!("there is no field `{}`{hint}", brief(name))))
    }

    pub(super) fn member(&mut self, of: &Expr, name: &Identifier, span: &Span) -> Outcome<S> {
        let of = self.expr(of)?;
        let text = name.text.as_str();
        let shown = brief(text);
        if let Some(binding) = self.schema.member(&of.ty, text) {
            let Kind::Field(mut field) = of.kind else {
                let message = format!("`.{shown}` can only follow a field");
                return Err(self.mistyped(&name.span, message));
            };
            field.path.push(binding.field);
            return Ok(typed(Kind::Field(field), binding.ty, span));
        }
        match (&of.ty, text) {
            (Type::Money, "amount") => Ok(call(Function::Amount, vec![of], Type::Decimal, span)),
            (Type::Money, "currency") => Ok(call(Function::Currency, vec![of], Type::Text, span)),
            (Type::Json, _) => Ok(json(of, Step::Key(text.to_owned()), span)),
            (Type::List(_), _) => {
                let message = format!(
                    "{} is a list; use `.exists(item, item.{shown} == …)`",
                    self.quote(&of.span)
                );
                Err(self.mistyped(&name.span, message))
            }
            (ty, _) => {
                let mut known = self.schema.names(Some(ty));
                if *ty == Type::Money {
                    known.extend(["amount".to_owned(), "currency".to_owned()]);
                }
                let hint = suggestion(text, known.iter().map(String::as_str));
                let part = self.quote(&of.span);
                let message = match ty {
                    Type::Record(_) => format!("{part} has no field `{shown}`{hint}"),
                    _ => format!("{part} is {ty} and has no `{shown}`{hint}"),
                };
                Err(self.unknown(&name.span, message))
            }
        }
    }

    pub(super) fn index(&mut self, of: &Expr, index: &Expr, span: &Span) -> Outcome<S> {
        let of = self.expr(of)?;
        let step = match &index.kind {
            ExprKind::Literal(Literal::Int(value)) => u32::try_from(*value).ok().map(Step::Index),
            ExprKind::Literal(Literal::Text(key)) if !key.contains('\0') => {
                Some(Step::Key(key.clone()))
            }
            _ => None,
        };
        match (&of.ty, step) {
            (Type::Json, Some(step)) => Ok(json(of, step, span)),
            (Type::List(item), Some(Step::Index(index))) => {
                let ty = (**item).clone();
                Ok(typed(
                    Kind::Item {
                        of: Box::new(of),
                        index,
                    },
                    ty,
                    span,
                ))
            }
            (Type::Json, None) => {
                let message = "expected a text or a whole number from 0, as a literal";
                Err(self.mistyped(&index.span, message))
            }
            (Type::List(_), _) => {
                Err(self.mistyped(&index.span, "expected a whole number from 0, as a literal"))
            }
            (ty, _) => {
                let message = format!("{} is {ty} and has no items", self.quote(&of.span));
                Err(self.mistyped(&of.span, message))
            }
        }
    }

    pub(super) fn quantify(
        &mut self,
        quantifier: Quantifier,
        list: &Expr,
        name: &Identifier,
        arguments: &[Expr],
        span: &Span,
    ) -> Outcome<S> {
        let [
            Expr {
                kind: ExprKind::Name(variable),
                ..
            },
            predicate,
        ] = arguments
        else {
            let message = format!("expected `{0}(item, condition)`", name.text);
            return Err(self.mistyped(span, message));
        };
        let mut list = self.expr(list)?;
        if list.ty == Type::Json {
            list = json_list(list);
        }
        let Type::List(item) = &list.ty else {
            let message = format!("{} is {} and not a list", self.quote(&list.span), list.ty);
            return Err(self.mistyped(&list.span, message));
        };
        if self.variables.len() >= MAX_QUANTIFIERS {
            let message = format!("at most {MAX_QUANTIFIERS} of `exists` and `all` may be nested");
            return Err(CelError::Limit(Fault::new(
                self.source,
                name.span.clone(),
                message,
            )));
        }
        let number = u32::try_from(self.variables.len()).unwrap_or(u32::MAX);
        self.variables.push((variable.clone(), (**item).clone()));
        let predicate = self.boolean(predicate, "the condition");
        self.variables.pop();
        let kind = Kind::Quantify {
            quantifier,
            list: Box::new(list),
            variable: number,
            predicate: Box::new(predicate?),
        };
        Ok(typed(kind, Type::Bool, span))
    }
}

/// One step further into JSON.
fn json<F>(of: Checked<F>, step: Step, span: &Span) -> Checked<F> {
    let kind = match of {
        Checked {
            kind: Kind::Json { of, mut path },
            ..
        } => {
            path.push(step);
            Kind::Json { of, path }
        }
        of => Kind::Json {
            of: Box::new(of),
            path: vec![step],
        },
    };
    typed(kind, Type::Json, span)
}
