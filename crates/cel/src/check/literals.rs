//! Texts that stand for values of other types.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kith_kernel::{Currency, Money};
use uuid::Uuid;

use crate::check::names::suggestion;
use crate::error::brief;
use crate::types::Options;
use crate::value::FIRST_DAY;
use crate::{Value, time};

/// Reads `2026-11-21`.
pub(super) fn date(text: &str) -> Result<Value, String> {
    read_date(text)
        .map(Value::Date)
        .ok_or_else(|| format!("{:?} is not a date such as \"2026-11-21\"", brief(text)))
}

fn read_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, c)| {
            if i == 4 || i == 7 {
                c == b'-'
            } else {
                c.is_ascii_digit()
            }
        });
    if !shaped {
        return None;
    }
    text.parse::<Date>().ok().filter(|day| *day >= FIRST_DAY)
}

/// Reads RFC 3339, a date and time without an offset (which is meant in `zone`) or a date
/// (which begins in `zone`). Parts of a microsecond are cut.
pub(super) fn timestamp(text: &str, zone: &TimeZone) -> Result<Value, String> {
    read_timestamp(text, zone)
        .map(Value::Timestamp)
        .ok_or_else(|| {
            format!(
                "{text:?} is not a timestamp such as \"2026-11-21T09:30:00Z\" or \"2026-11-21\""
            )
        })
}

fn read_timestamp(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let day = read_date(text.get(..10)?)?;
    let rest = &text[10..];
    if rest.is_empty() {
        return time::moment(day.to_datetime(jiff::civil::Time::midnight()), zone);
    }
    if !rest.starts_with(['T', 't', ' ']) || rest.contains(['[', ']']) {
        return None;
    }
    if rest.contains(['Z', 'z', '+', '-']) {
        text.parse::<Timestamp>().ok().and_then(time::bounded)
    } else {
        time::moment(text.parse::<DateTime>().ok()?, zone)
    }
}

/// Reads `1h30m`, `7d`, `-1.5s`: numbers with the units w, d (24 hours), h, m, s, ms, us and ns.
pub(super) fn duration(text: &str) -> Result<Value, String> {
    read_duration(text)
        .and_then(time::duration)
        .map(Value::Duration)
        .ok_or_else(|| {
            format!(
                "{:?} is not a duration such as \"24h\", \"1h30m\" or \"7d\"",
                brief(text)
            )
        })
}

/// Microseconds.
fn read_duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() || rest.len() > 100 {
        return None;
    }
    let mut nanos = 0_i128;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(length);
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit: i128 = match unit {
            "w" => 604_800_000_000_000,
            "d" => 86_400_000_000_000,
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if whole.len() > 18 || fraction.len() > 9 || fraction.is_empty() {
            return None;
        }
        nanos += whole.parse::<i128>().ok()? * unit;
        let places = u32::try_from(fraction.len()).ok()?;
        nanos += fraction.parse::<i128>().ok()? * unit / 10_i128.pow(places);
        rest = after;
    }
    let micros = nanos / 1_000;
    Some(if negative { -micros } else { micros })
}

/// Reads a UUID.
pub(super) fn id(text: &str) -> Result<Value, String> {
    Uuid::try_parse(text).map(Value::Id).map_err(|_| {
        format!(
            "{:?} is not an id such as \"019a8d2e-7f00-7000-8000-000000000000\"",
            brief(text)
        )
    })
}

/// Reads `1500.00 EUR` or `EUR 1500.00`.
pub(super) fn money(text: &str) -> Result<Value, String> {
    let wrong = || {
        format!(
            "{:?} is not an amount of money such as \"1500.00 EUR\"",
            brief(text)
        )
    };
    let (first, second) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let (amount, currency) = match (Currency::from_code(second), Currency::from_code(first)) {
        (Some(currency), _) => (first, currency),
        (None, Some(currency)) => (second, currency),
        (None, None) => return Err(wrong()),
    };
    Money::parse(amount, currency)
        .map(Value::Money)
        .map_err(|error| format!("the amount in {:?} {error}", brief(text)))
}

/// The key of one of the `options`.
pub(super) fn option(text: &str, options: &Options) -> Result<Value, String> {
    if options.iter().any(|option| &**option == text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let hint = suggestion(text, options.iter().map(|option| &**option));
    let hint = if hint.is_empty() && !options.is_empty() {
        let mut known: Vec<String> = options.iter().take(8).map(|o| format!("`{o}`")).collect();
        if options.len() > known.len() {
            known.push("…".to_owned());
        }
        format!("; there are {}", known.join(", "))
    } else {
        hint
    };
    Err(format!("{:?} is not one of the options{hint}", brief(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert!(date("2026-02-28").is_ok());
        for text in [
            "2026-02-29",
            "0000-01-01",
            "2026-2-1",
            "20260201",
            "2026-02-01T00:00",
            "",
            "２026-01-01",
        ] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn timestamps_without_an_offset_are_local() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let read = |text: &str| match timestamp(text, &zone) {
            Ok(Value::Timestamp(moment)) => moment.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(read("2026-07-01"), "2026-06-30T22:00:00Z");
        assert_eq!(read("2026-01-01T00:00:00"), "2025-12-31T23:00:00Z");
        assert_eq!(read("2026-01-01 12:30"), "2026-01-01T11:30:00Z");
        assert_eq!(
            read("2026-01-01T12:30:00.1234567Z"),
            "2026-01-01T12:30:00.123456Z"
        );
        assert_eq!(read("2026-01-01T12:30:00+05:30"), "2026-01-01T07:00:00Z");
        // Clocks skip 02:30 on 29 March and show it twice on 25 October.
        assert_eq!(read("2026-03-29T02:30"), "2026-03-29T01:30:00Z");
        assert_eq!(read("2026-10-25T02:30"), "2026-10-25T01:30:00Z");
        for text in [
            "2026-01-01T",
            "2026-01-01T25:00",
            "2026-01-01T00:00Z[UTC]",
            "now",
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00+10:00",
        ] {
            assert!(timestamp(text, &zone).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_add_their_parts() {
        let micros = |text: &str| match duration(text) {
            Ok(Value::Duration(duration)) => Some(duration.as_micros()),
            _ => None,
        };
        assert_eq!(micros("1h30m"), Some(5_400_000_000));
        assert_eq!(micros("-1.5s"), Some(-1_500_000));
        assert_eq!(micros("1w1d"), Some(8 * 86_400_000_000));
        assert_eq!(micros("1999ns"), Some(1));
        assert_eq!(micros("0"), Some(0));
        for text in [
            "",
            "-",
            "5",
            "h",
            "1x",
            "1h 30m",
            "1.h",
            ".5h",
            "99999999999w",
            "1h-30m",
            "1..5s",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_name_their_currency() {
        let eur = |units| {
            Ok(Value::Money(Money {
                units,
                currency: Currency::EUR,
            }))
        };
        assert_eq!(money("1500.50 EUR"), eur(15_005_000));
        assert_eq!(money("eur 2"), eur(20_000));
        assert_eq!(
            money("1.555 EUR"),
            Err("the amount in \"1.555 EUR\" must have at most 2 decimal places in EUR".to_owned())
        );
        assert!(money("1500").is_err());
        assert!(money("1500 XXQ").is_err());
    }
}
