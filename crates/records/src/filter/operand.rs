//! Values that conditions compare fields with.

use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::civil::Date;
use kith_cel::{BinaryOp, Expr, ExprKind, Identifier, Literal, Type};
use kith_kernel::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

/// The most values of a list.
const LIST: usize = 500;
/// The farthest day from today that a condition speaks of: two thousand years.
const DAYS: i64 = 730_000;
/// The farthest period from the one that is now.
const PERIODS: i64 = 1_000;

/// A value of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Text(String),
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Money(Money),
    /// The user who asks.
    Me,
    Id(Uuid),
    Day(Date),
    Moment(Timestamp),
    /// So many days after today.
    FromToday(i64),
    Period(Unit, i64),
    List(Vec<Operand>),
}

/// A unit of periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    pub(super) const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// What kinds of values a field is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    Option,
    Number,
    Money,
    Bool,
    Day,
    Moment,
    User,
    Record,
    Texts,
    Options,
    Records,
    /// Values that can only be there or not.
    Other,
}

impl Class {
    pub(super) fn of(ty: &Type) -> Self {
        match ty {
            Type::Text | Type::Json => Self::Text,
            Type::Select(_) => Self::Option,
            Type::Int | Type::Decimal => Self::Number,
            Type::Money => Self::Money,
            Type::Bool => Self::Bool,
            Type::Date => Self::Day,
            Type::Timestamp => Self::Moment,
            Type::Record(object) if &**object == Type::USER => Self::User,
            Type::Record(_) | Type::Id => Self::Record,
            Type::List(item) => match &**item {
                Type::Text => Self::Texts,
                Type::Select(_) => Self::Options,
                Type::Record(_) => Self::Records,
                _ => Self::Other,
            },
            Type::Null | Type::Duration => Self::Other,
        }
    }

    /// What one item of such a list is.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Texts => Self::Text,
            Self::Options => Self::Option,
            Self::Records => Self::Record,
            class => class,
        }
    }

    /// What is accepted, for a message.
    fn accepts(self) -> &'static str {
        match self {
            Self::Text | Self::Option | Self::Texts | Self::Options => "a text",
            Self::Number => "a number",
            Self::Money => {
                "a number, which counts in any currency, or {\"amount\": \"10.00\", \"currency\": \"EUR\"}"
            }
            Self::Bool => "true or false",
            Self::Day => "a day such as \"2026-11-21\" or {\"days_from_today\": -30}",
            Self::Moment => {
                "a day such as \"2026-11-21\", a moment such as \"2026-11-21T09:30:00Z\" or {\"days_from_today\": -30}"
            }
            Self::User => "a user's id or \"me\"",
            Self::Record | Self::Records => "a record's id",
            Self::Other => "nothing",
        }
    }
}

impl Operand {
    /// Reads a client's value.
    pub(super) fn read(class: Class, json: &Value) -> Result<Self, String> {
        let found = match (class.item(), json) {
            (Class::Text | Class::Option, Value::String(text)) => Some(Self::Text(text.clone())),
            (Class::Money, Value::Object(_)) => money(json),
            (Class::Number | Class::Money, json) => number(json),
            (Class::Bool, Value::Bool(value)) => Some(Self::Bool(*value)),
            (Class::User, Value::String(text)) if text == "me" => Some(Self::Me),
            (Class::User | Class::Record, Value::String(text)) => {
                Uuid::parse_str(text).ok().map(Self::Id)
            }
            (Class::Day | Class::Moment, Value::Object(_)) => from_today(json),
            (Class::Day, Value::String(text)) => day(text),
            (Class::Moment, Value::String(text)) => day(text).or_else(|| moment(text)),
            _ => None,
        };
        found.ok_or_else(|| format!("The value must be {}.", class.item().accepts()))
    }

    /// Reads a list of a client's values.
    pub(super) fn read_list(class: Class, json: &Value) -> Result<Self, String> {
        match json {
            Value::Array(items) if (1..=LIST).contains(&items.len()) => (items.iter())
                .map(|item| Self::read(class, item))
                .collect::<Result<Vec<_>, _>>()
                .map(Self::List),
            _ => Err(format!("The value must be a list of 1 to {LIST} values.")),
        }
    }

    /// Reads the two ends of a range.
    pub(super) fn read_ends(class: Class, json: &Value) -> Result<Self, String> {
        match Self::read_list(class, json)? {
            Self::List(ends) if ends.len() == 2 => Ok(Self::List(ends)),
            _ => Err("The value must be a list of two: the least and the greatest.".to_owned()),
        }
    }

    /// Reads `{"unit": "month", "offset": 0}`.
    pub(super) fn read_period(json: &Value) -> Result<Self, String> {
        let unit = (Unit::ALL.into_iter()).find(|unit| json["unit"] == unit.name());
        let offset = match json.get("offset") {
            None => Some(0),
            Some(offset) => offset.as_i64().filter(|offset| offset.abs() <= PERIODS),
        };
        match (unit, offset) {
            (Some(unit), Some(offset)) => Ok(Self::Period(unit, offset)),
            _ => Err(format!(
                "The value must be such as {{\"unit\": \"month\", \"offset\": -1}}, with week, month, quarter or year, \
                 and at most {PERIODS} of them away."
            )),
        }
    }

    /// As clients read it.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Bool(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::Decimal(value) => json!(value.normalize().to_string()),
            Self::Money(money) => json!(money),
            Self::Me => json!("me"),
            Self::Id(id) => json!(id),
            Self::Day(day) => json!(day.to_string()),
            Self::Moment(moment) => json!(moment.to_string()),
            Self::FromToday(days) => json!({ "days_from_today": days }),
            Self::Period(unit, offset) => json!({ "unit": unit.name(), "offset": offset }),
            Self::List(items) => items.iter().map(Self::json).collect(),
        }
    }

    /// In the expression language.
    pub(super) fn expr(&self) -> Expr {
        match self {
            Self::Text(text) => literal(Literal::Text(text.clone())),
            Self::Bool(value) => literal(Literal::Bool(*value)),
            Self::Int(value) => literal(Literal::Int(*value)),
            Self::Decimal(value) => literal(Literal::Decimal(*value)),
            Self::Money(money) => {
                let text = format!("{} {}", money.amount_string(), money.currency.code());
                literal(Literal::Text(text))
            }
            Self::Me => call("me", Vec::new()),
            Self::Id(id) => literal(Literal::Text(id.to_string())),
            Self::Day(day) => literal(Literal::Text(day.to_string())),
            Self::Moment(moment) => literal(Literal::Text(moment.to_string())),
            Self::FromToday(days) => plus(call("today", Vec::new()), *days),
            Self::List(items) => part(ExprKind::List(items.iter().map(Self::expr).collect())),
            // A period is no value; conditions on it are made as a whole.
            Self::Period(..) => literal(Literal::Null),
        }
    }

    /// What an expression of this class says, where a condition can show it.
    pub(super) fn of(class: Class, expr: &Expr) -> Option<Self> {
        match (&expr.kind, class.item()) {
            (ExprKind::Literal(Literal::Text(text)), class) => match class {
                Class::Text | Class::Option => Some(Self::Text(text.clone())),
                Class::Money => money_text(text),
                Class::User | Class::Record => Uuid::parse_str(text).ok().map(Self::Id),
                Class::Day => day(text),
                Class::Moment => day(text).or_else(|| moment(text)),
                _ => None,
            },
            (ExprKind::Literal(Literal::Int(value)), Class::Number | Class::Money) => {
                Some(Self::Int(*value))
            }
            (ExprKind::Literal(Literal::Decimal(value)), Class::Number | Class::Money) => {
                Some(decimal(*value))
            }
            (ExprKind::Literal(Literal::Bool(value)), Class::Bool) => Some(Self::Bool(*value)),
            (_, Class::User) if *expr == call("me", Vec::new()) => Some(Self::Me),
            (_, Class::Day | Class::Moment) => {
                let (base, days) = offset(expr);
                let near = days.abs() <= DAYS && *base == call("today", Vec::new());
                near.then_some(Self::FromToday(days))
            }
            _ => None,
        }
    }

    /// What a list of such values says.
    pub(super) fn list_of(class: Class, expr: &Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::List(items) if (1..=LIST).contains(&items.len()) => (items.iter())
                .map(|item| Self::of(class, item))
                .collect::<Option<Vec<_>>>()
                .map(Self::List),
            _ => None,
        }
    }
}

fn number(json: &Value) -> Option<Operand> {
    let text = match json {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Operand::Int(whole));
    }
    let value = Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text));
    value.ok().filter(fits).map(decimal)
}

/// What the expression language can write: nine decimal places, below 10^19.
fn fits(value: &Decimal) -> bool {
    let value = value.normalize();
    value.scale() <= 9 && value.abs() < Decimal::from_i128_with_scale(10_i128.pow(19), 0)
}

/// A number without a fraction is a whole one.
fn decimal(value: Decimal) -> Operand {
    let value = value.normalize();
    match i64::try_from(value) {
        Ok(whole) if value.scale() == 0 => Operand::Int(whole),
        _ => Operand::Decimal(value),
    }
}

fn money(json: &Value) -> Option<Operand> {
    let amount = match &json["amount"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let currency = Currency::from_code(json["currency"].as_str()?)?;
    Money::parse(&amount, currency).ok().map(Operand::Money)
}

fn money_text(text: &str) -> Option<Operand> {
    let (amount, currency) = text.split_once(' ')?;
    let money = Money::parse(amount, Currency::from_code(currency)?).ok()?;
    Some(Operand::Money(money))
}

fn from_today(json: &Value) -> Option<Operand> {
    let days = json["days_from_today"].as_i64()?;
    (days.abs() <= DAYS).then_some(Operand::FromToday(days))
}

fn day(text: &str) -> Option<Operand> {
    let shaped = text.len() == 10 && text.as_bytes()[0].is_ascii_digit();
    let day = text.parse::<Date>().ok().filter(|_| shaped)?;
    (day >= kith_cel::FIRST_DAY).then_some(Operand::Day(day))
}

fn moment(text: &str) -> Option<Operand> {
    if text.contains(['[', ']']) {
        return None;
    }
    let moment = text.parse::<Timestamp>().ok()?;
    let micros = Timestamp::from_microsecond(moment.as_microsecond()).ok()?;
    let known = kith_cel::FIRST_MOMENT..=kith_cel::LAST_MOMENT;
    known.contains(&micros).then_some(Operand::Moment(micros))
}

/// `base + n`, `base - n` or `base`.
pub(super) fn plus(base: Expr, number: i64) -> Expr {
    let op = match number {
        0 => return base,
        1.. => BinaryOp::Add,
        _ => BinaryOp::Sub,
    };
    binary(op, base, literal(Literal::Int(number.abs())))
}

/// What [`plus`] has put together.
pub(super) fn offset(expr: &Expr) -> (&Expr, i64) {
    if let ExprKind::Binary { op, left, right } = &expr.kind
        && let ExprKind::Literal(Literal::Int(number @ 1..)) = right.kind
    {
        match op {
            BinaryOp::Add => return (left, number),
            BinaryOp::Sub => return (left, -number),
            _ => {}
        }
    }
    (expr, 0)
}

pub(super) fn part(kind: ExprKind) -> Expr {
    Expr { kind, span: 0..0 }
}

pub(super) fn literal(literal: Literal) -> Expr {
    part(ExprKind::Literal(literal))
}

pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    part(ExprKind::Binary {
        op,
        left: Box::new(left),
        right: Box::new(right),
    })
}

fn name(text: &str) -> Identifier {
    Identifier {
        text: text.to_owned(),
        span: 0..0,
    }
}

/// `name(arguments)`
pub(super) fn call(function: &str, arguments: Vec<Expr>) -> Expr {
    part(ExprKind::Call {
        receiver: None,
        name: name(function),
        arguments,
    })
}

/// `of.name(arguments)`
pub(super) fn method(of: Expr, function: &str, arguments: Vec<Expr>) -> Expr {
    part(ExprKind::Call {
        receiver: Some(Box::new(of)),
        name: name(function),
        arguments,
    })
}

/// `a.b.c`
pub(super) fn path(text: &str) -> Expr {
    let mut names = text.split('.');
    let first = part(ExprKind::Name(names.next().unwrap_or_default().to_owned()));
    names.fold(first, |of, member| {
        part(ExprKind::Member {
            of: Box::new(of),
            name: name(member),
        })
    })
}

/// The text of a path.
pub(super) fn path_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { of, name } => Some(format!("{}.{}", path_text(of)?, name.text)),
        _ => None,
    }
}
