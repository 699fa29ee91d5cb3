//! Operators on two operands, and unary minus.

use rust_decimal::prelude::ToPrimitive;

use crate::syntax::{BinaryOp, Expr};
use crate::{CelError, Span, Type, Value};

use super::checker::{Checker, Outcome, call, convert, json_list, typed};
use super::coerce::{is_text_literal, join};
use super::function::{Function, Unit};
use super::schema::Schema;
use super::tree::{ArithmeticOp, Checked, CompareOp, Kind};

fn is_null<F>(part: &Checked<F>) -> bool {
    matches!(part.kind, Kind::Literal(Value::Null))
}

impl<S: Schema> Checker<'_, S> {
    pub(super) fn operate(
        &mut self,
        op: BinaryOp,
        left: Checked<S::Field>,
        right: Checked<S::Field>,
        span: &Span,
    ) -> Outcome<S> {
        match op {
            BinaryOp::Eq => self.compare(CompareOp::Eq, left, right, span),
            BinaryOp::Ne => self.compare(CompareOp::Ne, left, right, span),
            BinaryOp::Lt => self.compare(CompareOp::Lt, left, right, span),
            BinaryOp::Le => self.compare(CompareOp::Le, left, right, span),
            BinaryOp::Gt => self.compare(CompareOp::Gt, left, right, span),
            BinaryOp::Ge => self.compare(CompareOp::Ge, left, right, span),
            BinaryOp::In => self.contained(left, right, span),
            BinaryOp::Add => self.arithmetic(ArithmeticOp::Add, left, right, span),
            BinaryOp::Sub => self.arithmetic(ArithmeticOp::Sub, left, right, span),
            BinaryOp::Mul => self.arithmetic(ArithmeticOp::Mul, left, right, span),
            BinaryOp::Div => self.arithmetic(ArithmeticOp::Div, left, right, span),
            BinaryOp::Rem => self.arithmetic(ArithmeticOp::Rem, left, right, span),
        }
    }

    fn compare(
        &self,
        op: CompareOp,
        left: Checked<S::Field>,
        right: Checked<S::Field>,
        span: &Span,
    ) -> Outcome<S> {
        if is_null(&left) || is_null(&right) {
            let operand = if is_null(&left) { right } else { left };
            return self.null_test(op, operand, span);
        }
        let (left, right) = (whole(left, &right.ty), right);
        let (right, left) = (whole(right, &left.ty), left);
        let target = self.common(&[&left, &right])?;
        let select = [&left, &right]
            .iter()
            .any(|side| matches!(side.ty, Type::Select(_)));
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let problem = match &target {
            Type::List(_) => Some("lists can't be compared; use `in`, `.exists(…)` or `size(…)`".to_owned()),
            Type::Json => Some(
                "two JSON values can't be compared; say of which type they are: `string(…)`, `double(…)` or `bool(…)`"
                    .to_owned(),
            ),
            Type::Null => Some("there is nothing to compare with".to_owned()),
            _ if !equality && select => Some("options have no order; use `==`, `!=` or `in`".to_owned()),
            ty if !equality && !ty.is_ordered() => {
                Some(format!("{} is {ty}, which has no order", self.quote(&left.span)))
            }
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(self.mistyped(span, problem));
        }
        let left = Box::new(self.coerce(left, &target)?);
        let right = Box::new(self.coerce(right, &target)?);
        let literal = |part: &Checked<S::Field>| matches!(part.kind, Kind::Literal(_));
        let kind = if literal(&left) && !literal(&right) {
            Kind::Compare {
                op: op.swapped(),
                left: right,
                right: left,
            }
        } else {
            Kind::Compare { op, left, right }
        };
        Ok(typed(kind, Type::Bool, span))
    }

    fn null_test(&self, op: CompareOp, operand: Checked<S::Field>, span: &Span) -> Outcome<S> {
        let negated = match op {
            CompareOp::Eq => false,
            CompareOp::Ne => true,
            _ => return Err(self.mistyped(span, "null can only be compared by `==` and `!=`")),
        };
        if is_null(&operand) {
            return Ok(typed(
                Kind::Literal(Value::Bool(!negated)),
                Type::Bool,
                span,
            ));
        }
        if let Type::List(_) = operand.ty {
            let message = format!(
                "a list is never null; use `size({}) == 0`",
                self.quote(&operand.span).trim_matches('`')
            );
            return Err(self.mistyped(span, message));
        }
        let operand = Box::new(operand);
        Ok(typed(Kind::IsNull { operand, negated }, Type::Bool, span))
    }

    fn contained(
        &self,
        item: Checked<S::Field>,
        list: Checked<S::Field>,
        span: &Span,
    ) -> Outcome<S> {
        if is_null(&item) {
            return Err(self.mistyped(&item.span, "a list has no nulls; compare with `== null`"));
        }
        let list = if list.ty == Type::Json {
            json_list(list)
        } else {
            list
        };
        let Type::List(of) = &list.ty else {
            let hint = if list.ty.is_text() {
                "; use `.contains(…)`"
            } else {
                ""
            };
            let message = format!(
                "expected a list after `in`, but {} is {}{hint}",
                self.quote(&list.span),
                list.ty
            );
            return Err(self.mistyped(&list.span, message));
        };
        let item = whole(item, of);
        let list = whole_items(list, &item.ty);
        let Some(target) = self.sought(&item, &list)? else {
            let message = format!(
                "{} is {}, but {} is {}",
                self.quote(&item.span),
                item.ty,
                self.quote(&list.span),
                list.ty
            );
            return Err(self.mistyped(&item.span, message));
        };
        if !target.is_comparable() {
            let message = format!(
                "{} can't be looked for in {}; use `.exists(item, …)`",
                self.quote(&item.span),
                self.quote(&list.span)
            );
            return Err(self.mistyped(span, message));
        }
        let item = Box::new(self.coerce(item, &target)?);
        let list = Box::new(self.coerce(list, &target.list())?);
        Ok(typed(Kind::In { item, list }, Type::Bool, span))
    }

    /// The type that an item and those of a list can be made into.
    fn sought(
        &self,
        item: &Checked<S::Field>,
        list: &Checked<S::Field>,
    ) -> Result<Option<Type>, CelError> {
        match (&list.kind, &list.ty) {
            (Kind::List(items), _) => {
                let parts: Vec<_> = std::iter::once(item).chain(items).collect();
                self.common(&parts).map(Some)
            }
            // Literal texts adapt to what the list holds.
            (_, Type::List(of)) if is_text_literal(item) && **of != Type::Json => {
                Ok(Some((**of).clone()))
            }
            (_, Type::List(of)) => Ok(join(&item.ty, of)),
            _ => Ok(None),
        }
    }

    pub(super) fn arithmetic(
        &self,
        op: ArithmeticOp,
        left: Checked<S::Field>,
        right: Checked<S::Field>,
        span: &Span,
    ) -> Outcome<S> {
        use ArithmeticOp::{Add, Div, Mul, Sub};
        use Type::{Date, Decimal, Duration, Int, Json, Money, Timestamp};
        let result = |left, right, ty| {
            let kind = Kind::Arithmetic {
                op,
                left: Box::new(left),
                right: Box::new(right),
            };
            Ok(typed(kind, ty, span))
        };
        match (op, &left.ty, &right.ty) {
            (_, Json, Json) => Err(self.mistyped(
                span,
                "say of which type the JSON values are: `string(…)` or `double(…)`",
            )),
            (_, Json, other) | (_, other, Json)
                if other.is_number() || *other == Money || (op == Add && other.is_text()) =>
            {
                let ty = if other.is_text() { Type::Text } else { Decimal };
                let json = |part: Checked<S::Field>| match part.ty {
                    Json => self.coerce(part, &ty),
                    _ => Ok(part),
                };
                self.arithmetic(op, json(left)?, json(right)?, span)
            }
            (Add, a, b) if a.is_text() && b.is_text() => Ok(concat(left, right, span)),
            (_, Int, Int) => result(left, right, Int),
            (_, a, b) if a.is_number() && b.is_number() => result(
                self.coerce(left, &Decimal)?,
                self.coerce(right, &Decimal)?,
                Decimal,
            ),
            (Add | Sub, Money, Money) => result(left, right, Money),
            (Div, Money, Money) => result(left, right, Decimal),
            (Mul | Div, Money, number) if number.is_number() => {
                result(left, self.coerce(right, &Decimal)?, Money)
            }
            (Mul, number, Money) if number.is_number() => {
                result(right, self.coerce(left, &Decimal)?, Money)
            }
            (Add, Duration, Timestamp | Date) | (Add, Int, Date) => {
                self.arithmetic(op, right, left, span)
            }
            (Add | Sub, Timestamp, Duration) => result(left, right, Timestamp),
            (Add | Sub, Duration, Duration) => result(left, right, Duration),
            (Sub, Date, Date) => result(left, right, Int),
            (Sub, Timestamp | Date, Timestamp | Date) => result(
                self.coerce(left, &Timestamp)?,
                self.coerce(right, &Timestamp)?,
                Duration,
            ),
            (Add | Sub, Date, Int) => result(left, right, Date),
            (Add | Sub, Date, Duration) => {
                result(left, convert(Function::Total(Unit::Days), right, Int), Date)
            }
            _ => Err(self.no_arithmetic(op, &left, &right, span)),
        }
    }

    fn no_arithmetic(
        &self,
        op: ArithmeticOp,
        left: &Checked<S::Field>,
        right: &Checked<S::Field>,
        span: &Span,
    ) -> CelError {
        use Type::{Date, Money, Text, Timestamp};
        let symbol = match op {
            ArithmeticOp::Add => "+",
            ArithmeticOp::Sub => "-",
            ArithmeticOp::Mul => "*",
            ArithmeticOp::Div => "/",
            ArithmeticOp::Rem => "%",
        };
        let hint = match (&left.ty, &right.ty) {
            (Money, other) | (other, Money) if other.is_number() => {
                "; use `.amount` to calculate with the number alone"
            }
            (Date | Timestamp, Text) | (Text, Date | Timestamp) => {
                "; write `date(\"…\")`, `timestamp(\"…\")` or `duration(\"…\")`"
            }
            (Timestamp, Type::Int) => "; write `duration(\"24h\")`",
            (Text, _) | (_, Text) if op == ArithmeticOp::Add => "; use `string(…)` to make it text",
            _ => "",
        };
        let message = format!(
            "`{symbol}` can't be used with {} ({}) and {} ({}){hint}",
            self.quote(&left.span),
            left.ty,
            self.quote(&right.span),
            right.ty
        );
        self.mistyped(span, message)
    }

    pub(super) fn negate(&mut self, operand: &Expr, span: &Span) -> Outcome<S> {
        let operand = self.expr(operand)?;
        let operand = match operand.ty {
            Type::Json => self.coerce(operand, &Type::Decimal)?,
            _ => operand,
        };
        match operand.ty.clone() {
            ty @ (Type::Int | Type::Decimal | Type::Money | Type::Duration) => {
                Ok(typed(Kind::Negate(Box::new(operand)), ty, span))
            }
            ty => {
                let message = format!(
                    "`-` can't be used with {} ({ty})",
                    self.quote(&operand.span)
                );
                Err(self.mistyped(span, message))
            }
        }
    }
}

/// A literal such as `3.0` that meets a whole number, as a whole number; anything else as it is.
fn whole<F>(part: Checked<F>, other: &Type) -> Checked<F> {
    match &part.kind {
        Kind::Literal(Value::Decimal(value)) if *other == Type::Int && value.is_integer() => {
            match value.to_i64() {
                Some(value) => Checked {
                    kind: Kind::Literal(Value::Int(value)),
                    ty: Type::Int,
                    span: part.span,
                },
                None => part,
            }
        }
        _ => part,
    }
}

/// A literal list of numbers without fractions among which a whole number is looked for, as a list
/// of whole numbers; anything else as it is.
fn whole_items<F>(list: Checked<F>, item: &Type) -> Checked<F> {
    let Checked { kind, ty, span } = list;
    match kind {
        Kind::List(items) if *item == Type::Int => {
            let items: Vec<_> = items.into_iter().map(|part| whole(part, item)).collect();
            let all = items.iter().all(|part| part.ty == Type::Int);
            let ty = if all { Type::Int.list() } else { ty };
            Checked {
                kind: Kind::List(items),
                ty,
                span,
            }
        }
        kind => Checked { kind, ty, span },
    }
}

/// Two texts, of which the left may be the beginning of a longer chain.
fn concat<F>(left: Checked<F>, right: Checked<F>, span: &Span) -> Checked<F> {
    let parts = match left {
        Checked {
            kind: Kind::Concat(mut parts),
            ..
        } => {
            parts.push(right);
            parts
        }
        left => vec![left, right],
    };
    typed(Kind::Concat(parts), Type::Text, span)
}

/// `left - right` of two dates, in days.
pub(super) fn days<F>(left: Checked<F>, right: Checked<F>, span: &Span) -> Checked<F> {
    let kind = Kind::Arithmetic {
        op: ArithmeticOp::Sub,
        left: Box::new(left),
        right: Box::new(right),
    };
    typed(kind, Type::Int, span)
}

/// `part - 1` of an int.
pub(super) fn minus_one<F>(part: Checked<F>, span: &Span) -> Checked<F> {
    let one = typed(Kind::Literal(Value::Int(1)), Type::Int, span);
    days(part, one, span)
}

/// Whether a list has items.
pub(super) fn not_empty<F>(list: Checked<F>, span: &Span) -> Checked<F> {
    let kind = Kind::Compare {
        op: CompareOp::Gt,
        left: Box::new(call(Function::Count, vec![list], Type::Int, span)),
        right: Box::new(typed(Kind::Literal(Value::Int(0)), Type::Int, span)),
    };
    typed(kind, Type::Bool, span)
}
