//! Opaque cursors of lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kith_kernel::{ErrorCode, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest cursor that is looked at: a key of a name, four times over for escapes.
const MAX: usize = 8 * 1024;

/// Where the next page begins: the key of the last row, and the query that it belongs to.
pub(crate) struct Cursor;

impl Cursor {
    pub(crate) fn write(key: &impl Serialize, query: &Value) -> String {
        // Keys are names and ids, which always serialise.
        let bytes = serde_json::to_vec(&(key, query)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The key out of a cursor that [`Cursor::write`] made for the same query.
    pub(crate) fn read<K: DeserializeOwned>(
        cursor: Option<&str>,
        query: &Value,
    ) -> Result<Option<K>, Failure> {
        let Some(cursor) = cursor else {
            return Ok(None);
        };
        let refused = || {
            Failure::new(
                ErrorCode::InvalidCursor,
                "This cursor is damaged or belongs to another query. Start again without one.",
            )
        };
        if cursor.len() > MAX {
            return Err(refused());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let text = String::from_utf8(bytes).map_err(|_| refused())?;
        // A key with a NUL is none that the database gave.
        if text.contains('\0') || text.contains("\\u0000") {
            return Err(refused());
        }
        let (key, of): (K, Value) = serde_json::from_str(&text).map_err(|_| refused())?;
        if of == *query {
            Ok(Some(key))
        } else {
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn a_key_comes_back_for_its_own_query_only(name in "\\PC{0,40}", id in any::<u64>()) {
            let query = json!({"active": true});
            let cursor = Cursor::write(&(&name, id), &query);
            let read: Option<(String, u64)> = Cursor::read(Some(&cursor), &query).unwrap();
            prop_assert_eq!(read, Some((name, id)));
            let other: Result<Option<(String, u64)>, _> = Cursor::read(Some(&cursor), &json!(1));
            prop_assert_eq!(other.unwrap_err().code, ErrorCode::InvalidCursor);
        }

        #[test]
        fn rubbish_is_refused(text in "\\PC{1,80}") {
            let read: Result<Option<(String, u64)>, _> = Cursor::read(Some(&text), &json!(1));
            prop_assert!(read.is_err());
        }
    }
}
