//! Numbers of a workbook: days since 1900 or 1904, and decimals with their rounding noise.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use rust_decimal::Decimal;

use crate::cell::Cell;

use super::styles::Meaning;

const DAY: i64 = 86_400_000;
/// The last day that Excel knows, 31 December 9999.
const LAST: f64 = 2_958_466.0;

/// A number as the cell's format shows it.
pub(super) fn value(text: &str, meaning: Meaning, from_1904: bool) -> Cell {
    let text = text.trim();
    if meaning != Meaning::Number
        && let Ok(serial) = text.parse::<f64>()
        && (0.0..LAST).contains(&serial)
    {
        return moment(serial, meaning, from_1904);
    }
    number(text)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the serial is below three million"
)]
fn moment(serial: f64, meaning: Meaning, from_1904: bool) -> Cell {
    let whole = (serial * 86_400_000.0).round() as i64;
    let (days, millis) = (whole / DAY, whole % DAY);
    if meaning == Meaning::Duration || (days == 0 && meaning != Meaning::Date && !from_1904) {
        return Cell::Text(clock(whole));
    }
    let Some(day) = day(days, from_1904) else {
        return Cell::Text(clock(whole));
    };
    if millis == 0 && meaning == Meaning::Date {
        return Cell::Date(day);
    }
    let start = DateTime::from(day);
    match start.checked_add(millis.milliseconds()) {
        Ok(moment) => Cell::DateTime(moment),
        Err(_) => Cell::Date(day),
    }
}

/// Excel believes that 1900 was a leap year: day 60 is a 29 February that never was.
fn day(days: i64, from_1904: bool) -> Option<Date> {
    let base = match days {
        _ if from_1904 => date(1904, 1, 1),
        0 => return None,
        1..=59 => date(1899, 12, 31),
        _ => date(1899, 12, 30),
    };
    base.checked_add(days.days()).ok()
}

fn clock(millis: i64) -> String {
    let (seconds, fraction) = (millis / 1_000, millis % 1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}")
    }
}

/// A number without the noise of binary fractions: spreadsheets compute with and show at most 15
/// digits, but store 0.1 + 0.2 as 0.30000000000000004. Whole numbers are taken exactly.
pub(super) fn number(text: &str) -> Cell {
    let digits = text
        .trim_start_matches(['-', '0', '.'])
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let exact = if !text.contains(['.', 'e', 'E']) || (digits <= 15 && !text.contains(['e', 'E'])) {
        Decimal::from_str_exact(text).ok()
    } else {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .and_then(|number| Decimal::from_scientific(&format!("{number:.14e}")).ok())
    };
    match exact {
        Some(number) => Cell::Number(number.normalize()),
        None => Cell::text(text),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn serials_are_days_in_both_systems() {
        for (text, meaning, from_1904, expected) in [
            ("1", Meaning::Date, false, Cell::Date(date(1900, 1, 1))),
            ("59", Meaning::Date, false, Cell::Date(date(1900, 2, 28))),
            ("61", Meaning::Date, false, Cell::Date(date(1900, 3, 1))),
            ("45658", Meaning::Date, false, Cell::Date(date(2025, 1, 1))),
            ("44196", Meaning::Date, true, Cell::Date(date(2025, 1, 1))),
            ("0", Meaning::Date, true, Cell::Date(date(1904, 1, 1))),
            (
                "45658.75",
                Meaning::DateTime,
                false,
                Cell::DateTime(datetime(2025, 1, 1, 18, 0, 0, 0)),
            ),
            (
                "45657.999999999",
                Meaning::DateTime,
                false,
                Cell::DateTime(datetime(2025, 1, 1, 0, 0, 0, 0)),
            ),
            ("0.5", Meaning::Time, false, Cell::text("12:00:00")),
            ("1.0625", Meaning::Duration, false, Cell::text("25:30:00")),
            ("-1", Meaning::Date, false, Cell::Number(Decimal::from(-1))),
            (
                "2958465",
                Meaning::Date,
                false,
                Cell::Date(date(9999, 12, 31)),
            ),
        ] {
            assert_eq!(value(text, meaning, from_1904), expected, "{text}");
        }
    }

    #[test]
    fn numbers_lose_only_their_noise() {
        for (text, expected) in [
            ("0.30000000000000004", "0.3"),
            ("1234.5600000000001", "1234.56"),
            ("4930123456", "4930123456"),
            ("1.5E-7", "0.00000015"),
            ("1E+20", "100000000000000000000"),
            ("123456789012345678", "123456789012345678"),
            ("-0.10", "-0.1"),
            ("1E+300", "1E+300"),
            ("abc", "abc"),
        ] {
            assert_eq!(number(text).as_text(), expected);
        }
    }
}
