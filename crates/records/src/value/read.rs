//! Single values, read from what a client or a file wrote.

use jiff::civil::Date;
use kith_kernel::{Currency, Money, RecordId};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use super::accept::{JSON_LIMIT, LIST_LIMIT, Refusal};
use super::{Address, Link, Value, text};
use crate::catalog::SelectOption;

pub(super) fn whole(text: &str, least: i64, most: i64) -> Result<Value, Refusal> {
    let refusal = || {
        let range = match (least, most) {
            (i64::MIN, _) => "a whole number within 64 bits".to_owned(),
            _ => format!("a whole number from {least} to {most}"),
        };
        Refusal::new("invalid_number", format!("must be {range}"))
    };
    let number = match text.parse::<i64>() {
        Ok(number) => number,
        // 12.0 and 1e3 are whole numbers, too.
        Err(_) => decimal(text)
            .ok()
            .map(|number| number.normalize())
            .filter(|number| number.scale() == 0)
            .and_then(|number| i64::try_from(number).ok())
            .ok_or_else(refusal)?,
    };
    match (least..=most).contains(&number) {
        true => Ok(Value::Int(number)),
        false => Err(refusal()),
    }
}

pub(super) fn decimal(text: &str) -> Result<Decimal, Refusal> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| {
            Refusal::new(
                "invalid_decimal",
                "must be a decimal number of at most 28 digits, such as 12.5",
            )
        })
}

pub(super) fn currency(code: &str) -> Result<Currency, Refusal> {
    Currency::from_code(code).ok_or_else(|| {
        Refusal::new(
            "unknown_currency",
            "must be a currency code of ISO 4217, such as EUR",
        )
    })
}

pub(super) fn amount_of(text: &str, currency: Currency) -> Result<Value, Refusal> {
    Money::parse(text, currency)
        .map(Value::Money)
        .map_err(|error| Refusal::new("invalid_amount", error.to_string()))
}

pub(super) fn date(text: &str) -> Result<Date, Refusal> {
    let refusal = || Refusal::new("invalid_date", "must be a date such as 2026-03-01");
    let strict = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let date: Date = strict
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(refusal)?;
    match date.year() {
        1..=9999 => Ok(date),
        _ => Err(refusal()),
    }
}

pub(super) fn option(options: &[SelectOption], text: &str) -> Result<String, Refusal> {
    let same = |option: &&SelectOption| {
        option.value == text || option.label.to_lowercase() == text.to_lowercase()
    };
    let live = || options.iter().filter(|option| !option.retired);
    live()
        .find(same)
        .map(|option| option.value.clone())
        .ok_or_else(|| {
            let mut names: Vec<&str> = live()
                .take(12)
                .map(|option| option.value.as_str())
                .collect();
            if live().count() > names.len() {
                names.push("…");
            }
            Refusal::new(
                "unknown_option",
                format!("must be one of: {}", names.join(", ")),
            )
        })
}

pub(super) fn record_id(text: &str) -> Result<Value, Refusal> {
    Uuid::try_parse(text)
        .map(Value::Id)
        .map_err(|_| Refusal::new("invalid_id", "must be the id of a record"))
}

pub(super) fn links(items: &[Json]) -> Result<Value, Refusal> {
    if items.len() > LIST_LIMIT {
        return Err(Refusal::new(
            "too_many",
            format!("must have at most {LIST_LIMIT} members"),
        ));
    }
    let mut links: Vec<Link> = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let link = link_of(item).map_err(|refusal| refusal.at(&format!("[{position}]")))?;
        if !links.iter().any(|known| known.id == link.id) {
            links.push(link);
        }
    }
    Ok(match links.is_empty() {
        true => Value::Null,
        false => Value::Links(links),
    })
}

pub(super) fn link_of(item: &Json) -> Result<Link, Refusal> {
    let (id, role) = match item {
        Json::String(id) => (id, None),
        Json::Object(members) => {
            only(members, &["id", "role", "name"])?;
            let role = match members.get("role") {
                None | Some(Json::Null) => None,
                Some(Json::String(role)) => text::line(role, 100).map_err(|r| r.at(".role"))?,
                Some(_) => return Err(Refusal::kind("text").at(".role")),
            };
            match members.get("id") {
                Some(Json::String(id)) => (id, role),
                _ => return Err(Refusal::kind("the id of a record").at(".id")),
            }
        }
        _ => return Err(Refusal::kind("an id, or an object with `id` and `role`")),
    };
    match record_id(id)? {
        Value::Id(id) => Ok(Link {
            id: RecordId(id),
            role,
        }),
        _ => Err(Refusal::kind("the id of a record")),
    }
}

pub(super) fn address(members: &serde_json::Map<String, Json>) -> Result<Value, Refusal> {
    only(members, &Address::PARTS)?;
    let mut address = Address::default();
    for (part, name) in address.parts_mut().into_iter().zip(Address::PARTS) {
        let at = |refusal: Refusal| refusal.at(&format!(".{name}"));
        *part = match members.get(name) {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) if name == "street" => text::long(text).map_err(at)?,
            Some(Json::String(text)) => text::line(text, 200).map_err(at)?,
            Some(_) => return Err(at(Refusal::kind("text"))),
        };
    }
    Ok(match address == Address::default() {
        true => Value::Null,
        false => Value::Address(Box::new(address)),
    })
}

pub(super) fn json_value(input: &Json) -> Result<Value, Refusal> {
    let text = input.to_string();
    if text.len() > JSON_LIMIT {
        return Err(Refusal::new("too_long", "must have at most 64 KiB as JSON"));
    }
    // PostgreSQL's jsonb has no U+0000.
    if text.contains("\\u0000") && holds_nul(input) {
        return Err(Refusal::new("control_character", "must not contain U+0000"));
    }
    Ok(Value::Json(text))
}

pub(super) fn holds_nul(input: &Json) -> bool {
    match input {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(holds_nul),
        Json::Object(members) => {
            (members.iter()).any(|(name, value)| name.contains('\0') || holds_nul(value))
        }
        _ => false,
    }
}

pub(super) fn only(members: &serde_json::Map<String, Json>, known: &[&str]) -> Result<(), Refusal> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let name: String = name.chars().take(60).collect();
            Err(Refusal::new(
                "unknown_member",
                format!("has no member `{name}`; it has {}", known.join(", ")),
            ))
        }
    }
}
