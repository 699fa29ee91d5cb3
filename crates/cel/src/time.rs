//! Times: their range, and what they are in a time zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::value::{FIRST_DAY, FIRST_MOMENT, LAST_MOMENT};

/// The longest duration either way, in microseconds: some 10,000 years.
pub const MAX_DURATION_MICROS: i64 = 316_000_000_000_000_000;

/// `moment` in whole microseconds; `None` outside of the range.
pub(crate) fn bounded(moment: Timestamp) -> Option<Timestamp> {
    Timestamp::from_microsecond(moment.as_microsecond())
        .ok()
        .filter(|moment| (FIRST_MOMENT..=LAST_MOMENT).contains(moment))
}

/// The moment at which `zone` shows `local`: the later one where clocks are set back, and where
/// they are set forward the one that the clocks of before would have shown. As PostgreSQL does.
pub(crate) fn moment(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    bounded(zone.to_ambiguous_timestamp(local).later().ok()?)
}

/// What clocks in `zone` show at `moment`.
pub(crate) fn local(moment: Timestamp, zone: &TimeZone) -> DateTime {
    zone.to_datetime(moment)
}

/// A duration of so many microseconds; `None` outside of the range.
pub(crate) fn duration(micros: i128) -> Option<SignedDuration> {
    let micros = i64::try_from(micros).ok()?;
    (micros.unsigned_abs() <= MAX_DURATION_MICROS.unsigned_abs())
        .then(|| SignedDuration::from_micros(micros))
}

/// `day` and so many days; `None` outside of the range.
pub(crate) fn add_days(day: Date, days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    day.checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
        .filter(|day| *day >= FIRST_DAY)
}

/// How many days `a` is later than `b`.
pub(crate) fn days_between(a: Date, b: Date) -> i64 {
    a.duration_since(b).as_hours() / 24
}
