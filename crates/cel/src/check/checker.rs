//! The walk over the tree.

use jiff::tz::TimeZone;

use crate::error::Fault;
use crate::syntax::{BinaryOp, Expr, ExprKind, Expression, Literal, UnaryOp};
use crate::{CelError, Span, Type, Value};

use super::function::Function;
use super::schema::Schema;
use super::tree::{Checked, Kind, Quantifier};

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
    pub(super) source: &'a str,
    pub(super) schema: &'a S,
    pub(super) zone: TimeZone,
    /// The quantifiers' variables, outermost first.
    pub(super) variables: Vec<(String, Type)>,
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
            } => self.not(operand, span),
            ExprKind::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.negate(operand, span),
            ExprKind::And(operands) => self.all_of(operands, span),
            ExprKind::Or(operands) => self.any_of(operands, span),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, span),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise, span),
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Map(_) => Err(self.mistyped(span, "maps are not supported; use `?:`")),
        }
    }

    fn not(&mut self, operand: &Expr, span: &Span) -> Outcome<S> {
        let operand = self.boolean(operand, "`!`")?;
        Ok(typed(Kind::Not(Box::new(operand)), Type::Bool, span))
    }

    fn all_of(&mut self, operands: &[Expr], span: &Span) -> Outcome<S> {
        let mut parts = Vec::new();
        for operand in operands {
            let part = self.boolean(operand, "`&&`")?;
            match part.kind {
                Kind::And(inner) => parts.extend(inner),
                _ => parts.push(part),
            }
        }
        Ok(typed(Kind::And(parts), Type::Bool, span))
    }

    fn any_of(&mut self, operands: &[Expr], span: &Span) -> Outcome<S> {
        let mut parts = Vec::new();
        for operand in operands {
            let part = self.boolean(operand, "`||`")?;
            match part.kind {
                Kind::Or(inner) => parts.extend(inner),
                _ => parts.push(part),
            }
        }
        Ok(typed(Kind::Or(parts), Type::Bool, span))
    }

    fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: &Span,
    ) -> Outcome<S> {
        let condition = Box::new(self.boolean(condition, "the condition of `?`")?);
        let then = self.expr(then)?;
        let otherwise = self.expr(otherwise)?;
        let target = self.meeting(&[&then, &otherwise])?;
        let then = Box::new(self.coerce(then, &target)?);
        let otherwise = Box::new(self.coerce(otherwise, &target)?);
        let kind = Kind::Conditional {
            condition,
            then,
            otherwise,
        };
        Ok(typed(kind, target, span))
    }

    fn list(&mut self, items: &[Expr], span: &Span) -> Outcome<S> {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            parts.push(self.item(item)?);
        }
        let parts = self.unify(parts)?;
        let ty = parts.first().map_or(Type::Null, |part| part.ty.clone());
        Ok(typed(Kind::List(parts), ty.list(), span))
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
