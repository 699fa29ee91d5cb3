//! A look over a JSON text before it is parsed.
//!
//! It finds what a parser into Rust types would let through or fall over: nesting beyond the
//! bound, a key that stands twice in one object, and the character U+0000, which PostgreSQL
//! can't store. It doesn't check the grammar; the parser does that after it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

/// How deeply arrays and objects may be nested.
pub(crate) const MAX_DEPTH: usize = 64;

/// What is wrong with a JSON text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    /// The stable code: `too_deep`, `duplicate_key`, `nul_character`.
    pub(crate) code: &'static str,
    /// The path of the value at fault, such as `emails[1].address`.
    pub(crate) path: String,
    /// A sentence for the client.
    pub(crate) message: String,
    /// Byte offset of the place in the text.
    pub(crate) offset: usize,
}

/// Keys of one object. Few objects have many keys, so that a list is faster up to some size.
#[derive(Default)]
struct Keys<'a> {
    list: Vec<Cow<'a, str>>,
    set: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Keys<'a> {
    const LIST: usize = 16;

    /// Whether `key` is new in this object.
    fn insert(&mut self, key: Cow<'a, str>) -> bool {
        if let Some(set) = &mut self.set {
            return set.insert(key);
        }
        if self.list.contains(&key) {
            return false;
        }
        self.list.push(key);
        if self.list.len() > Self::LIST {
            self.set = Some(self.list.iter().cloned().collect());
        }
        true
    }
}

enum Frame<'a> {
    Object {
        keys: Keys<'a>,
        key: Option<Cow<'a, str>>,
        expects_key: bool,
    },
    Array {
        index: usize,
    },
}

/// Looks `text` over.
pub(crate) fn scan(text: &str) -> Result<(), Defect> {
    let bytes = text.as_bytes();
    let mut stack: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                if stack.len() == MAX_DEPTH {
                    return Err(Defect {
                        code: "too_deep",
                        path: path(&stack),
                        message: format!("JSON may be nested at most {MAX_DEPTH} levels deep."),
                        offset: at,
                    });
                }
                stack.push(if byte == b'{' {
                    Frame::Object {
                        keys: Keys::default(),
                        key: None,
                        expects_key: true,
                    }
                } else {
                    Frame::Array { index: 0 }
                });
            }
            b'}' | b']' => {
                stack.pop();
            }
            b',' => match stack.last_mut() {
                Some(Frame::Object { expects_key, .. }) => *expects_key = true,
                Some(Frame::Array { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                let start = at + 1;
                let string = string(bytes, start);
                let content = text.get(start..string.end).unwrap_or_default();
                let is_key = accept_key(&mut stack, content, string.escaped, at)?;
                if let Some(offset) = string.nul {
                    let what = if is_key { "key" } else { "text" };
                    return Err(Defect {
                        code: "nul_character",
                        path: path(&stack),
                        message: format!("A {what} must not contain the character U+0000."),
                        offset,
                    });
                }
                at = string.end;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Takes a string as the key of the innermost object, where one is due there.
fn accept_key<'a>(
    stack: &mut [Frame<'a>],
    content: &'a str,
    escaped: bool,
    offset: usize,
) -> Result<bool, Defect> {
    let Some(Frame::Object {
        keys,
        key,
        expects_key,
    }) = stack.last_mut()
    else {
        return Ok(false);
    };
    if !*expects_key {
        return Ok(false);
    }
    *expects_key = false;
    let name = if escaped {
        // Not a string after all: the parser will say so.
        serde_json::from_str::<String>(&format!("\"{content}\"")).map_or(content.into(), Cow::Owned)
    } else {
        Cow::Borrowed(content)
    };
    *key = Some(name.clone());
    if keys.insert(name) {
        return Ok(true);
    }
    Err(Defect {
        code: "duplicate_key",
        path: path(stack),
        message: "A key may stand only once in an object.".into(),
        offset,
    })
}

struct Scanned {
    /// Offset of the closing quote, or of the end of the text.
    end: usize,
    escaped: bool,
    /// Offset of the first `\u0000`.
    nul: Option<usize>,
}

fn string(bytes: &[u8], start: usize) -> Scanned {
    let mut scanned = Scanned {
        end: start,
        escaped: false,
        nul: None,
    };
    while let Some(&byte) = bytes.get(scanned.end) {
        match byte {
            b'"' => return scanned,
            b'\\' => {
                scanned.escaped = true;
                let rest = bytes.get(scanned.end + 1..).unwrap_or_default();
                if rest.starts_with(b"u0000") {
                    scanned.nul = scanned.nul.or(Some(scanned.end));
                }
                scanned.end += 2;
            }
            0 => {
                scanned.nul = scanned.nul.or(Some(scanned.end));
                scanned.end += 1;
            }
            _ => scanned.end += 1,
        }
    }
    scanned.end = bytes.len();
    scanned
}

fn path(stack: &[Frame<'_>]) -> String {
    let mut path = String::new();
    for frame in stack {
        match frame {
            Frame::Object { key: Some(key), .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Frame::Object { key: None, .. } => {}
            Frame::Array { index } => {
                // Writing to a String doesn't fail.
                let _ = write!(path, "[{index}]");
            }
        }
    }
    path
}

/// Line and column, both from 1, of a byte offset; columns count characters.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn defect(text: &str) -> (&'static str, String) {
        let defect = scan(text).unwrap_err();
        (defect.code, defect.path)
    }

    #[test]
    fn nesting_is_bounded_and_said_where() {
        let text = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(scan(&text(MAX_DEPTH)), Ok(()));
        assert_eq!(defect(&text(MAX_DEPTH + 1)).0, "too_deep");
        assert_eq!(defect(&"{\"a\":".repeat(100_000)).0, "too_deep");
    }

    #[test]
    fn a_key_stands_once_per_object_however_it_is_written() {
        assert_eq!(
            defect(r#"{"a":[{},{"b":1,"\u0062":2}]}"#),
            ("duplicate_key", "a[1].b".into())
        );
        assert_eq!(scan(r#"{"a":{"a":"a"},"b":["a","a"]}"#), Ok(()));
        let many: Vec<String> = (0..100).map(|n| format!("\"k{n}\":0")).collect();
        assert_eq!(scan(&format!("{{{}}}", many.join(","))), Ok(()));
        let twice = format!("{{{},\"k99\":1}}", many.join(","));
        assert_eq!(defect(&twice), ("duplicate_key", "k99".into()));
    }

    #[test]
    fn nul_is_found_and_an_escaped_backslash_is_not_mistaken_for_it() {
        assert_eq!(
            defect(r#"{"name":"a\u0000b"}"#),
            ("nul_character", "name".into())
        );
        assert_eq!(scan(r#"{"name":"\\u0000"}"#), Ok(()));
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(place("{\n \"é\": x", 8), (2, 6));
    }

    fn arbitrary_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[^\0]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[^\0]{0,4}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_json_without_nul_passes(value in arbitrary_json()) {
            prop_assert_eq!(scan(&value.to_string()), Ok(()));
            prop_assert_eq!(scan(&serde_json::to_string_pretty(&value).unwrap()), Ok(()));
        }

        #[test]
        fn no_text_makes_it_panic(text in r#"[\[\]{}",:\\u0a ]{0,64}|\PC{0,64}"#) {
            let _ = scan(&text);
        }
    }
}
