//! Functions of values.

use jiff::civil::{DateTime, Time};
use kith_kernel::Money;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::check::{Function, Part};
use crate::{Value, decimal, lower, time};

use super::Context;
use super::arithmetic::or_null;

pub(super) fn apply(function: Function, arguments: &[Value], context: &Context) -> Value {
    match function {
        Function::Coalesce => first(arguments.iter()),
        Function::Least => extreme(arguments, std::cmp::Ordering::Less),
        Function::Greatest => extreme(arguments, std::cmp::Ordering::Greater),
        Function::Now => Value::Timestamp(context.moment()),
        Function::Today => Value::Date(context.today()),
        Function::Me => or_null(context.user, |user| Value::Id(user.0)),
        _ => match arguments {
            [Value::Text(a), Value::Text(b)] => of_texts(function, a, b),
            [Value::Decimal(value), Value::Int(places)] if function == Function::Round => {
                round(*value, *places)
            }
            [value] => of_one(function, value, context),
            _ => Value::Null,
        },
    }
}

fn first<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    let mut known = values.filter(|value| !value.is_null());
    known.next().cloned().unwrap_or(Value::Null)
}

fn extreme(values: &[Value], side: std::cmp::Ordering) -> Value {
    let known = values.iter().filter(|value| !value.is_null());
    let best = known.reduce(|best, value| {
        if value.order(best) == Some(side) {
            value
        } else {
            best
        }
    });
    first(best.into_iter())
}

fn of_texts(function: Function, a: &str, b: &str) -> Value {
    match function {
        Function::Contains => Value::Bool(a.contains(b)),
        Function::ContainsIgnoringCase => Value::Bool(lower(a).contains(&lower(b))),
        Function::StartsWith => Value::Bool(a.starts_with(b)),
        Function::EndsWith => Value::Bool(a.ends_with(b)),
        _ => Value::Null,
    }
}

fn of_one(function: Function, value: &Value, context: &Context) -> Value {
    match (function, value) {
        (Function::Length, Value::Text(text)) => count(text.chars().count()),
        (Function::Count, Value::List(items)) => count(items.len()),
        (Function::Lower, Value::Text(text)) => Value::Text(lower(text)),
        (Function::LowerAscii, Value::Text(text)) => Value::Text(text.to_ascii_lowercase()),
        (Function::UpperAscii, Value::Text(text)) => Value::Text(text.to_ascii_uppercase()),
        (Function::Trim, Value::Text(text)) => Value::Text(text.trim().to_owned()),
        (Function::Amount, Value::Money(money)) => Value::Decimal(money.to_decimal()),
        (Function::Currency, Value::Money(money)) => Value::Text(money.currency.code().to_owned()),
        (Function::ToDecimal, Value::Int(value)) => Value::Decimal(Decimal::from(*value)),
        (Function::ToInt, Value::Decimal(value)) => or_null(value.trunc().to_i64(), Value::Int),
        (Function::ToText, value) => text_of(value),
        (Function::ToDate, Value::Timestamp(moment)) => {
            Value::Date(time::local(*moment, &context.time_zone).date())
        }
        (Function::ToTimestamp, Value::Date(day)) => or_null(
            time::moment(day.to_datetime(Time::midnight()), &context.time_zone),
            Value::Timestamp,
        ),
        (Function::JsonText, Value::Json(serde_json::Value::String(text))) => {
            Value::Text(text.clone())
        }
        (Function::JsonNumber, Value::Json(serde_json::Value::Number(number))) => {
            or_null(json_number(&number.to_string()), Value::Decimal)
        }
        (Function::JsonBool, Value::Json(serde_json::Value::Bool(value))) => Value::Bool(*value),
        (Function::JsonList, Value::Json(serde_json::Value::Array(items))) => {
            Value::List(items.iter().cloned().map(json_item).collect())
        }
        (Function::JsonList, _) => Value::List(Vec::new()),
        (Function::Part(part), Value::Date(day)) => {
            part_of(part, day.to_datetime(Time::midnight()))
        }
        (Function::Part(part), Value::Timestamp(moment)) => {
            part_of(part, time::local(*moment, &context.time_zone))
        }
        (Function::Total(unit), Value::Duration(duration)) => {
            let whole = duration.as_micros() / i128::from(unit.micros());
            or_null(i64::try_from(whole).ok(), Value::Int)
        }
        (Function::Abs, Value::Int(value)) => or_null(value.checked_abs(), Value::Int),
        (Function::Abs, Value::Decimal(value)) => Value::Decimal(value.abs()),
        (Function::Abs, Value::Money(money)) => or_null(money.units.checked_abs(), |units| {
            Value::Money(Money { units, ..*money })
        }),
        (Function::Floor, Value::Decimal(value)) => {
            or_null(decimal::bounded(value.floor()), Value::Decimal)
        }
        (Function::Ceil, Value::Decimal(value)) => {
            or_null(decimal::bounded(value.ceil()), Value::Decimal)
        }
        _ => Value::Null,
    }
}

fn count(number: usize) -> Value {
    or_null(i64::try_from(number).ok(), Value::Int)
}

fn round(value: Decimal, places: i64) -> Value {
    let rounded = u32::try_from(places)
        .ok()
        .map(|places| value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero));
    or_null(rounded.and_then(decimal::bounded), Value::Decimal)
}

fn text_of(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::Text(value.to_string()),
        Value::Int(value) => Value::Text(value.to_string()),
        Value::Decimal(value) => Value::Text(value.normalize().to_string()),
        Value::Date(day) => Value::Text(day.to_string()),
        Value::Id(id) => Value::Text(id.to_string()),
        _ => Value::Null,
    }
}

fn json_item(item: serde_json::Value) -> Value {
    match item {
        serde_json::Value::Null => Value::Null,
        item => Value::Json(item),
    }
}

/// A number as JSON writes it, cut to the places that decimals have; `None` out of their range.
fn json_number(text: &str) -> Option<Decimal> {
    match text.parse().or_else(|_| Decimal::from_scientific(text)) {
        Ok(value) => decimal::bounded(value),
        // Too small for a decimal of 28 places, or too large for any.
        Err(_) => text.contains("e-").then_some(Decimal::ZERO),
    }
}

fn part_of(part: Part, at: DateTime) -> Value {
    Value::Int(match part {
        Part::Year => i64::from(at.year()),
        Part::Quarter => i64::from((at.month() - 1) / 3 + 1),
        Part::Month => i64::from(at.month()),
        Part::Day => i64::from(at.day()),
        Part::DayOfWeek => i64::from(at.weekday().to_sunday_zero_offset()),
        Part::DayOfYear => i64::from(at.day_of_year()),
        Part::Hour => i64::from(at.hour()),
        Part::Minute => i64::from(at.minute()),
        Part::Second => i64::from(at.second()),
        Part::Millisecond => i64::from(at.millisecond()),
    })
}
