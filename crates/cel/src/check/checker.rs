//! The walk over the tree.

use jiff::tz::TimeZone;

use crate::error::Fault;
use crate::syntax::{BinaryOp, Expr, ExprKind, Expression, Identifier, Literal, UnaryOp};
use crate::{CelError, MAX_QUANTIFIERS, Span, Type, Value};

use super::names::suggestion;
use super::schema::Schema;
use super::tree::{Checked, Field, Function, Kind, Quantifier, Root, Step};

/// Checks `expression` against `schema`.
///
/// # Errors
/// [`CelError::UnknownName`], [`CelError::Type`] or [`CelError::Limit`], with the position.
pub fn check<S: Schema>(
    expression: &Expression,
    schema: &S,
) -> Result<Checked<S::Field>, CelError> {
    Checker::new(expression, schema).expr(&expression.root)
}

/// Checks `expression` against `schema` and makes its result a value of type `expected`: a filter
/// has to be [`Type::Bool`], a formula what its field holds.
///
/// # Errors
/// As [`check`], and [`CelError::Type`] if the result is of another type.
pub fn check_as<S: Schema>(
    expression: &Expression,
    schema: &S,
    expected: &Type,
) -> Result<Checked<S::Field>, CelError> {
    let checker = &mut Checker::new(expression, schema);
    let checked = checker.expr(&expression.root)?;
    checker.coerce(checked, expected)
}

pub(super) struct Checker<'a, S> {
    source: &'a str,
    schema: &'a S,
    pub(super) zone: TimeZone,
    /// The quantifiers' variables, outermost first.
    variables: Vec<(String, Type)>,
}

/// What checking a part gives.
pub(super) type Outcome<S> = Result<Checked<<S as Schema>::Field>, CelError>;

impl<'a, S: Schema> Checker<'a, S> {
    fn new(expression: &'a Expression, schema: &'a S) -> Self {
        Self {
            source: &expression.source,
            schema,
            zone: schema.time_zone(),
            variables: Vec::new(),
        }
    }

    pub(super) fn mistyped(&self, span: &Span, message: impl Into<String>) -> CelError {
        CelError::Type(Fault::new(self.source, span.clone(), message))
    }

    pub(super) fn unknown(&self, span: &Span, message: impl Into<String>) -> CelError {
        CelError::UnknownName(Fault::new(self.source, span.clone(), message))
    }

    /// How a part is called in a message: its text if that is short.
    pub(super) fn quote(&self, span: &Span) -> String {
        match self.source.get(span.clone()) {
            Some(text) if text.chars().count() <= 40 && !text.contains('\n') => format!("`{text}`"),
            _ => "this".to_owned(),
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Outcome<S> {
        let span = &expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, span),
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Member { of, name } => self.member(of, name, span),
            ExprKind::Index { of, index } => self.index(of, index, span),
            ExprKind::Call {
                receiver,
                name,
                arguments,
            } => match (receiver, name.text.as_str()) {
                (Some(list), "exists") => {
                    self.quantify(Quantifier::Exists, list, name, arguments, span)
                }
                (Some(list), "all") => self.quantify(Quantifier::All, list, name, arguments, span),
                _ => self.call(receiver.as_deref(), name, arguments, span),
            },
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                let operand = self.boolean(operand, "`!`")?;
                Ok(typed(Kind::Not(Box::new(operand)), Type::Bool, span))
            }
            ExprKind::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.negate(operand, span),
            ExprKind::And(operands) => {
                let mut parts = Vec::new();
                for operand in operands {
                    match self.boolean(operand, "`&&`")? {
                        Checked {
                            kind: Kind::And(inner),
                            ..
                        } => parts.extend(inner),
                        part => parts.push(part),
                    }
                }
                Ok(typed(Kind::And(parts), Type::Bool, span))
            }
            ExprKind::Or(operands) => {
                let mut parts = Vec::new();
                for operand in operands {
                    match self.boolean(operand, "`||`")? {
                        Checked {
                            kind: Kind::Or(inner),
                            ..
                        } => parts.extend(inner),
                        part => parts.push(part),
                    }
                }
                Ok(typed(Kind::Or(parts), Type::Bool, span))
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, span),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.boolean(condition, "the condition of `?`")?;
                let branches = vec![self.expr(then)?, self.expr(otherwise)?];
                let mut branches = self.unify(branches)?.into_iter();
                let (Some(then), Some(otherwise)) = (branches.next(), branches.next()) else {
                    return Err(self.mistyped(span, "expected two results"));
                };
                let ty = then.ty.clone();
                let kind = Kind::Conditional {
                    condition: Box::new(condition),
                    then: Box::new(then),
                    otherwise: Box::new(otherwise),
                };
                Ok(typed(kind, ty, span))
            }
            ExprKind::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.item(item))
                    .collect::<Result<_, _>>()?;
                let items = self.unify(items)?;
                let ty = items.first().map_or(Type::Null, |item| item.ty.clone());
                Ok(typed(Kind::List(items), ty.list(), span))
            }
            ExprKind::Map(_) => Err(self.mistyped(span, "maps are not supported; use `?:`")),
        }
    }

    /// An item of a list literal: anything but null and lists.
    fn item(&mut self, item: &Expr) -> Outcome<S> {
        let checked = self.expr(item)?;
        match checked.ty {
            Type::Null => {
                Err(self.mistyped(&item.span, "a list has no nulls; compare with `== null`"))
            }
            Type::List(_) => Err(self.mistyped(&item.span, "a list can't have lists in it")),
            _ => Ok(checked),
        }
    }

    fn literal(&mut self, literal: &Literal, span: &Span) -> Outcome<S> {
        let (value, ty) = match literal {
            Literal::Null => (Value::Null, Type::Null),
            Literal::Bool(value) => (Value::Bool(*value), Type::Bool),
            Literal::Int(value) => (Value::Int(*value), Type::Int),
            Literal::Uint(value) => {
                let message = "a whole number must be at most 9223372036854775807";
                let value = i64::try_from(*value).map_err(|_| self.mistyped(span, message))?;
                (Value::Int(value), Type::Int)
            }
            Literal::Decimal(value) => match crate::decimal::bounded(*value) {
                Some(bounded) if bounded == *value => (Value::Decimal(bounded), Type::Decimal),
                _ => {
                    let message = "a number must be less than 10^19 with at most 9 decimal places";
                    return Err(self.mistyped(span, message));
                }
            },
            Literal::Text(value) if value.contains('\0') => {
                return Err(self.mistyped(span, "a text must not contain NUL"));
            }
            Literal::Text(value) => (Value::Text(value.clone()), Type::Text),
        };
        Ok(typed(Kind::Literal(value), ty, span))
    }

    fn name(&mut self, name: &str, span: &Span) -> Outcome<S> {
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
        Err(self.unknown(span, format!("there is no field `{name}`{hint}")))
    }

    fn member(&mut self, of: &Expr, name: &Identifier, span: &Span) -> Outcome<S> {
        let of = self.expr(of)?;
        let text = name.text.as_str();
        if let Some(binding) = self.schema.member(&of.ty, text) {
            let Kind::Field(mut field) = of.kind else {
                let message = format!("`.{text}` can only follow a field");
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
                    "{} is a list; use `.exists(item, item.{text} == …)`",
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
                    Type::Record(_) => format!("{part} has no field `{text}`{hint}"),
                    _ => format!("{part} is {ty} and has no `{text}`{hint}"),
                };
                Err(self.unknown(&name.span, message))
            }
        }
    }

    fn index(&mut self, of: &Expr, index: &Expr, span: &Span) -> Outcome<S> {
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

    fn quantify(
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

    /// Checks an operand that has to be a boolean.
    pub(super) fn boolean(&mut self, operand: &Expr, place: &str) -> Outcome<S> {
        let operand = self.expr(operand)?;
        match operand.ty {
            Type::Bool | Type::Json => self.coerce(operand, &Type::Bool),
            ref ty => {
                let message = format!(
                    "{place} takes a boolean, but {} is {ty}",
                    self.quote(&operand.span)
                );
                Err(self.mistyped(&operand.span, message))
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: &Span) -> Outcome<S> {
        let left = self.expr(left)?;
        let right = self.expr(right)?;
        self.operate(op, left, right, span)
    }
}

/// A part of a checked tree.
pub(super) fn typed<F>(kind: Kind<F>, ty: Type, span: &Span) -> Checked<F> {
    let span = span.clone();
    Checked { kind, ty, span }
}

/// A call.
pub(super) fn call<F>(
    function: Function,
    arguments: Vec<Checked<F>>,
    ty: Type,
    span: &Span,
) -> Checked<F> {
    typed(
        Kind::Call {
            function,
            arguments,
        },
        ty,
        span,
    )
}

/// A conversion that takes the place of what it converts.
pub(super) fn convert<F>(function: Function, of: Checked<F>, ty: Type) -> Checked<F> {
    let span = of.span.clone();
    call(function, vec![of], ty, &span)
}

/// JSON as the list of its items.
pub(super) fn json_list<F>(of: Checked<F>) -> Checked<F> {
    convert(Function::JsonList, of, Type::Json.list())
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
