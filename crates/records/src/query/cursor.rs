//! Where a page ended: opaque to clients, bound to one query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use kith_kernel::{ErrorCode, Failure};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_postgres::Row;

use super::sql::Param;
use super::value::SqlType;

/// The form of cursors; another one is refused.
const FORM: u8 = 1;

/// The longest cursor that is read.
const MAX_LENGTH: usize = 16_000;

/// The sort keys of the last record of a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    /// One for each sort key; `None` is null.
    pub(crate) values: Vec<Option<Param>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u8,
    q: u64,
    k: Vec<Value>,
}

impl Cursor {
    /// The sort keys in the columns of `row` from `first` on.
    pub(crate) fn of_row(
        row: &Row,
        first: usize,
        keys: &[SqlType],
    ) -> Result<Self, tokio_postgres::Error> {
        let values = (keys.iter().enumerate())
            .map(|(offset, ty)| read(row, first + offset, *ty))
            .collect::<Result<_, _>>()?;
        Ok(Self { values })
    }

    /// The cursor's text, for the query with this `fingerprint`.
    pub(crate) fn encode(&self, fingerprint: u64) -> String {
        let wire = Wire {
            v: FORM,
            q: fingerprint,
            k: self
                .values
                .iter()
                .map(|value| value.as_ref().map_or(Value::Null, to_json))
                .collect(),
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap_or_default())
    }

    /// Reads a cursor of the query with this `fingerprint` and these sort keys.
    ///
    /// # Errors
    /// `InvalidCursor` for anything that [`Cursor::encode`] did not give for the same query.
    pub(crate) fn decode(text: &str, fingerprint: u64, keys: &[SqlType]) -> Result<Self, Failure> {
        let damaged = || {
            Failure::new(
                ErrorCode::InvalidCursor,
                "The cursor is damaged. Take next_cursor as the page before gave it, or start without one.",
            )
            .field("cursor", "damaged")
        };
        if text.len() > MAX_LENGTH {
            return Err(damaged());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        let wire: Wire = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if wire.v != FORM {
            return Err(damaged());
        }
        if wire.q != fingerprint {
            return Err(Failure::new(
                ErrorCode::InvalidCursor,
                "The cursor belongs to another query. Keep filter, sort and deleted as they were, or start without a cursor.",
            )
            .field("cursor", "another_query"));
        }
        if wire.k.len() != keys.len() {
            return Err(damaged());
        }
        let values = (wire.k.iter().zip(keys))
            .map(|(value, ty)| match value {
                Value::Null => Ok(None),
                value => from_json(value, *ty).map(Some).ok_or_else(damaged),
            })
            .collect::<Result<Vec<_>, _>>()?;
        // The last is the id, and there is always one.
        if values.last().is_none_or(Option::is_none) {
            return Err(damaged());
        }
        Ok(Self { values })
    }
}

fn read(row: &Row, at: usize, ty: SqlType) -> Result<Option<Param>, tokio_postgres::Error> {
    Ok(match ty {
        SqlType::Text | SqlType::Texts | SqlType::Json => {
            row.try_get::<_, Option<String>>(at)?.map(Param::Text)
        }
        SqlType::Int => row.try_get::<_, Option<i64>>(at)?.map(Param::Int),
        SqlType::Numeric => row.try_get::<_, Option<Decimal>>(at)?.map(Param::Numeric),
        SqlType::Bool => row.try_get::<_, Option<bool>>(at)?.map(Param::Bool),
        SqlType::Date => row
            .try_get::<_, Option<jiff::civil::Date>>(at)?
            .map(Param::Date),
        SqlType::Time => row.try_get::<_, Option<Timestamp>>(at)?.map(Param::Time),
        SqlType::Uuid => row.try_get::<_, Option<uuid::Uuid>>(at)?.map(Param::Uuid),
    })
}

fn to_json(value: &Param) -> Value {
    match value {
        Param::Text(text) => Value::from(text.as_str()),
        Param::Int(number) => Value::from(*number),
        Param::Numeric(number) => Value::from(number.to_string()),
        Param::Bool(value) => Value::from(*value),
        Param::Date(date) => Value::from(date.to_string()),
        Param::Time(time) => Value::from(time.as_microsecond()),
        Param::Uuid(id) => Value::from(id.to_string()),
        _ => Value::Null,
    }
}

fn from_json(value: &Value, ty: SqlType) -> Option<Param> {
    Some(match ty {
        SqlType::Text => {
            let text = value.as_str()?;
            (!text.contains('\0')).then(|| Param::Text(text.to_owned()))?
        }
        SqlType::Int => Param::Int(value.as_i64()?),
        SqlType::Numeric => Param::Numeric(value.as_str()?.parse().ok()?),
        SqlType::Bool => Param::Bool(value.as_bool()?),
        SqlType::Date => {
            let date: jiff::civil::Date = value.as_str()?.parse().ok()?;
            Param::Date(date)
        }
        SqlType::Time => Param::Time(Timestamp::from_microsecond(value.as_i64()?).ok()?),
        SqlType::Uuid => Param::Uuid(value.as_str()?.parse().ok()?),
        SqlType::Texts | SqlType::Json => return None,
    })
}

/// A hash that stays the same from build to build (FNV-1a).
pub(crate) fn fingerprint(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    // Within what JSON numbers carry everywhere.
    hash >> 12
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_reads_back_for_its_own_query_only() {
        let keys = [
            SqlType::Text,
            SqlType::Numeric,
            SqlType::Time,
            SqlType::Date,
            SqlType::Uuid,
        ];
        let cursor = Cursor {
            values: vec![
                Some(Param::Text("müller \"x\"".into())),
                Some(Param::Numeric("12.3400".parse().unwrap())),
                None,
                Some(Param::Date(jiff::civil::date(2026, 2, 28))),
                Some(Param::Uuid(Uuid::from_u128(5))),
            ],
        };
        let text = cursor.encode(77);
        assert_eq!(Cursor::decode(&text, 77, &keys).unwrap(), cursor);
        assert_eq!(
            Cursor::decode(&text, 78, &keys).unwrap_err().fields[0].code,
            "another_query"
        );
        assert_eq!(
            Cursor::decode(&text, 77, &keys[1..]).unwrap_err().fields[0].code,
            "damaged"
        );
        assert!(Cursor::decode(&text[1..], 77, &keys).is_err());
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_refused(text in ".{0,60}", json in "[\\[\\]{}\":,0-9a-z]{0,60}") {
            let keys = [SqlType::Text, SqlType::Uuid];
            prop_assert!(Cursor::decode(&text, 1, &keys).is_err());
            prop_assert!(Cursor::decode(&URL_SAFE_NO_PAD.encode(json), 1, &keys).is_err());
        }
    }
}
