//! Arithmetic. What has no result gives null: an overflow, a division by zero, a time out of
//! range, two currencies, a null operand.

use jiff::SignedDuration;
use kith_kernel::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::check::ArithmeticOp;
use crate::{Value, decimal, time};

pub(super) fn negate(value: &Value) -> Value {
    match value {
        Value::Int(value) => or_null(value.checked_neg(), Value::Int),
        Value::Decimal(value) => or_null(decimal::bounded(-*value), Value::Decimal),
        Value::Duration(value) => or_null(time::duration(-value.as_micros()), Value::Duration),
        Value::Money(money) => or_null(money.units.checked_neg(), |units| {
            Value::Money(Money { units, ..*money })
        }),
        _ => Value::Null,
    }
}

pub(super) fn or_null<T>(value: Option<T>, wrap: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, wrap)
}

pub(super) fn apply(op: ArithmeticOp, left: &Value, right: &Value) -> Value {
    use ArithmeticOp::{Add, Div, Mul, Sub};
    match (op, left, right) {
        (_, Value::Int(a), Value::Int(b)) => or_null(ints(op, *a, *b), Value::Int),
        (_, Value::Decimal(a), Value::Decimal(b)) => or_null(decimals(op, *a, *b), Value::Decimal),
        (Add | Sub, Value::Money(a), Value::Money(b)) if a.currency == b.currency => {
            let units = if op == Add {
                a.units.checked_add(b.units)
            } else {
                a.units.checked_sub(b.units)
            };
            or_null(units, |units| Value::Money(Money { units, ..*a }))
        }
        (Div, Value::Money(a), Value::Money(b)) if a.currency == b.currency => {
            or_null(decimal::div(a.to_decimal(), b.to_decimal()), Value::Decimal)
        }
        (Mul | Div, Value::Money(a), Value::Decimal(b)) => {
            let amount = decimals(op, a.to_decimal(), *b);
            let units = amount
                .map(|amount| amount.trunc_with_scale(Money::SCALE))
                .and_then(|amount| amount.checked_mul(Decimal::from(10_i64.pow(Money::SCALE))))
                .and_then(|units| units.to_i64());
            or_null(units, |units| Value::Money(Money { units, ..*a }))
        }
        (Sub, Value::Timestamp(a), Value::Timestamp(b)) => {
            let micros = i128::from(a.as_microsecond()) - i128::from(b.as_microsecond());
            or_null(time::duration(micros), Value::Duration)
        }
        (Add | Sub, Value::Timestamp(moment), Value::Duration(by)) => {
            let moment = signed(op, *by).and_then(|by| moment.checked_add(by).ok());
            or_null(moment.and_then(time::bounded), Value::Timestamp)
        }
        (Add | Sub, Value::Duration(a), Value::Duration(b)) => {
            let micros = signed(op, *b).map(|b| a.as_micros() + b.as_micros());
            or_null(micros.and_then(time::duration), Value::Duration)
        }
        (Sub, Value::Date(a), Value::Date(b)) => Value::Int(time::days_between(*a, *b)),
        (Add, Value::Date(day), Value::Int(days)) => {
            or_null(time::add_days(*day, *days), Value::Date)
        }
        (Sub, Value::Date(day), Value::Int(days)) => {
            let days = days.checked_neg();
            or_null(
                days.and_then(|days| time::add_days(*day, days)),
                Value::Date,
            )
        }
        _ => Value::Null,
    }
}

fn signed(op: ArithmeticOp, by: SignedDuration) -> Option<SignedDuration> {
    if op == ArithmeticOp::Sub {
        by.checked_neg()
    } else {
        Some(by)
    }
}

fn ints(op: ArithmeticOp, a: i64, b: i64) -> Option<i64> {
    match op {
        ArithmeticOp::Add => a.checked_add(b),
        ArithmeticOp::Sub => a.checked_sub(b),
        ArithmeticOp::Mul => a.checked_mul(b),
        ArithmeticOp::Div => a.checked_div(b),
        ArithmeticOp::Rem if b == 0 => None,
        ArithmeticOp::Rem => Some(a.wrapping_rem(b)),
    }
}

fn decimals(op: ArithmeticOp, a: Decimal, b: Decimal) -> Option<Decimal> {
    match op {
        ArithmeticOp::Add => decimal::add(a, b),
        ArithmeticOp::Sub => decimal::sub(a, b),
        ArithmeticOp::Mul => decimal::mul(a, b),
        ArithmeticOp::Div => decimal::div(a, b),
        ArithmeticOp::Rem => decimal::rem(a, b),
    }
}
