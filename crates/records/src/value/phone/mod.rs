//! Telephone numbers.

mod plan;

use super::Refusal;

/// The longest text that is read as a number, in bytes.
const LONGEST: usize = 60;
/// How many digits a national number has (ITU-T E.164 allows 15 with the country code; a few
/// countries give more).
const DIGITS: std::ops::RangeInclusive<usize> = 2..=17;
/// What announces an extension, in lower case, longer ones first.
const EXTENSION: [&str; 12] = [
    ";ext=",
    "extension",
    "extn",
    "ext",
    "anexo",
    "доб",
    "int",
    "x",
    "#",
    ",",
    ";",
    "х",
];

/// A phone number in E.164, with `;ext=` and the extension's digits where there is one.
///
/// `region` (ISO 3166-1 alpha-2) is where numbers without a country code are dialled. What is
/// valid there comes first; else 00 in front stands for +, as it does in most of the world.
pub fn phone(text: &str, region: &str) -> Result<String, Refusal> {
    read(text, region).ok_or_else(|| {
        Refusal::new(
            "invalid_phone",
            format!(
                "must be a valid phone number: with country code, such as +49 30 901820, \
                 or as dialled in {region}"
            ),
        )
    })
}

fn read(text: &str, region: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let text = text.strip_prefix("tel:").unwrap_or(text).to_lowercase();
    let (number, extension) = split_extension(&text);
    let (plus, digits) = digits(number)?;
    let (code, national) = match plus {
        true => abroad(&digits)?,
        false => dialled(&digits, region).or_else(|| abroad(digits.strip_prefix("00")?))?,
    };
    Some(match extension {
        Some(extension) => format!("+{code}{national};ext={extension}"),
        None => format!("+{code}{national}"),
    })
}

/// A number whose digits begin with a country code.
fn abroad(digits: &str) -> Option<(u16, String)> {
    let (code, rest) = plan::split_code(digits)?;
    valid(code, plan::national(plan::of_code(code)?, rest))
}

/// A number as it is dialled in a region.
fn dialled(digits: &str, region: &str) -> Option<(u16, String)> {
    let plan = plan::of_region(region)?;
    if let Some(rest) = plan::after_international_prefix(plan, digits) {
        return abroad(rest);
    }
    let digits = plan::without_code(plan, digits).unwrap_or_else(|| digits.to_owned());
    valid(plan.country_code(), plan::national(plan, &digits))
}

fn valid(code: u16, national: String) -> Option<(u16, String)> {
    let sane = DIGITS.contains(&national.len()) && plan::is_valid(code, &national);
    sane.then_some((code, national))
}

/// The number without its extension, and the extension's digits.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let text = text.strip_suffix('#').unwrap_or(text);
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = &text[rest.len()..];
    let before = rest.trim_end_matches([' ', '.', ':', '\u{a0}']);
    let announced = EXTENSION.iter().find_map(|word| before.strip_suffix(word));
    match announced {
        Some(number) if (1..=20).contains(&extension.len()) => {
            let number = number.trim_end_matches([' ', ',', ';', '.', '-', '\u{a0}']);
            (number, Some(extension))
        }
        _ => (text, None),
    }
}

/// Whether a + comes first, and the digits; `None` where something else stands between them.
fn digits(text: &str) -> Option<(bool, String)> {
    let mut plus = false;
    let mut digits = String::new();
    for c in text.chars() {
        match c {
            '+' | '＋' if digits.is_empty() && !plus => plus = true,
            '-'
            | '.'
            | '('
            | ')'
            | '['
            | ']'
            | '/'
            | '~'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
            | '\u{30fc}'
            | '\u{ff0d}'..='\u{ff0f}'
            | '\u{ff08}'
            | '\u{ff09}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{202a}'
            | '\u{202c}'
            | '\u{2060}'
            | '\u{ad}' => {}
            c if c.is_whitespace() => {}
            c => digits.push(digit(c)?),
        }
    }
    Some((plus, digits))
}

/// The ASCII digit for a digit of any of the scripts in which telephone numbers are written.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phones_become_e164() {
        for (text, region, e164) in [
            ("030 901820", "DE", "+4930901820"),
            ("030/90 18-20", "DE", "+4930901820"),
            ("0049 30 901820", "US", "+4930901820"),
            ("011 49 30 901820", "US", "+4930901820"),
            ("+49 (0)30 901820", "US", "+4930901820"),
            ("4930901820", "DE", "+4930901820"),
            ("+1 (202) 456-1111", "DE", "+12024561111"),
            ("1-202-456-1111", "US", "+12024561111"),
            ("+39 06 698 12345", "US", "+390669812345"),
            ("0343 15 555 1212", "AR", "+5493435551212"),
            ("8 (800) 123-45-67", "RU", "+78001234567"),
            ("+800 1234 5678", "US", "+80012345678"),
            ("٠٣٠ ٩٠١٨٢٠", "DE", "+4930901820"),
            ("202-456-1111 x42", "US", "+12024561111;ext=42"),
            ("202-456-1111, ext. 42", "US", "+12024561111;ext=42"),
            ("+12024561111;ext=42", "DE", "+12024561111;ext=42"),
        ] {
            assert_eq!(phone(text, region).unwrap(), e164, "{text}");
        }
        for bad in [
            "",
            "none",
            "12",
            "+999 123456789",
            "202-456-111",
            "00",
            "0000",
            "x42",
            "++1 202 456 1111",
            "202-456-1111 or 1112",
            "+",
        ] {
            assert!(phone(bad, "US").is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again(
            text in "(\\+|00|tel:|011)?([0-9]{1,4}[-. ()/~;x,]{0,2}){0,8}(;phone-context=|ext\\.?|;ext=|#| x|･|＋)?[0-9٣５+]{0,5}.{0,3}",
            region in "[A-Z]{2}|DE|US|ID|KZ|AR|BR|MX|",
        ) {
            if let Ok(number) = phone(&text, &region) {
                prop_assert_eq!(phone(&number, "US"), Ok(number.clone()), "of {}", text);
            }
        }
    }
}
