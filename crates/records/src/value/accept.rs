//! From what a client sends to a value: checked, normalised, or refused with a sentence.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use kith_kernel::WorkspaceSettings;
use serde_json::Value as Json;

use super::read::{
    address, amount_of, currency, date, decimal, json_value, links, only, option, record_id, whole,
};
use super::{Address, Value, contact, phone, text};
use crate::catalog::{Catalog, FieldType};

/// The most members of a list.
pub(super) const LIST_LIMIT: usize = 100;
/// The most bytes of a JSON field.
pub(super) const JSON_LIMIT: usize = 64 * 1024;

/// Why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where in the value, such as `[2]` or `.city`; empty for all of it.
    pub path: String,
    /// The stable code.
    pub code: &'static str,
    /// What would be accepted, as the end of a sentence that begins with the field's name.
    pub message: String,
}

impl Refusal {
    /// A refusal of the whole value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            code,
            message: message.into(),
        }
    }

    pub(super) fn at(mut self, path: &str) -> Self {
        self.path.insert_str(0, path);
        self
    }

    pub(super) fn kind(expected: &str) -> Self {
        Self::new("wrong_type", format!("must be {expected}"))
    }
}

/// What values are accepted under: the workspace's settings and catalog.
#[derive(Clone, Copy)]
pub struct Accept<'a> {
    /// The settings that give amounts their currency and phone numbers their region.
    pub settings: &'a WorkspaceSettings,
    /// The catalog that knows the objects which polymorphic relations name.
    pub catalog: &'a Catalog,
}

impl Accept<'_> {
    /// The value of a member of a JSON object; null and blank text are no value.
    pub fn json(&self, kind: &FieldType, input: &Json) -> Result<Value, Refusal> {
        match (kind, input) {
            (_, Json::Null) => Ok(Value::Null),
            (FieldType::Json {}, other) => json_value(other),
            (FieldType::Currency {}, Json::Object(members)) => self.money(members),
            (FieldType::Address {}, Json::Object(members)) => address(members),
            (FieldType::AnyRelation {}, Json::Object(members)) => self.any_record(members),
            (FieldType::Relation { .. } | FieldType::User {}, Json::Object(members)) => {
                only(members, &["id", "name"])?;
                match members.get("id") {
                    Some(Json::String(id)) => record_id(id).map_err(|refusal| refusal.at(".id")),
                    _ => Err(Refusal::kind("an id, or an object with an `id`")),
                }
            }
            (FieldType::Relations { .. }, Json::Array(items)) => links(items),
            (kind, Json::Array(items)) if kind.is_list() => self.list(kind, items),
            (FieldType::Boolean {}, Json::Bool(value)) => Ok(Value::Bool(*value)),
            (kind, Json::String(text)) => self.text(kind, text),
            (
                FieldType::Number {}
                | FieldType::Decimal {}
                | FieldType::Currency {}
                | FieldType::Rating { .. },
                Json::Number(number),
            ) => self.text(kind, &number.to_string()),
            (kind, _) => Err(Refusal::kind(expected(kind))),
        }
    }

    /// The value of a text: a JSON string, or a cell of a file.
    pub fn text(&self, kind: &FieldType, input: &str) -> Result<Value, Refusal> {
        if input.trim().is_empty() {
            return match input.contains('\0') {
                true => Err(Refusal::new("control_character", "must not contain U+0000")),
                false => Ok(Value::Null),
            };
        }
        let trimmed = input.trim();
        match kind {
            FieldType::Text {} => Ok(text(text::line(input, text::LINE_LIMIT)?)),
            FieldType::LongText {} => Ok(text(text::long(input)?)),
            FieldType::Number {} => whole(trimmed, i64::MIN, i64::MAX),
            FieldType::Rating { max } => whole(trimmed, 0, i64::from(*max)),
            FieldType::Decimal {} => {
                decimal(trimmed).map(|number| Value::Decimal(number.normalize()))
            }
            FieldType::Currency {} => {
                let (amount, currency) = match trimmed.rsplit_once(' ') {
                    Some((amount, code)) => (amount, currency(code)?),
                    None => (trimmed, self.settings.currency),
                };
                amount_of(amount, currency)
            }
            FieldType::Boolean {} => match trimmed.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(Refusal::kind(expected(kind))),
            },
            FieldType::Date {} => date(trimmed).map(Value::Date),
            FieldType::DateTime {} => self.moment(trimmed).map(Value::Time),
            FieldType::Select { options } => option(options, trimmed).map(Value::Text),
            FieldType::MultiSelect { .. }
            | FieldType::Emails {}
            | FieldType::Phones {}
            | FieldType::Links {} => self.list(kind, &[Json::String(input.to_owned())]),
            FieldType::User {} | FieldType::Relation { .. } => record_id(trimmed),
            FieldType::Relations { .. } => links(&[Json::String(trimmed.to_owned())]),
            FieldType::Address {} => {
                let street = text::long(input)?;
                Ok(Value::Address(Box::new(Address {
                    street,
                    ..Address::default()
                })))
            }
            FieldType::Json {} => json_value(&Json::String(input.to_owned())),
            FieldType::AnyRelation {} => Err(Refusal::kind(expected(kind))),
            FieldType::Autonumber { .. } | FieldType::Formula { .. } | FieldType::RollUp { .. } => {
                Err(Refusal::new(
                    "read_only",
                    "is computed by the server and can't be set",
                ))
            }
        }
    }

    fn list(&self, kind: &FieldType, items: &[Json]) -> Result<Value, Refusal> {
        if items.len() > LIST_LIMIT {
            return Err(Refusal::new(
                "too_many",
                format!("must have at most {LIST_LIMIT} members"),
            ));
        }
        let mut values: Vec<String> = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let at = |refusal: Refusal| match items.len() {
                1 => refusal,
                _ => refusal.at(&format!("[{position}]")),
            };
            let Json::String(item) = item else {
                return Err(at(Refusal::kind("a list of texts")));
            };
            if item.trim().is_empty() {
                continue;
            }
            let value = match kind {
                FieldType::Emails {} => contact::email(item),
                FieldType::Phones {} => phone(item, &self.settings.region),
                FieldType::Links {} => contact::link(item),
                // Without options, a multi-select takes any text: tags.
                FieldType::MultiSelect { options } if options.is_empty() => {
                    text::line(item, 100).map(Option::unwrap_or_default)
                }
                FieldType::MultiSelect { options } => option(options, item.trim()),
                _ => Err(Refusal::kind(expected(kind))),
            }
            .map_err(at)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(match values.is_empty() {
            true => Value::Null,
            false => Value::List(values),
        })
    }

    fn money(&self, members: &serde_json::Map<String, Json>) -> Result<Value, Refusal> {
        only(members, &["amount", "currency"])?;
        let currency = match members.get("currency") {
            None | Some(Json::Null) => self.settings.currency,
            Some(Json::String(code)) => {
                currency(code).map_err(|refusal| refusal.at(".currency"))?
            }
            Some(_) => return Err(Refusal::kind("a code such as EUR").at(".currency")),
        };
        match members.get("amount") {
            Some(Json::Null) => Ok(Value::Null),
            Some(Json::String(amount)) => amount_of(amount, currency),
            Some(Json::Number(amount)) => amount_of(&amount.to_string(), currency),
            _ => Err(Refusal::kind("a decimal string such as \"12.50\"")),
        }
        .map_err(|refusal| refusal.at(".amount"))
    }

    fn any_record(&self, members: &serde_json::Map<String, Json>) -> Result<Value, Refusal> {
        only(members, &["object", "id", "name"])?;
        let (Some(Json::String(object)), Some(Json::String(id))) =
            (members.get("object"), members.get("id"))
        else {
            return Err(Refusal::kind(expected(&FieldType::AnyRelation {})));
        };
        let Some(object) = self.catalog.by_name(object) else {
            return Err(Refusal::new(
                "unknown_object",
                "must name an object, such as deal or person",
            )
            .at(".object"));
        };
        match record_id(id).map_err(|refusal| refusal.at(".id"))? {
            Value::Id(id) => Ok(Value::AnyRecord {
                object: object.key.clone(),
                id,
            }),
            other => Ok(other),
        }
    }

    /// A moment; a date alone is the begin of that day in the workspace's time zone.
    fn moment(&self, text: &str) -> Result<Timestamp, Refusal> {
        let refusal = || {
            Refusal::new(
                "invalid_datetime",
                "must be a moment such as 2026-03-01T09:30:00+01:00, or a date such as 2026-03-01",
            )
        };
        let moment = if text.len() <= 10 {
            let zone = TimeZone::get(&self.settings.time_zone).unwrap_or(TimeZone::UTC);
            (date(text)?.to_zoned(zone).map_err(|_| refusal())?).timestamp()
        } else {
            text.parse::<Timestamp>().map_err(|_| refusal())?
        };
        let moment = moment.round(Unit::Millisecond).map_err(|_| refusal())?;
        let earliest = -62_135_596_800; // 0001-01-01T00:00:00Z
        let latest = 253_402_300_799; // 9999-12-31T23:59:59Z
        if (earliest..=latest).contains(&moment.as_second()) {
            Ok(moment)
        } else {
            Err(refusal())
        }
    }
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn expected(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Text {} | FieldType::LongText {} => "text",
        FieldType::Number {} | FieldType::Rating { .. } => "a whole number",
        FieldType::Decimal {} => "a decimal number",
        FieldType::Currency {} => "an amount: {\"amount\": \"12.50\", \"currency\": \"EUR\"}",
        FieldType::Boolean {} => "true or false",
        FieldType::Date {} => "a date such as \"2026-03-01\"",
        FieldType::DateTime {} => "a moment such as \"2026-03-01T09:30:00Z\"",
        FieldType::Select { .. } => "the value of an option",
        FieldType::MultiSelect { .. } => "a list of options' values",
        FieldType::Emails {} => "a list of e-mail addresses",
        FieldType::Phones {} => "a list of phone numbers",
        FieldType::Links {} => "a list of web addresses",
        FieldType::Address {} => "an object with street, city, region, postal_code, country",
        FieldType::User {} => "the id of a user",
        FieldType::Relation { .. } => "the id of a record",
        FieldType::Relations { .. } => "a list of ids, or of objects with `id` and `role`",
        FieldType::AnyRelation {} => "an object with `object` and `id`",
        FieldType::Json {} => "JSON",
        FieldType::Autonumber { .. } | FieldType::Formula { .. } | FieldType::RollUp { .. } => {
            "left out: the server computes it"
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::Currency;
    use serde_json::json;

    use super::*;

    fn accept(kind: &FieldType, input: &Json) -> Result<Value, Refusal> {
        let settings = WorkspaceSettings {
            currency: Currency::EUR,
            region: "DE".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            locale: "de-DE".to_owned(),
        };
        let catalog = Catalog::new(0, crate::catalog::standard::OBJECTS.clone());
        let accept = Accept {
            settings: &settings,
            catalog: &catalog,
        };
        accept.json(kind, input)
    }

    #[test]
    fn values_take_their_canonical_form() {
        let ok = |kind: FieldType, input: Json| accept(&kind, &input).unwrap();
        assert_eq!(
            ok(FieldType::Text {}, json!("  a ")),
            Value::Text("a".into())
        );
        assert_eq!(ok(FieldType::Text {}, json!("  ")), Value::Null);
        assert_eq!(ok(FieldType::Number {}, json!("12.0")), Value::Int(12));
        assert_eq!(
            ok(FieldType::Emails {}, json!(["A@x.de", "a@X.de", ""])),
            Value::List(vec!["a@x.de".into()])
        );
        assert_eq!(
            ok(FieldType::DateTime {}, json!("2026-07-01")),
            Value::Time("2026-06-30T22:00:00Z".parse().unwrap())
        );
        assert_eq!(
            ok(
                FieldType::Currency {},
                json!({"amount": "1.5", "currency": "usd"})
            ),
            ok(FieldType::Currency {}, json!("1.50 USD"))
        );
    }

    #[test]
    fn refusals_say_where_and_what() {
        let no = |kind: FieldType, input: Json| {
            let refusal = accept(&kind, &input).unwrap_err();
            format!("{} {} {}", refusal.path, refusal.code, refusal.message)
        };
        insta::assert_snapshot!(no(FieldType::Emails {}, json!(["a@x.de", "b"])), @"[1] invalid_email must be an e-mail address such as ada@example.com");
        insta::assert_snapshot!(no(FieldType::Text {}, json!("a\u{0}b")), @" control_character must not contain control characters; found U+0000");
        insta::assert_snapshot!(no(FieldType::Text {}, json!(5)), @" wrong_type must be text");
        insta::assert_snapshot!(no(FieldType::Currency {}, json!({"amount": "1.005"})), @".amount invalid_amount must have at most 2 decimal places in EUR");
        insta::assert_snapshot!(no(FieldType::Address {}, json!({"town": "x"})), @" unknown_member has no member `town`; it has street, city, region, postal_code, country");
        insta::assert_snapshot!(no(FieldType::Date {}, json!("2026-02-30")), @" invalid_date must be a date such as 2026-03-01");
        insta::assert_snapshot!(no(FieldType::Rating { max: 5 }, json!(6)), @" invalid_number must be a whole number from 0 to 5");
        insta::assert_snapshot!(no(FieldType::Json {}, json!({"a": ["\u{0}"]})), @" control_character must not contain U+0000");
    }
}
