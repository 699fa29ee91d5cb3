//! Texts as they are written: quotes and escapes.

use std::fmt::Write as _;

use crate::Span;

/// What is wrong with a text, and where, counted from its first quote.
pub(super) struct Problem {
    pub(super) span: Span,
    pub(super) message: String,
}

fn problem<T>(span: Span, message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem {
        span,
        message: message.into(),
    })
}

/// Reads the text whose quotes `source` begins with: its value, and how many bytes it takes.
pub(super) fn read(source: &str, raw: bool) -> Result<(String, usize), Problem> {
    let quote = if source.starts_with('\'') { '\'' } else { '"' };
    let triple = source.starts_with(if quote == '"' { "\"\"\"" } else { "'''" });
    let marks = if triple { 3 } else { 1 };
    let closing = &source[..marks];
    let mut value = String::new();
    let mut at = marks;
    loop {
        let rest = &source[at..];
        if rest.starts_with(closing) {
            return Ok((value, at + marks));
        }
        let Some(c) = rest.chars().next() else {
            return problem(
                0..marks,
                format!("this text is never closed by `{closing}`"),
            );
        };
        match c {
            '\n' | '\r' if !triple => {
                let message = format!("expected `{quote}` before the end of the line");
                return problem(at..at + 1, message);
            }
            '\\' if !raw => {
                let (c, length) = escape(rest).or_else(|problem_here: Problem| {
                    let Problem { span, message } = problem_here;
                    problem(at + span.start..at + span.end, message)
                })?;
                value.push(c);
                at += length;
            }
            c => {
                value.push(c);
                at += c.len_utf8();
            }
        }
    }
}

/// Reads the escape that `rest` begins with: its character, and how many bytes it takes.
fn escape(rest: &str) -> Result<(char, usize), Problem> {
    let Some(letter) = rest[1..].chars().next() else {
        return problem(
            0..1,
            "expected a character after `\\`, found the end of the expression",
        );
    };
    let simple = match letter {
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        '\\' | '?' | '"' | '\'' | '`' => Some(letter),
        _ => None,
    };
    if let Some(c) = simple {
        return Ok((c, 2));
    }
    let (from, count, radix) = match letter {
        'x' | 'X' => (2, 2, 16),
        'u' => (2, 4, 16),
        'U' => (2, 8, 16),
        '0'..='3' => (1, 3, 8),
        other => {
            let message = format!("`\\{other}` is not an escape; write `\\\\` for a backslash");
            return problem(0..1 + other.len_utf8(), message);
        }
    };
    let kind = if radix == 8 { "octal" } else { "hexadecimal" };
    let digits = rest
        .get(from..from + count)
        .filter(|digits| digits.chars().all(|c| c.is_digit(radix)));
    let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok()) else {
        return problem(
            0..from,
            format!(
                "expected {count} {kind} digits after `{}`",
                &rest[..from.max(1)]
            ),
        );
    };
    match char::from_u32(code) {
        Some('\0') => problem(0..from + count, "a text must not contain NUL"),
        Some(c) => Ok((c, from + count)),
        None => problem(0..from + count, format!("U+{code:04X} is not a character")),
    }
}

/// Writes `text` between double quotes.
pub(super) fn write(text: &str, out: &mut impl std::fmt::Write) -> std::fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c.is_control() => {
                let mut escaped = String::new();
                write!(escaped, "\\u{:04x}", u32::from(c))?;
                out.write_str(&escaped)?;
            }
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}
