//! Dates and times as people and programs write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::ValueError;
use super::months::{is_filler, month};
use super::names::fold;
use super::time::{read_time, split_time};

/// In which order a date of three numbers stands. Dates that begin with a year of four digits, and
/// dates with the month in letters, are read in any style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// `2024-01-31`, also `2024/1/31`, `2024.01.31` and `20240131`.
    #[default]
    Ymd,
    /// `31.01.2024`, also `31/1/24`.
    Dmy,
    /// `01/31/2024`, also `1/31/24`.
    Mdy,
}

impl DateStyle {
    fn date_example(self) -> &'static str {
        match self {
            Self::Ymd => "2024-01-31 or 31 Jan 2024",
            Self::Dmy => "31/01/2024, 31.1.2024, 31 Jan 2024 or 2024-01-31",
            Self::Mdy => "01/31/2024, 1/31/2024, Jan 31, 2024 or 2024-01-31",
        }
    }

    fn moment_example(self) -> &'static str {
        match self {
            Self::Ymd => "2024-01-31 18:30 or 2024-01-31T18:30:00Z",
            Self::Dmy => "31/01/2024 18:30, 31.1.2024 18:30:00 or 2024-01-31T18:30:00Z",
            Self::Mdy => "01/31/2024 6:30 PM, 1/31/2024 18:30 or 2024-01-31T18:30:00Z",
        }
    }
}

/// A date and time, with the offset from UTC where the text gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What calendar and clock show.
    pub local: DateTime,
    /// The offset of that clock from UTC.
    pub offset: Option<Offset>,
}

impl Moment {
    /// The instant; `zone` is used where the text gave no offset. None outside of years 1 to 9999.
    pub fn timestamp(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self.offset {
            Some(offset) => offset.to_timestamp(self.local).ok(),
            None => zone.to_timestamp(self.local).ok(),
        }
    }
}

/// Reads a date. A time of day is refused unless it is midnight. Years of two digits are those from
/// 1969 to 2068.
pub fn parse_date(text: &str, style: DateStyle) -> Result<Date, ValueError> {
    read(text, style)
        .filter(|moment| moment.local.time() == Time::midnight())
        .map(|moment| moment.local.date())
        .ok_or_else(|| ValueError::new(text, "date", style.date_example()))
}

/// Reads a date with a time of day; a date alone means midnight.
pub fn parse_datetime(text: &str, style: DateStyle) -> Result<Moment, ValueError> {
    read(text, style).ok_or_else(|| ValueError::new(text, "date and time", style.moment_example()))
}

fn read(text: &str, style: DateStyle) -> Option<Moment> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    let (day, rest) = split_time(text);
    let local = read_date(day.trim_end_matches([',', ' ']), style)?;
    let Some(rest) = rest else {
        let local = DateTime::from(local);
        return Some(Moment {
            local,
            offset: None,
        });
    };
    let (time, offset) = read_time(rest)?;
    Some(Moment {
        local: local.to_datetime(time),
        offset,
    })
}

fn read_date(text: &str, style: DateStyle) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let year = text[..4]
            .parse()
            .ok()
            .filter(|year| (1800..2200).contains(year))?;
        return Date::new(year, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let mut numbers: Vec<(i16, usize)> = Vec::new();
    let mut named = None;
    let mut named_first = false;
    let is_mark = |c: char| {
        matches!(
            c,
            ' ' | '.' | ',' | '/' | '-' | '\u{a0}' | '年' | '月' | '日'
        )
    };
    for part in text.split(is_mark).filter(|part| !part.is_empty()) {
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let (digits, letters) = part.split_at(part.len() - letters.len());
        if !digits.is_empty() {
            numbers.push((digits.parse().ok()?, digits.len()));
        }
        let word = fold(letters);
        if word.is_empty() || is_filler(&word) {
            continue;
        }
        let month = month(&word)?;
        if named.replace(month).is_some() {
            return None;
        }
        named_first = numbers.is_empty();
    }
    if let Some(month) = named {
        let [first, second] = numbers[..] else {
            return None;
        };
        let (day, year) = if first.1 == 4 && !named_first {
            (second, first)
        } else {
            (first, second)
        };
        return build(full_year(year)?, month.into(), day.0);
    }
    let [a, b, c] = numbers[..] else { return None };
    let (year, month, day) = match style {
        _ if a.1 == 4 => (a, b, c),
        DateStyle::Ymd => return None,
        DateStyle::Dmy => (c, b, a),
        DateStyle::Mdy => (c, a, b),
    };
    if month.1 > 2 || day.1 > 2 {
        return None;
    }
    build(full_year(year)?, month.0, day.0)
}

fn build(year: i16, month: i16, day: i16) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

/// Two digits mean the years from 1969 to 2068, as POSIX has it.
fn full_year((year, digits): (i16, usize)) -> Option<i16> {
    match (digits, year) {
        (4, 1..) => Some(year),
        (2, 0..=68) => Some(2000 + year),
        (2, _) => Some(1900 + year),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use DateStyle::{Dmy, Mdy, Ymd};
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_in_their_style() {
        let day = Some(date(2024, 3, 2));
        for (text, style, expected) in [
            ("2024-03-02", Ymd, day),
            ("2024/3/2", Dmy, day),
            ("2024.03.02", Mdy, day),
            ("20240302", Ymd, day),
            ("02.03.2024", Dmy, day),
            ("2.3.24", Dmy, day),
            ("2/3/2024", Dmy, day),
            ("3/2/2024", Mdy, day),
            ("03-02-24", Mdy, day),
            ("2 Mar 2024", Ymd, day),
            ("Mar 2, 2024", Dmy, day),
            ("March 2nd, 2024", Ymd, day),
            ("Saturday, March 2, 2024", Ymd, day),
            ("2. März 2024", Ymd, day),
            ("2 mars 2024", Ymd, day),
            ("2 de marzo de 2024", Ymd, day),
            ("02-Mar-24", Ymd, day),
            ("2024-Mar-02", Ymd, day),
            ("2024-03-02T00:00:00Z", Ymd, day),
            ("2024-03-02 00:00:00", Ymd, day),
            ("1/1/69", Mdy, Some(date(1969, 1, 1))),
            ("1/1/68", Mdy, Some(date(2068, 1, 1))),
            ("2002/1/16", Ymd, Some(date(2002, 1, 16))),
            ("29.02.2023", Dmy, None),
            ("31/12/2024", Mdy, None),
            ("2/3/2024", Ymd, None),
            ("2024-03-02 10:00", Ymd, None),
            ("12/2024", Dmy, None),
            ("2024", Ymd, None),
            ("1.2", Dmy, None),
            ("1.2.3", Dmy, None),
            ("may", Dmy, None),
            ("", Dmy, None),
            ("0000-00-00", Ymd, None),
        ] {
            assert_eq!(parse_date(text, style).ok(), expected, "{text}");
        }
        assert_eq!(
            parse_date("soon", Dmy).map_err(|error| error.to_string()),
            Err("“soon” is no date. Write it like 31/01/2024, 31.1.2024, 31 Jan 2024 or 2024-01-31.".to_owned())
        );
    }

    #[test]
    fn moments_are_read_with_their_offset() {
        let at = |hour, minute, second, nanos| datetime(2024, 3, 2, hour, minute, second, nanos);
        let hours = |hours| Some(Offset::from_hours(hours).unwrap());
        for (text, style, expected) in [
            (
                "2024-03-02T18:30:00Z",
                Ymd,
                Some((at(18, 30, 0, 0), hours(0))),
            ),
            (
                "2024-03-02T18:30:05.666+00:00",
                Ymd,
                Some((at(18, 30, 5, 666_000_000), hours(0))),
            ),
            (
                "2024-03-02 18:30:00 +0200",
                Ymd,
                Some((at(18, 30, 0, 0), hours(2))),
            ),
            (
                "2024-03-02T18:30:00-05",
                Ymd,
                Some((at(18, 30, 0, 0), hours(-5))),
            ),
            (
                "2024-03-02 18:30 UTC",
                Ymd,
                Some((at(18, 30, 0, 0), hours(0))),
            ),
            ("2024-03-02 18:30", Ymd, Some((at(18, 30, 0, 0), None))),
            ("02.03.2024 18:30:00", Dmy, Some((at(18, 30, 0, 0), None))),
            ("02.03.2024, 18:30", Dmy, Some((at(18, 30, 0, 0), None))),
            ("3/2/2024 6:30 PM", Mdy, Some((at(18, 30, 0, 0), None))),
            ("3/2/2024 12:05 am", Mdy, Some((at(0, 5, 0, 0), None))),
            ("3/2/2024 6pm", Mdy, Some((at(18, 0, 0, 0), None))),
            ("Mar 2, 2024 6:30 p.m.", Mdy, Some((at(18, 30, 0, 0), None))),
            ("2024-03-02", Ymd, Some((at(0, 0, 0, 0), None))),
            ("2024-03-02 25:00", Ymd, None),
            ("2024-03-02 10:61", Ymd, None),
            ("2024-03-02 13:00 PM", Ymd, None),
            ("2024-03-02 10:00 Mars", Ymd, None),
            ("10:30", Ymd, None),
        ] {
            let found = parse_datetime(text, style).ok();
            assert_eq!(found.map(|m| (m.local, m.offset)), expected, "{text}");
        }
    }

    #[test]
    fn instants_need_a_zone_only_without_offset() {
        let zone = TimeZone::fixed(Offset::from_hours(1).unwrap());
        for (text, expected) in [
            ("2024-03-02 18:30", "2024-03-02T17:30:00Z"),
            ("2024-03-02 18:30Z", "2024-03-02T18:30:00Z"),
        ] {
            let moment = parse_datetime(text, Ymd).unwrap();
            assert_eq!(moment.timestamp(&zone).unwrap().to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn formatted_dates_are_read_back(days in 0..200_000_i32, pad in any::<bool>()) {
            let day = date(1700, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            let two = |n: i8| if pad { format!("{n:02}") } else { n.to_string() };
            prop_assert_eq!(parse_date(&day.to_string(), Dmy), Ok(day));
            prop_assert_eq!(parse_date(&format!("{}.{}.{y}", two(d), two(m)), Dmy), Ok(day));
            prop_assert_eq!(parse_date(&format!("{}/{}/{y}", two(m), two(d)), Mdy), Ok(day));
            prop_assert_eq!(parse_date(&day.strftime("%-d %B %Y").to_string(), Ymd), Ok(day));
            prop_assert_eq!(parse_date(&day.strftime("%b %-d, %Y").to_string(), Ymd), Ok(day));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9 :./TZ+apmJan,-]{0,25}|\\PC{0,20}") {
            for style in [Ymd, Dmy, Mdy] {
                let _ = parse_date(&text, style);
                let _ = parse_datetime(&text, style);
            }
        }
    }
}
