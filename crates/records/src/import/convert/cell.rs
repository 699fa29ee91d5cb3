//! One cell as the value of one field.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use kith_kernel::Currency;
use kith_kernel::Money;
use kith_tabular::Cell;
use kith_tabular::mapping::{
    DateStyle, Moment, NumberStyle, parse_bool, parse_datetime, parse_decimal,
};
use rust_decimal::Decimal;

use super::{Converter, one_line};
use crate::catalog::FieldType;
use crate::import::plan::Source;
use crate::value::{self, Refusal, Value};

/// What stands in a cell, after the column's value map.
pub(crate) enum Text<'a> {
    Empty,
    Plain(Cow<'a, str>),
    /// A value with a type of its own.
    Typed(&'a Cell),
    /// An error of a spreadsheet.
    Error(String),
}

/// What no text can be split by.
const LISTS: &[char] = &[';', '\n', '\r', ','];
const LINKS: &[char] = &[';', '\n', '\r'];

impl<'a> Text<'a> {
    pub(crate) fn of(cell: &'a Cell, source: &'a Source) -> Self {
        if cell.is_blank() {
            return match source.values.get("") {
                Some(mapped) => Self::mapped(mapped),
                None => Self::Empty,
            };
        }
        if !source.values.is_empty() {
            let text = cell.as_text();
            let text = text.trim();
            let mapped = source
                .values
                .get(text)
                .or_else(|| source.values.get(&text.to_lowercase()));
            if let Some(mapped) = mapped {
                return Self::mapped(mapped);
            }
        }
        match cell {
            Cell::Text(text) => Self::Plain(Cow::Borrowed(text)),
            Cell::Error(error) => Self::Error(error.clone()),
            typed => Self::Typed(typed),
        }
    }

    fn mapped(text: &'a str) -> Self {
        match text.trim() {
            "" => Self::Empty,
            _ => Self::Plain(Cow::Borrowed(text)),
        }
    }

    /// The text as it stands.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Plain(text) => text.clone().into_owned(),
            Self::Typed(cell) => cell.as_text().into_owned(),
            Self::Error(error) => error.clone(),
        }
    }

    /// The one name in the cell.
    pub(crate) fn single(&self) -> Vec<String> {
        let text = self.shown();
        match text.trim() {
            "" => Vec::new(),
            text => vec![text.to_owned()],
        }
    }

    /// The members of a list.
    pub(crate) fn items(&self, source: &Source, commas: bool) -> Vec<String> {
        if let Self::Typed(Cell::Json(serde_json::Value::Array(items))) = self {
            return (items.iter())
                .map(|item| match item {
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                })
                .collect();
        }
        let text = self.shown();
        let parts: Vec<&str> = match source.plan.separator.as_deref() {
            Some(separator) if !separator.is_empty() => text.split(separator).collect(),
            _ => text.split(if commas { LISTS } else { LINKS }).collect(),
        };
        let parts = parts
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }
}

type Refused = Vec<(Refusal, String)>;

impl Converter<'_> {
    /// The value of a cell for a field of this type, and what of the cell was not taken.
    pub(super) fn value(
        &self,
        kind: &FieldType,
        source: &Source,
        text: &Text<'_>,
    ) -> (Value, Refused) {
        match (kind, text) {
            (_, Text::Empty) => (Value::Null, Vec::new()),
            (FieldType::Emails {}, _) => list(text.items(source, true), value::email),
            (FieldType::Phones {}, _) => {
                let region = source
                    .plan
                    .region
                    .as_deref()
                    .unwrap_or(&self.settings.region);
                list(text.items(source, true), |item| value::phone(item, region))
            }
            (FieldType::Links {}, _) => list(text.items(source, false), value::link),
            (FieldType::MultiSelect { .. }, _) => list(text.items(source, true), |item| match self
                .accept()
                .text(kind, item)?
            {
                Value::List(mut items) => Ok(items.pop().unwrap_or_default()),
                _ => Ok(String::new()),
            }),
            _ => match self.scalar(kind, source, text) {
                Ok(value) => (value, Vec::new()),
                Err(refusal) => (Value::Null, vec![(refusal, text.shown())]),
            },
        }
    }

    fn scalar(&self, kind: &FieldType, source: &Source, text: &Text<'_>) -> Result<Value, Refusal> {
        let accept = self.accept();
        match (kind, text) {
            (
                FieldType::Number {} | FieldType::Rating { .. } | FieldType::Decimal {},
                Text::Plain(text),
            ) => {
                match number(text, source.plan.numbers) {
                    Some(number) => accept.text(kind, &number.normalize().to_string()),
                    // Says what would be accepted.
                    None => accept.text(kind, "no number"),
                }
            }
            (FieldType::Currency {}, _) => {
                let shown = text.shown();
                let style = match text {
                    Text::Plain(_) => source.plan.numbers,
                    _ => None,
                };
                let Some(number) = number(&shown, style) else {
                    let message = "must be an amount such as 12.50 or EUR 12.50";
                    return Err(Refusal::new("invalid_amount", message));
                };
                let currency = currency_of(&shown)
                    .or(source.currency)
                    .unwrap_or(self.settings.currency);
                Money::from_decimal(number, currency)
                    .map(Value::Money)
                    .map_err(|error| Refusal::new("invalid_amount", error.to_string()))
            }
            (FieldType::Boolean {}, _) => {
                parse_bool(&text.shown()).map(Value::Bool).map_err(|_| {
                    Refusal::new("wrong_type", "must be true or false, yes or no, 1 or 0")
                })
            }
            (FieldType::Date {}, _) => Ok(Value::Date(moment(source, text)?.local.date())),
            (FieldType::DateTime {}, _) => {
                let zone = TimeZone::get(&self.settings.time_zone).unwrap_or(TimeZone::UTC);
                let moment = moment(source, text)?.timestamp(&zone).ok_or_else(no_date)?;
                accept.text(kind, &moment.to_string())
            }
            (FieldType::Text {}, text) => accept.text(kind, &one_line(&text.shown())),
            (FieldType::Json {}, Text::Typed(Cell::Json(json))) => accept.json(kind, json),
            (FieldType::Json {}, text) => {
                let text = text.shown();
                match serde_json::from_str::<serde_json::Value>(&text) {
                    Ok(json) if json.is_object() || json.is_array() => accept.json(kind, &json),
                    _ => accept.text(kind, &text),
                }
            }
            (kind, text) => accept.text(kind, &text.shown()),
        }
    }
}

/// The members of a list that are accepted, and those that are not.
fn list(
    items: Vec<String>,
    mut accept: impl FnMut(&str) -> Result<String, Refusal>,
) -> (Value, Refused) {
    let mut values: Vec<String> = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for item in items {
        match accept(&item) {
            Ok(value) if values.contains(&value) => {}
            Ok(_) if values.len() >= 100 => {
                refused.push((
                    Refusal::new("too_many", "must have at most 100 members"),
                    item,
                ));
            }
            Ok(value) => values.push(value),
            Err(refusal) => refused.push((refusal, item)),
        }
    }
    let value = if values.is_empty() {
        Value::Null
    } else {
        Value::List(values)
    };
    (value, refused)
}

/// A number in the column's style; without one, as programs write it.
fn number(text: &str, style: Option<NumberStyle>) -> Option<Decimal> {
    let text = text.trim();
    match style {
        Some(style) => parse_decimal(text, style).ok(),
        None => (Decimal::from_str_exact(text).ok())
            .or_else(|| Decimal::from_scientific(text).ok())
            .or_else(|| parse_decimal(text, NumberStyle::Point).ok())
            .or_else(|| parse_decimal(text, NumberStyle::Comma).ok()),
    }
}

/// The currency whose sign or code stands before or behind an amount. Which dollar or crown is
/// meant by `$` and `kr`, the column or the workspace says.
fn currency_of(text: &str) -> Option<Currency> {
    let inner = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-−()., '’".contains(c);
    match text.trim_matches(inner) {
        "€" => Some(Currency::EUR),
        "US$" => Some(Currency::USD),
        "£" => Currency::from_code("GBP"),
        "¥" => Currency::from_code("JPY"),
        "₹" => Currency::from_code("INR"),
        "zł" => Currency::from_code("PLN"),
        code if code.len() == 3 => Currency::from_code(code),
        _ => None,
    }
}

/// A date, with a time of day where there is one. Where the numbers leave no choice, they are
/// believed against the column's style.
fn moment(source: &Source, text: &Text<'_>) -> Result<Moment, Refusal> {
    match text {
        Text::Typed(Cell::Date(date)) => {
            return Ok(Moment {
                local: (*date).into(),
                offset: None,
            });
        }
        Text::Typed(Cell::DateTime(local)) => {
            return Ok(Moment {
                local: *local,
                offset: None,
            });
        }
        _ => {}
    }
    let text = text.shown();
    let read = |style| parse_datetime(&text, style).ok();
    if let Some(moment) = source.plan.dates.and_then(read) {
        return Ok(moment);
    }
    let mut readings = [DateStyle::Ymd, DateStyle::Dmy, DateStyle::Mdy]
        .into_iter()
        .filter_map(read);
    let first = readings.next().ok_or_else(no_date)?;
    if readings.all(|other| other == first) {
        Ok(first)
    } else {
        let message = "could be day-month or month-day: say which by `dates` (dmy or mdy)";
        Err(Refusal::new("ambiguous_date", message))
    }
}

fn no_date() -> Refusal {
    Refusal::new("invalid_date", "must be a date such as 2026-03-01")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_brings_its_currency() {
        let of = |text| {
            currency_of(text)
                .map(|currency| currency.code().to_owned())
                .unwrap_or_default()
        };
        assert_eq!(of("USD 250000"), "USD");
        assert_eq!(of("12,50 €"), "EUR");
        assert_eq!(of("-£5.00"), "GBP");
        assert_eq!(of("$5"), "");
        assert_eq!(of("1054"), "");
        assert_eq!(of("(12 abc)"), "");
    }

    #[test]
    fn numbers_without_a_style_are_read_as_programs_write_them() {
        let of = |text, style| {
            number(text, style)
                .map(|number| number.to_string())
                .unwrap_or_default()
        };
        assert_eq!(of("1.234", None), "1.234");
        assert_eq!(of("1,234.5", None), "1234.5");
        assert_eq!(of("1.234,5", None), "1234.5");
        assert_eq!(of("1e3", None), "1000");
        assert_eq!(of("1.234", Some(NumberStyle::Comma)), "1234");
        assert_eq!(of("high", None), "");
    }
}
