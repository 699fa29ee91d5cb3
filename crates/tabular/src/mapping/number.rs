//! Numbers as people write them, with grouping, currency signs and signs of either side.

use kith_kernel::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ValueError;

/// What marks the decimals; the other mark then groups thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// `1,234.56`, also `1 234.56` and `1'234.56`.
    #[default]
    Point,
    /// `1.234,56`, also `1 234,56`.
    Comma,
}

impl NumberStyle {
    fn marks(self) -> (char, char) {
        match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Point => "1234.56, 1,234.56 or €1,234.56",
            Self::Comma => "1234,56, 1.234,56 or 1.234,56 €",
        }
    }
}

/// Reads a number. Thousands may be grouped by the other mark, spaces or apostrophes; a currency
/// sign or an ISO code may stand on either side, a minus also behind, and
/// parentheses mean negative. A percent sign is refused, because it may mean two things.
pub fn parse_decimal(text: &str, style: NumberStyle) -> Result<Decimal, ValueError> {
    read(text, style).ok_or_else(|| ValueError::new(text, "number", style.example()))
}

fn read(text: &str, style: NumberStyle) -> Option<Decimal> {
    let mut rest = text.trim();
    if rest.len() > 100 {
        return None;
    }
    let mut negative = false;
    if let Some(inside) = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        negative = true;
        rest = inside.trim();
    }
    // Sign and currency come in either order, before or behind: -€5, €-5, 5€-, 5- EUR.
    let mut signed = negative;
    for _ in 0..2 {
        if let Some((minus, after)) = sign(rest) {
            if std::mem::replace(&mut signed, true) {
                return None;
            }
            negative = minus;
            rest = after;
        }
        rest = strip_currency(rest);
    }
    let mut parts = rest.split(style.marks().0);
    let (whole, fraction) = (parts.next()?, parts.next());
    if parts.next().is_some() || !fraction.is_none_or(all_digits) {
        return None;
    }
    let mut digits = String::new();
    if whole.is_empty() {
        digits.push('0');
        fraction.filter(|fraction| !fraction.is_empty())?;
    } else {
        push_grouped(whole, style.marks().1, &mut digits)?;
    }
    if let Some(fraction) = fraction.filter(|fraction| !fraction.is_empty()) {
        digits.push('.');
        digits.push_str(fraction);
    }
    let mut number = Decimal::from_str_exact(&digits).ok()?;
    if negative && !number.is_zero() {
        number.set_sign_negative(true);
    }
    Some(number)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A sign at either end: whether it is a minus, and the text without it.
fn sign(text: &str) -> Option<(bool, &str)> {
    let minus = ['-', '−', '–'];
    if let Some(rest) = text
        .strip_prefix(minus)
        .or_else(|| text.strip_suffix(minus))
    {
        return Some((true, rest.trim()));
    }
    text.strip_prefix('+').map(|rest| (false, rest.trim()))
}

/// What stands for a currency beside its code and the signs of Unicode, in lower case.
const SIGNS: [&str; 22] = [
    "us$", "a$", "au$", "c$", "ca$", "nz$", "hk$", "s$", "r$", "mx$", "nt$", "kr", "kr.", "zł",
    "kč", "ft", "fr", "fr.", "rs", "rs.", "лв", "руб",
];

/// The text without a currency sign or code at either end.
fn strip_currency(text: &str) -> &str {
    let is_mark = |c: char| c.is_alphabetic() || is_currency_sign(c) || c == '.';
    let before = text.len() - text.trim_start_matches(is_mark).len();
    let behind = text.trim_end_matches(is_mark).len();
    // The dot of `.5` and `5.` belongs to the number.
    for mark in [&text[..before], text[..before].trim_end_matches('.')] {
        if is_currency(mark) {
            return text[mark.len()..].trim();
        }
    }
    for mark in [&text[behind..], text[behind..].trim_start_matches('.')] {
        if is_currency(mark) {
            return text[..text.len() - mark.len()].trim();
        }
    }
    text
}

fn is_currency(text: &str) -> bool {
    let mut characters = text.chars();
    let sign = characters.next().is_some_and(is_currency_sign) && characters.next().is_none();
    sign || SIGNS.contains(&text.to_lowercase().as_str()) || {
        text.len() == 3 && Currency::from_code(text).is_some()
    }
}

fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '֏' | '؋' | '฿' | '\u{20a0}'..='\u{20cf}' | '＄' | '￡' | '￥')
}

/// Appends digits without their grouping, which must leave three digits last and two or three
/// before (India groups by two).
fn push_grouped(text: &str, mark: char, out: &mut String) -> Option<()> {
    let is_group = |c: char| c == mark || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let mut groups = text.split(is_group);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let (last, middle) = match rest.split_last() {
        None => (None, &[][..]),
        Some((last, middle)) => (Some(*last), middle),
    };
    let well_grouped = last.is_none_or(|last| last.len() == 3)
        && middle.iter().all(|group| matches!(group.len(), 2 | 3))
        && (last.is_none() || (1..=3).contains(&first.len()));
    let one_mark = {
        let mut marks = text.chars().filter(|c| is_group(*c));
        let mark = marks.next();
        marks.all(|other| Some(other) == mark)
    };
    if first.is_empty() || !well_grouped || !one_mark {
        return None;
    }
    for group in std::iter::once(first).chain(rest) {
        if !all_digits(group) {
            return None;
        }
        out.push_str(group);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use NumberStyle::{Comma, Point};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_their_style() {
        for (text, style, expected) in [
            ("1,234.56", Point, "1234.56"),
            ("1.234,56", Comma, "1234.56"),
            ("1 234,56", Comma, "1234.56"),
            ("1\u{202f}234\u{a0}567,5", Comma, ""),
            ("1\u{a0}234\u{a0}567,5", Comma, "1234567.5"),
            ("1'234.56", Point, "1234.56"),
            ("12,34,567.00", Point, "1234567.00"),
            ("€1,234.56", Point, "1234.56"),
            ("-€ 5", Point, "-5"),
            ("€-5", Point, "-5"),
            ("1.234,56 €", Comma, "1234.56"),
            ("USD 99", Point, "99"),
            ("99 CHF", Point, "99"),
            ("kr. 100,50", Comma, "100.50"),
            ("(1,234)", Point, "-1234"),
            ("5-", Point, "-5"),
            ("−7", Point, "-7"),
            ("+7", Point, "7"),
            (".5", Point, "0.5"),
            ("5.", Point, "5"),
            ("0", Point, "0"),
            ("-0", Point, "0"),
            ("1,5", Point, ""),
            ("1.5", Comma, ""),
            ("1,2345", Point, ""),
            ("12%", Point, ""),
            ("--5", Point, ""),
            ("(-5)", Point, ""),
            ("1.2.3", Point, ""),
            ("1e5", Point, ""),
            ("abc", Point, ""),
            ("", Point, ""),
            ("-", Point, ""),
            (".", Point, ""),
            ("€", Point, ""),
            ("MG 500", Point, ""),
            ("1C", Point, ""),
            ("US$5", Point, "5"),
            ("1.000 zł", Comma, "1000"),
            ("Rs. .5", Point, "0.5"),
        ] {
            let found = parse_decimal(text, style).map(|number| number.to_string());
            assert_eq!(found.ok().unwrap_or_default(), expected, "{text}");
        }
        assert_eq!(
            parse_decimal("1,5", Point).map_err(|error| error.to_string()),
            Err("“1,5” is no number. Write it like 1234.56, 1,234.56 or €1,234.56.".to_owned())
        );
    }

    /// The number with its thousands grouped.
    fn grouped(number: Decimal, group: &str, mark: &str) -> String {
        let text = number.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                out.push_str(group);
            }
            out.push(digit);
        }
        let sign = if number.is_sign_negative() { "-" } else { "" };
        let mark = if fraction.is_empty() { "" } else { mark };
        format!("{sign}{out}{mark}{fraction}")
    }

    proptest! {
        #[test]
        fn formatted_numbers_are_read_back(mantissa in any::<i64>(), scale in 0..6_u32) {
            let number = Decimal::new(mantissa, scale);
            for (group, mark, style) in
                [(",", ".", Point), ("'", ".", Point), (".", ",", Comma), (" ", ",", Comma), ("", ",", Comma)]
            {
                prop_assert_eq!(parse_decimal(&grouped(number, group, mark), style), Ok(number));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+−0-9., '()€$a-z]{0,12}|\\PC{0,12}") {
            for style in [Point, Comma] {
                if let Err(error) = parse_decimal(&text, style) {
                    prop_assert!(error.to_string().contains("Write it like"));
                }
            }
        }
    }
}
