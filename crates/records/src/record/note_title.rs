//! The title of a note, which its text begins with.

/// How many characters of a note's first line are its title.
const LENGTH: usize = 80;

/// The words of the first line that has any: without the signs of lists, quotes, bold text and links,
/// which `docs/api-design.md` describes.
pub(super) fn title(body: &str) -> String {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty());
    let words = line.map(|line| plain(without_start(line)));
    match words.as_deref().map(str::trim) {
        None | Some("") => "Note".to_owned(),
        Some(words) => words.chars().take(LENGTH).collect(),
    }
}

/// A line without what makes it part of a list or a quote.
fn without_start(line: &str) -> &str {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = line.get(digits..).and_then(|rest| rest.strip_prefix(". "));
    match numbered {
        Some(rest) if (1..=3).contains(&digits) => rest,
        _ => ["- ", "* ", "> ", ">"]
            .iter()
            .find_map(|sign| line.strip_prefix(sign))
            .unwrap_or(line),
    }
}

fn plain(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    let mut open: Vec<&str> = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some((label, after)) = link(rest) {
            words.push_str(&plain(label));
            rest = after;
        } else if let Some(escaped) = rest
            .strip_prefix('\\')
            .and_then(|after| after.chars().next())
            .filter(char::is_ascii_punctuation)
        {
            words.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else if let Some(sign) = ["**", "*", "`"]
            .into_iter()
            .find(|sign| rest.starts_with(sign))
        {
            let after = &rest[sign.len()..];
            if open.last() == Some(&sign) {
                open.pop();
            } else if after.starts_with(|next: char| !next.is_whitespace()) && after.contains(sign)
            {
                open.push(sign);
            } else {
                words.push_str(sign);
            }
            rest = after;
        } else {
            words.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    words
}

/// The label of a link or a mention at the beginning of `text`, and what follows it.
fn link(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let (label, after) = inner.split_once("](")?;
    let (target, after) = after.split_once(')')?;
    let known = ["user:", "http://", "https://", "mailto:", "tel:"];
    (!label.contains('\n') && known.iter().any(|scheme| target.starts_with(scheme)))
        .then_some((label, after))
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_are_the_first_words() {
        for (body, expected) in [
            ("\n\n  Call back\nat nine", "Call back"),
            ("**Won** the *big* `one`", "Won the big one"),
            (
                "- [@Ada Lovelace](user:01900000-0000-7000-8000-000000000001) calls",
                "@Ada Lovelace calls",
            ),
            ("1. first", "first"),
            ("> said", "said"),
            ("see [the plan](https://plan.example/a)", "see the plan"),
            (r"\- 5 \* 3", "- 5 * 3"),
            ("5 * 3 * 2 and [x](y)", "5 * 3 * 2 and [x](y)"),
            ("2026. was good", "2026. was good"),
            ("**never closed", "**never closed"),
            ("", "Note"),
            ("> ", "Note"),
        ] {
            assert_eq!(title(body), expected, "{body:?}");
        }
        assert_eq!(title(&"ä".repeat(200)).chars().count(), 80);
    }
}
