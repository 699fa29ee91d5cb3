//! Making values of one type out of those of another, where that is plainly meant.

use crate::types::Options;
use crate::{CelError, Type, Value};

use super::checker::{Checker, Outcome, convert, json_list};
use super::function::Function;
use super::literals;
use super::schema::Schema;
use super::tree::{Checked, Kind};

/// Whether a part is a text that stands in the source and may therefore stand for a date,
/// an id and so on.
pub(super) fn is_text_literal<F>(part: &Checked<F>) -> bool {
    part.ty == Type::Text && matches!(part.kind, Kind::Literal(_))
}

fn may_be_option<F>(part: &Checked<F>, options: &Options) -> bool {
    match &part.kind {
        Kind::Literal(Value::Text(text)) => options.iter().any(|option| **option == **text),
        _ => true,
    }
}

/// The type that values of both types are made into when they meet.
pub(super) fn join(a: &Type, b: &Type) -> Option<Type> {
    use Type::{
        Bool, Date, Decimal, Id, Int, Json, List, Money, Null, Record, Select, Text, Timestamp,
    };
    match (a, b) {
        (a, b) if a == b => Some(a.clone()),
        (Null, other) | (other, Null) => Some(other.clone()),
        (Int | Money | Json, Decimal)
        | (Decimal | Money | Json, Int)
        | (Decimal | Int, Money | Json) => Some(Decimal),
        (Date, Timestamp) | (Timestamp, Date) => Some(Timestamp),
        (Id, Record(_)) | (Record(_), Id) => Some(Id),
        (Select(_), Text | Select(_) | Json)
        | (Text | Json, Select(_))
        | (Text, Json)
        | (Json, Text) => Some(Text),
        (Bool, Json) | (Json, Bool) => Some(Bool),
        (List(a), List(b)) => join(a, b).map(Type::list),
        _ => None,
    }
}

impl<S: Schema> Checker<'_, S> {
    /// Makes all parts values of one type.
    pub(super) fn unify(
        &self,
        parts: Vec<Checked<S::Field>>,
    ) -> Result<Vec<Checked<S::Field>>, CelError> {
        let target = self.meeting(&parts.iter().collect::<Vec<_>>())?;
        parts
            .into_iter()
            .map(|part| self.coerce(part, &target))
            .collect()
    }

    /// The type that results of several parts have. Options and texts of which one is no option
    /// make texts.
    pub(super) fn meeting(&self, parts: &[&Checked<S::Field>]) -> Result<Type, CelError> {
        Ok(match self.common(parts)? {
            Type::Select(options) if parts.iter().any(|part| !may_be_option(part, &options)) => {
                Type::Text
            }
            target => target,
        })
    }

    /// The type that all parts can be made into. Literal texts adapt to the others.
    pub(super) fn common(&self, parts: &[&Checked<S::Field>]) -> Result<Type, CelError> {
        let mut common: Option<&Checked<S::Field>> = None;
        let mut ty = Type::Null;
        for &part in parts.iter().filter(|part| !is_text_literal(part)) {
            ty = match join(&ty, &part.ty) {
                Some(joined) => joined,
                None => return Err(self.clash(common.unwrap_or(part), part)),
            };
            if part.ty != Type::Null {
                common = Some(part);
            }
        }
        if matches!(ty, Type::Null | Type::Json) && parts.iter().any(|part| is_text_literal(part)) {
            ty = Type::Text;
        }
        Ok(ty)
    }

    /// Two parts whose types have nothing in common.
    pub(super) fn clash(&self, left: &Checked<S::Field>, right: &Checked<S::Field>) -> CelError {
        let hint = match (&left.ty, &right.ty) {
            (Type::Text, number) | (number, Type::Text) if number.is_number() => {
                "; text stands in quotes, a number without"
            }
            _ => "; they can't be used together",
        };
        let message = format!(
            "{} is {} and {} is {}{hint}",
            self.quote(&left.span),
            left.ty,
            self.quote(&right.span),
            right.ty,
        );
        self.mistyped(&right.span, message)
    }

    /// Makes `part` a value of type `target`.
    pub(super) fn coerce(&self, part: Checked<S::Field>, target: &Type) -> Outcome<S> {
        if part.ty == *target {
            return Ok(part);
        }
        if let Kind::Literal(value) = &part.kind {
            match self.literal_as(value, target) {
                Some(Ok(value)) => {
                    return Ok(Checked {
                        kind: Kind::Literal(value),
                        ty: target.clone(),
                        span: part.span,
                    });
                }
                Some(Err(message)) => return Err(self.mistyped(&part.span, message)),
                None => {}
            }
        }
        let retyped = |part: Checked<S::Field>| Checked {
            ty: target.clone(),
            ..part
        };
        match (&part.ty, target) {
            (Type::Int, Type::Decimal) => Ok(convert(Function::ToDecimal, part, Type::Decimal)),
            (Type::Money, Type::Decimal) => Ok(convert(Function::Amount, part, Type::Decimal)),
            (Type::Date, Type::Timestamp) => {
                Ok(convert(Function::ToTimestamp, part, Type::Timestamp))
            }
            (Type::Json, Type::Text) => Ok(convert(Function::JsonText, part, Type::Text)),
            (Type::Json, Type::Decimal) => Ok(convert(Function::JsonNumber, part, Type::Decimal)),
            (Type::Json, Type::Bool) => Ok(convert(Function::JsonBool, part, Type::Bool)),
            (Type::Json, Type::List(item)) if **item == Type::Json => Ok(json_list(part)),
            // The same values under a wider name.
            (Type::Select(_), Type::Text) | (Type::Record(_), Type::Id) => Ok(part),
            (Type::Null, _) => Ok(retyped(part)),
            (Type::List(item), Type::List(wanted)) => match part.kind {
                Kind::List(items) => {
                    let items = items
                        .into_iter()
                        .map(|item| self.coerce(item, wanted))
                        .collect::<Result<_, _>>()?;
                    Ok(Checked {
                        kind: Kind::List(items),
                        ty: target.clone(),
                        span: part.span,
                    })
                }
                _ if matches!(
                    (&**item, &**wanted),
                    (Type::Select(_), Type::Text) | (Type::Record(_), Type::Id)
                ) =>
                {
                    Ok(part)
                }
                _ => Err(self.wanted(&part, target)),
            },
            _ => Err(self.wanted(&part, target)),
        }
    }

    fn wanted(&self, part: &Checked<S::Field>, target: &Type) -> CelError {
        let hint = match (&part.ty, target) {
            (Type::Decimal, Type::Int) => "; cut it by `int(…)` or round it by `int(round(…))`",
            (Type::Timestamp, Type::Date) => "; use `date(…)`",
            (Type::Int | Type::Decimal | Type::Date | Type::Bool | Type::Id, Type::Text) => {
                "; use `string(…)`"
            }
            (Type::Text, Type::Int | Type::Decimal) => "; a number stands without quotes",
            _ => "",
        };
        let part_name = self.quote(&part.span);
        let message = format!("expected {target}, but {part_name} is {}{hint}", part.ty);
        self.mistyped(&part.span, message)
    }

    /// A literal as a literal of another type, if it may stand for one.
    fn literal_as(&self, value: &Value, target: &Type) -> Option<Result<Value, String>> {
        match (value, target) {
            (Value::Int(value), Type::Decimal) => {
                let value = rust_decimal::Decimal::from(*value);
                crate::decimal::bounded(value).map(|value| Ok(Value::Decimal(value)))
            }
            (Value::Date(day), Type::Timestamp) => {
                let midnight = day.to_datetime(jiff::civil::Time::midnight());
                crate::time::moment(midnight, &self.zone).map(|moment| Ok(Value::Timestamp(moment)))
            }
            (Value::Text(text), Type::Date) => Some(literals::date(text)),
            (Value::Text(text), Type::Timestamp) => Some(literals::timestamp(text, &self.zone)),
            (Value::Text(text), Type::Duration) => Some(literals::duration(text)),
            (Value::Text(text), Type::Id | Type::Record(_)) => Some(literals::id(text)),
            (Value::Text(text), Type::Money) => Some(literals::money(text)),
            (Value::Text(text), Type::Select(options)) => Some(literals::option(text, options)),
            _ => None,
        }
    }
}
