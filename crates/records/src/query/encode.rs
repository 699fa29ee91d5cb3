//! From a row to JSON, without anything in between.
//!
//! Appends to a byte buffer. The forms are those of the whole API: money as
//! `{"amount":"12.50","currency":"EUR"}`, decimals as strings, whole numbers as numbers, moments in
//! UTC with milliseconds, relations as `{"id":…}`.

use jiff::Timestamp;
use jiff::civil::Date;
use kith_kernel::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::value::Address;

/// Appends `text` as a JSON string.
pub fn string(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"\\u00",
            _ => continue,
        };
        out.extend_from_slice(&bytes[plain..place]);
        out.extend_from_slice(escape);
        if escape.len() == 4 {
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
        plain = place + 1;
    }
    out.extend_from_slice(&bytes[plain..]);
    out.push(b'"');
}

/// Appends `null`.
pub fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// Appends a boolean.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends a whole number.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    digits(out, value.unsigned_abs(), 1);
}

/// Appends a decimal as a string, without zeros at its end.
pub fn decimal(out: &mut Vec<u8>, value: Decimal) {
    out.push(b'"');
    out.extend_from_slice(value.normalize().to_string().as_bytes());
    out.push(b'"');
}

/// Appends an id as a string.
pub fn id(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    out.push(b'"');
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
    out.push(b'"');
}

/// Appends a relation to one record or user.
pub fn reference(out: &mut Vec<u8>, target: Uuid) {
    out.extend_from_slice(b"{\"id\":");
    id(out, target);
    out.push(b'}');
}

/// Appends a day, such as `"2026-03-01"`.
pub fn date(out: &mut Vec<u8>, date: Date) {
    out.push(b'"');
    day(out, date);
    out.push(b'"');
}

/// Appends a moment, such as `"2026-03-01T09:30:00.000Z"`.
pub fn time(out: &mut Vec<u8>, moment: Timestamp) {
    let civil = jiff::tz::Offset::UTC.to_datetime(moment);
    out.push(b'"');
    day(out, civil.date());
    out.push(b'T');
    digits(out, number(civil.hour()), 2);
    out.push(b':');
    digits(out, number(civil.minute()), 2);
    out.push(b':');
    digits(out, number(civil.second()), 2);
    out.push(b'.');
    digits(out, number(civil.millisecond()), 3);
    out.extend_from_slice(b"Z\"");
}

/// Appends an amount of money.
pub fn money(out: &mut Vec<u8>, units: i64, currency: &str) {
    out.extend_from_slice(b"{\"amount\":");
    match Currency::from_code(currency) {
        Some(currency) => string(out, &Money { units, currency }.amount_string()),
        None => decimal(out, Decimal::new(units, Money::SCALE)),
    }
    out.extend_from_slice(b",\"currency\":");
    string(out, currency);
    out.push(b'}');
}

/// Appends an autonumber: its prefix and at least `least` digits.
pub fn autonumber(out: &mut Vec<u8>, value: i64, prefix: &str, least: u8) {
    string(out, prefix);
    out.pop();
    digits(out, value.unsigned_abs(), usize::from(least).max(1));
    out.push(b'"');
}

/// Appends a list of texts.
pub fn texts<'a>(out: &mut Vec<u8>, items: impl IntoIterator<Item = &'a str>) {
    out.push(b'[');
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        string(out, item);
    }
    out.push(b']');
}

/// Appends relations to many, each written as its id and the role right after it.
pub fn links<'a>(out: &mut Vec<u8>, items: impl IntoIterator<Item = &'a str>) {
    out.push(b'[');
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let (target, role) = item.split_at_checked(36).unwrap_or((item, ""));
        link(out, target, (!role.is_empty()).then_some(role));
    }
    out.push(b']');
}

/// Appends one of the relations to many.
pub fn link(out: &mut Vec<u8>, target: &str, role: Option<&str>) {
    out.extend_from_slice(b"{\"id\":");
    string(out, target);
    out.extend_from_slice(b",\"role\":");
    match role {
        Some(role) => string(out, role),
        None => null(out),
    }
    out.push(b'}');
}

fn day(out: &mut Vec<u8>, date: Date) {
    if date.year() < 0 {
        out.push(b'-');
    }
    digits(out, u64::from(date.year().unsigned_abs()), 4);
    out.push(b'-');
    digits(out, number(date.month()), 2);
    out.push(b'-');
    digits(out, number(date.day()), 2);
}

fn number(value: impl Into<i64>) -> u64 {
    value.into().unsigned_abs()
}

fn digits(out: &mut Vec<u8>, mut value: u64, least: usize) {
    let mut buffer = [b'0'; 20];
    let mut start = buffer.len();
    while value > 0 {
        start -= 1;
        buffer[start] = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
    start = start.min(buffer.len() - least.min(buffer.len()));
    out.extend_from_slice(&buffer[start..]);
}

/// How the stored JSON of a custom field becomes the API's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomForm {
    /// As it is stored, if it is JSON of this kind, told by its first character.
    Same(JsonKind),
    /// A stored number as a string.
    Decimal,
    /// An address with all of its parts.
    Address,
    /// `{"a":…,"c":…}`
    Money,
    /// An id as `{"id":…}`.
    Reference,
    /// `{"o":…,"i":…}`
    AnyRecord,
    /// A stored number with the prefix and number of digits.
    Autonumber(String, u8),
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Any of them.
    Any,
}

impl JsonKind {
    fn fits(self, json: &str) -> bool {
        let first = json.as_bytes().first().copied().unwrap_or(b' ');
        match self {
            Self::String => first == b'"',
            Self::Number => first == b'-' || first.is_ascii_digit(),
            Self::Bool => first == b't' || first == b'f',
            Self::Array => first == b'[',
            Self::Object => first == b'{',
            Self::Any => true,
        }
    }
}

/// Appends what a custom field's stored JSON is to the API. `object_name` gives the API name of an
/// object by its key. Anything that doesn't fit the field's type, any more, is null.
pub fn custom<'n>(
    out: &mut Vec<u8>,
    form: &CustomForm,
    stored: &RawValue,
    object_name: impl FnOnce(&str) -> Option<&'n str>,
) {
    let json = stored.get();
    let done = match form {
        CustomForm::Same(kind) => kind
            .fits(json)
            .then(|| out.extend_from_slice(json.as_bytes())),
        CustomForm::Decimal => json.parse().ok().map(|value| decimal(out, value)),
        CustomForm::Address => address(out, json),
        CustomForm::Reference => JsonKind::String.fits(json).then(|| {
            out.extend_from_slice(b"{\"id\":");
            out.extend_from_slice(json.as_bytes());
            out.push(b'}');
        }),
        CustomForm::Money => {
            #[derive(serde::Deserialize)]
            struct Stored<'a> {
                a: i64,
                c: &'a str,
            }
            serde_json::from_str::<Stored<'_>>(json)
                .ok()
                .map(|Stored { a, c }| money(out, a, c))
        }
        CustomForm::AnyRecord => {
            #[derive(serde::Deserialize)]
            struct Stored<'a> {
                o: &'a str,
                i: &'a str,
            }
            serde_json::from_str::<Stored<'_>>(json)
                .ok()
                .and_then(|Stored { o, i }| {
                    any_record(out, object_name(o)?, i, None);
                    Some(())
                })
        }
        CustomForm::Autonumber(prefix, digits) => json
            .parse()
            .ok()
            .map(|value| autonumber(out, value, prefix, *digits)),
    };
    if done.is_none() {
        null(out);
    }
}

/// Appends a stored address with all of its parts; nothing if it is none.
pub fn address(out: &mut Vec<u8>, stored: &str) -> Option<()> {
    let address: Address = serde_json::from_str(stored).ok()?;
    let mut json = String::with_capacity(128);
    address.render(&mut json).ok()?;
    out.extend_from_slice(json.as_bytes());
    Some(())
}

/// Appends a relation to a record of any object; with its name where that was asked for.
pub fn any_record(out: &mut Vec<u8>, object: &str, target: &str, name: Option<Option<&str>>) {
    out.extend_from_slice(b"{\"object\":");
    string(out, object);
    out.extend_from_slice(b",\"id\":");
    string(out, target);
    if let Some(name) = name {
        out.extend_from_slice(b",\"name\":");
        match name {
            Some(name) => string(out, name),
            None => null(out),
        }
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_have_the_forms_of_the_api() {
        assert_eq!(
            written(|out| integer(out, i64::MIN)),
            "-9223372036854775808"
        );
        assert_eq!(written(|out| integer(out, 0)), "0");
        assert_eq!(
            written(|out| money(out, 125_000, "EUR")),
            r#"{"amount":"12.50","currency":"EUR"}"#
        );
        assert_eq!(
            written(|out| money(out, -50_000, "JPY")),
            r#"{"amount":"-5","currency":"JPY"}"#
        );
        assert_eq!(
            written(|out| date(out, jiff::civil::date(7, 1, 2))),
            r#""0007-01-02""#
        );
        assert_eq!(
            written(|out| time(out, "2026-03-01T09:30:00.05Z".parse().unwrap())),
            r#""2026-03-01T09:30:00.050Z""#
        );
        assert_eq!(
            written(|out| autonumber(out, 42, "INV-", 5)),
            r#""INV-00042""#
        );
        assert_eq!(
            written(|out| links(
                out,
                [
                    "0198b7a2-0000-7000-8000-000000000001",
                    "0198b7a2-0000-7000-8000-000000000002decision \"maker\""
                ]
            )),
            r#"[{"id":"0198b7a2-0000-7000-8000-000000000001","role":null},{"id":"0198b7a2-0000-7000-8000-000000000002","role":"decision \"maker\""}]"#
        );
    }

    #[test]
    fn custom_values_are_checked_against_their_type() {
        let form = |form: CustomForm, json: &str| {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            written(|out| custom(out, &form, &raw, |key| (key == "o7").then_some("project")))
        };
        assert_eq!(
            form(CustomForm::Same(JsonKind::String), "\"a\\nb\""),
            "\"a\\nb\""
        );
        assert_eq!(form(CustomForm::Same(JsonKind::Number), "\"a\""), "null");
        assert_eq!(form(CustomForm::Decimal, "1.50"), "\"1.5\"");
        assert_eq!(
            form(CustomForm::Money, r#"{"a":15000,"c":"EUR"}"#),
            r#"{"amount":"1.50","currency":"EUR"}"#
        );
        assert_eq!(form(CustomForm::Money, "7"), "null");
        assert_eq!(
            form(CustomForm::AnyRecord, r#"{"o":"o7","i":"x"}"#),
            r#"{"object":"project","id":"x"}"#
        );
        assert_eq!(form(CustomForm::AnyRecord, r#"{"o":"o8","i":"x"}"#), "null");
    }

    proptest! {
        #[test]
        fn strings_read_back(text in any::<String>()) {
            let json = written(|out| string(out, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn numbers_and_times_read_back(number: i64, second in -62_135_596_800_i64..253_402_128_000, ms in 0_i32..1000) {
            prop_assert_eq!(written(|out| integer(out, number)), number.to_string());
            let moment = Timestamp::new(second, ms * 1_000_000).unwrap();
            let json = written(|out| time(out, moment));
            let expected = format!("\"{}\"", moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"));
            prop_assert_eq!(json, expected);
        }
    }
}
