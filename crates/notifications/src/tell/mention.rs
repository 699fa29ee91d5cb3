//! Users whom a text names: `[@Ada Lovelace](user:UUID)`.

use std::collections::BTreeSet;

use kith_kernel::UserId;

/// Users that one text tells at most.
const MOST: usize = 50;
/// Characters of a text that are shown.
const EXCERPT: usize = 200;

/// Whom a text names.
pub(super) fn mentioned(text: &str) -> BTreeSet<UserId> {
    let mut users = BTreeSet::new();
    for part in text.split("](user:").skip(1) {
        let id = part.split(')').next();
        users.extend(id.and_then(|id| id.parse::<UserId>().ok()));
        if users.len() == MOST {
            break;
        }
    }
    users
}

/// The beginning of a text, with names in place of links.
pub(super) fn excerpt(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("[@") {
        plain.push_str(&rest[..start]);
        let link = &rest[start + 1..];
        let end = link.find("](user:").and_then(|name| {
            let close = link[name..].find(')')?;
            Some((name, name + close + 1))
        });
        match end {
            Some((name, end)) => {
                plain.push_str(&link[..name]);
                rest = &link[end..];
            }
            None => {
                plain.push('[');
                rest = link;
            }
        }
    }
    plain.push_str(rest);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_found_and_shown_by_name() {
        let ada = "0190a2b4-0000-7000-8000-00000000000a";
        let alan = "0190a2b4-0000-7000-8000-00000000000b";
        let text = format!(
            "Ask [@Ada [L]](user:{ada}) and\n\n[@Alan](user:{alan}), [@Ada](user:{ada}) [@x](user:nobody) [@ open"
        );
        let users: Vec<String> = mentioned(&text).iter().map(ToString::to_string).collect();
        assert_eq!(users, [ada, alan]);
        assert_eq!(excerpt(&text), "Ask @Ada [L] and @Alan, @Ada @x [@ open");
        assert_eq!(mentioned("nobody at all, (user:x)"), BTreeSet::new());
        assert_eq!(excerpt(&"ü".repeat(300)).chars().count(), EXCERPT + 1);
    }
}
