//! The time of day within a date and time, and its offset from UTC.

use jiff::civil::Time;
use jiff::tz::Offset;

/// Cuts before the hour: the digits that lead up to the first colon, or follow a `T`.
pub(super) fn split_time(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let joint = bytes.windows(3).position(|window| {
        window[0].is_ascii_digit() && matches!(window[1], b'T' | b't') && window[2].is_ascii_digit()
    });
    if let Some(at) = joint {
        return (&text[..=at], Some(&text[at + 2..]));
    }
    let hour = text.find(':').map(|colon| {
        let digits = bytes[..colon]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit());
        colon - digits.count()
    });
    // 6 PM has no colon.
    let lower = text.to_ascii_lowercase();
    let hour = hour.or_else(|| {
        let before = lower
            .strip_suffix("am")
            .or_else(|| lower.strip_suffix("pm"))?;
        let before = before.trim_end();
        let hour = before.trim_end_matches(|c: char| c.is_ascii_digit());
        (hour.len() < before.len()).then_some(hour.len())
    });
    match hour {
        Some(at) if at > 0 => (&text[..at], Some(&text[at..])),
        _ => (text, None),
    }
}

/// A time of day, with its offset from UTC if it has one.
pub(super) fn read_time(text: &str) -> Option<(Time, Option<Offset>)> {
    let text = text.trim();
    let clock_end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')))
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at(clock_end);
    let mut rest = rest.trim();
    let mut half = None;
    let lower = rest.to_ascii_lowercase();
    for (mark, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        if lower.starts_with(mark) {
            half = Some(afternoon);
            rest = rest[mark.len()..].trim_start();
            break;
        }
    }
    let mut parts = clock.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute = match parts.next() {
        Some(minute) if minute.len() == 2 => minute.parse().ok()?,
        None if half.is_some() => 0,
        _ => return None,
    };
    let (mut second, mut nanos) = (0, 0);
    if let Some(part) = parts.next() {
        let (whole, fraction) = part.split_once(['.', ',']).unwrap_or((part, ""));
        second = whole.parse().ok()?;
        if !fraction.is_empty() {
            let nine: String = fraction
                .chars()
                .chain("000000000".chars())
                .take(9)
                .collect();
            nanos = nine.parse().ok()?;
        }
    }
    if parts.next().is_some() {
        return None;
    }
    if let Some(afternoon) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let time = Time::new(hour, minute, second, nanos).ok()?;
    Some((time, read_offset(rest)?))
}

/// `Z`, `UTC`, `+02:00`, `+0200` or `+02`; the inner none stands for no offset at all.
#[expect(
    clippy::option_option,
    reason = "wrong, absent and given are three things"
)]
fn read_offset(text: &str) -> Option<Option<Offset>> {
    let rest = text.trim();
    let rest = ["UTC", "GMT", "utc", "gmt"]
        .iter()
        .find_map(|name| rest.strip_prefix(name).map(|rest| (rest, true)))
        .unwrap_or((rest, false));
    let (rest, named) = rest;
    match rest {
        "" if named => return Some(Some(Offset::UTC)),
        "" => return Some(None),
        "Z" | "z" => return Some(Some(Offset::UTC)),
        _ => {}
    }
    let negative = rest.starts_with(['-', '−']);
    let digits: String = rest
        .strip_prefix(['+', '-', '−'])?
        .chars()
        .filter(|c| *c != ':')
        .collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if negative { -seconds } else { seconds };
    Offset::from_seconds(seconds).ok().map(Some)
}
