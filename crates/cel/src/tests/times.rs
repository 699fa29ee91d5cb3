//! Dates, timestamps and durations. It is 23:30 on 21 November in Berlin, 22:30 in UTC.

use super::fixture::{Record, context, expect, record_of, value_in};
use crate::{Value, time};

fn deal() -> Record {
    record_of([
        ("due", Value::Date("2026-12-01".parse().unwrap())),
        (
            "created_at",
            Value::Timestamp("2026-11-20T23:30:15.123456Z".parse().unwrap()),
        ),
        (
            "age",
            Value::Duration(jiff::SignedDuration::from_secs(-129_600)),
        ),
    ])
}

#[test]
fn days_begin_in_the_time_zone() {
    expect(
        &deal(),
        &[
            ("today()", "2026-11-21"),
            ("now()", "2026-11-21T22:30:00.5Z"),
            ("date(created_at)", "2026-11-21"),
            ("created_at >= today()", "true"),
            ("created_at >= \"2026-11-21\"", "true"),
            ("created_at < \"2026-11-21T00:00:00Z\"", "true"),
            ("timestamp(due)", "2026-11-30T23:00:00Z"),
            ("timestamp(\"2026-07-01\")", "2026-06-30T22:00:00Z"),
            ("due > now()", "true"),
            ("daysSince(created_at)", "0"),
            ("daysSince(\"2026-11-20\")", "1"),
            ("daysUntil(due)", "10"),
            ("daysSince(due)", "-10"),
            ("string(due)", "\"2026-12-01\""),
        ],
    );
}

#[test]
fn parts_count_as_cel_does() {
    expect(
        &deal(),
        &[
            ("created_at.getFullYear()", "2026"),
            ("created_at.getQuarter()", "4"),
            ("created_at.getMonth()", "10"),
            ("created_at.getDate()", "21"),
            ("created_at.getDayOfMonth()", "20"),
            ("created_at.getDayOfWeek()", "6"),
            ("created_at.getDayOfYear()", "324"),
            ("created_at.getHours()", "0"),
            ("created_at.getMinutes()", "30"),
            ("created_at.getSeconds()", "15"),
            ("created_at.getMilliseconds()", "123"),
            ("due.getMonth()", "11"),
            ("due.getHours()", "0"),
            ("\"2026-11-22\".getDayOfWeek()", "0"),
            ("\"2026-03-31\".getQuarter()", "1"),
            ("duration(\"36h30m\").getHours()", "36"),
            ("age.getHours()", "-36"),
            ("age.getMinutes()", "-2160"),
            ("duration(\"1500us\").getMilliseconds()", "1"),
            ("duration(\"1m1.5s\").getSeconds()", "61"),
        ],
    );
}

#[test]
fn times_add_up() {
    expect(
        &deal(),
        &[
            (
                "created_at + duration(\"1h\")",
                "2026-11-21T00:30:15.123456Z",
            ),
            (
                "duration(\"1h\") + created_at",
                "2026-11-21T00:30:15.123456Z",
            ),
            (
                "created_at - duration(\"7d\")",
                "2026-11-13T23:30:15.123456Z",
            ),
            ("now() - created_at", "22h 59m 45s 376ms 544µs"),
            ("now() - today()", "23h 30m 500ms"),
            ("age + duration(\"1d\")", "12h ago"),
            ("-age", "36h"),
            ("age - age", "0s"),
            ("due - today()", "10"),
            ("due + 31", "2027-01-01"),
            ("due - 1", "2026-11-30"),
            ("1 + due", "2026-12-02"),
            ("due + duration(\"47h\")", "2026-12-02"),
            ("due - duration(\"47h\")", "2026-11-30"),
            ("due + age", "2026-11-30"),
            ("timestamp(due + 1) - timestamp(due)", "24h"),
            (
                "timestamp(\"2026-03-30\") - timestamp(\"2026-03-29\")",
                "23h",
            ),
            ("date(\"9999-12-31\") - date(\"0001-01-01\")", "3652058"),
        ],
    );
}

#[test]
fn what_leaves_the_range_is_null() {
    expect(
        &deal(),
        &[
            ("date(\"9999-12-31\") + 1", "null"),
            ("date(\"0001-01-01\") - 1", "null"),
            ("due + 9223372036854775807", "null"),
            ("due - -9223372036854775807", "null"),
            ("due + 5000000000", "null"),
            ("due - (-9223372036854775808)", "null"),
            ("timestamp(date(\"9999-12-31\"))", "null"),
            ("timestamp(date(\"0001-01-01\"))", "null"),
            (
                "timestamp(\"9999-12-29T00:00Z\") + duration(\"24h\")",
                "9999-12-30T00:00:00Z",
            ),
            (
                "timestamp(\"9999-12-29T00:00Z\") + duration(\"24h1us\")",
                "null",
            ),
            (
                "timestamp(\"0001-01-01T00:00:00Z\") - duration(\"1us\")",
                "null",
            ),
            ("now() + duration(\"520000w\")", "null"),
            ("duration(\"520000w\") + duration(\"520000w\")", "null"),
        ],
    );
}

#[test]
fn midnight_that_clocks_skip_or_repeat_is_read_as_postgresql_does() {
    // Clocks in Cairo skip midnight on 24 April 2026; those in Havana show it twice on 1 November.
    let moment = |day: &str, zone: &str| {
        let day: jiff::civil::Date = day.parse().unwrap();
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        time::moment(day.to_datetime(jiff::civil::Time::midnight()), &zone)
            .unwrap()
            .to_string()
    };
    assert_eq!(moment("2026-04-24", "Africa/Cairo"), "2026-04-23T22:00:00Z");
    assert_eq!(
        moment("2026-11-01", "America/Havana"),
        "2026-11-01T05:00:00Z"
    );
}

#[test]
fn parts_of_microseconds_are_cut() {
    let mut context = context();
    context.now = "2026-11-21T22:30:00.123456789Z".parse().unwrap();
    assert_eq!(context.moment().subsec_nanosecond(), 123_456_000);
    assert_eq!(
        value_in("duration(\"999ns\") == duration(\"0\")", &deal()),
        Value::Bool(true)
    );
}
