//! Sources that mostly pass the check.

use proptest::collection::vec;
use proptest::prelude::*;

/// Sources of type `kind`, most of which pass the check.
pub(super) fn of_type(kind: &'static str, depth: u32) -> impl Strategy<Value = String> {
    vec(any::<u16>(), 48).prop_map(move |tape| written(kind, depth, &mut tape.into_iter()))
}

pub(super) fn any_source() -> impl Strategy<Value = String> {
    let kinds: Vec<&'static str> = GRAMMAR.iter().map(|(kind, ..)| *kind).collect();
    prop::sample::select(kinds).prop_flat_map(|kind| of_type(kind, 3))
}

/// A source in which each number of the tape decides one choice.
fn written(kind: &str, depth: u32, tape: &mut impl Iterator<Item = u16>) -> String {
    let (_, leaves, templates) = GRAMMAR.iter().find(|(name, ..)| *name == kind).unwrap();
    let mut choose = |n: usize| usize::from(tape.next().unwrap_or(0)) % n;
    if depth == 0 || choose(5) == 0 {
        return leaves[choose(leaves.len())].to_owned();
    }
    let template = templates[choose(templates.len())];
    let mut source = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        source.push_str(before);
        let Some((hole, after)) = after
            .split_once('>')
            .filter(|(hole, _)| hole.chars().all(|c| c.is_ascii_lowercase()) && !hole.is_empty())
        else {
            source.push('<');
            rest = after;
            continue;
        };
        source.push_str(&written(hole, depth - 1, tape));
        rest = after;
    }
    format!("({source}{rest})")
}

/// For each type: leaves, and templates with holes.
const GRAMMAR: &[(&str, &[&str], &[&str])] = &[
    (
        "bool",
        &["true", "false", "closed", "data.z[0]", "has(note)"],
        &[
            "<bool> && <bool>",
            "<bool> || <bool>",
            "!<bool>",
            "<bool> == <bool>",
            "<bool> ? <bool> : <bool>",
            "<int> < <int>",
            "<int> != <decimal>",
            "<decimal> >= <decimal>",
            "<money> <= <money>",
            "<money> > <decimal>",
            "<money> == <money>",
            "<date> < <date>",
            "<date> >= <timestamp>",
            "<timestamp> <= <timestamp>",
            "<duration> > <duration>",
            "<text> == <text>",
            "<text> != <text>",
            "<text> in <list>",
            "<int> in [<int>, <int>]",
            "<int> == null",
            "<text>.contains(<text>)",
            "<text>.icontains(<text>)",
            "<text>.startsWith(<text>)",
            "<text>.matches(\"^[a-c]|ä\")",
            "<list>.exists(t, t == <text>)",
            "<list>.all(t, t != <text>)",
        ],
    ),
    (
        "int",
        &[
            "0",
            "1",
            "-7",
            "9223372036854775807",
            "probability",
            "rating",
        ],
        &[
            "<int> + <int>",
            "<int> - <int>",
            "<int> * <int>",
            "<int> / <int>",
            "<int> % <int>",
            "-<int>",
            "abs(<int>)",
            "int(<decimal>)",
            "size(<text>)",
            "size(<list>)",
            "<date> - <date>",
            "<timestamp>.getMonth()",
            "<timestamp>.getHours()",
            "<date>.getDayOfYear()",
            "daysSince(<timestamp>)",
            "daysUntil(<date>)",
            "<duration>.getSeconds()",
            "min(<int>, <int>)",
            "coalesce(<int>, <int>)",
        ],
    ),
    (
        "decimal",
        &["0.5", "-1e18", "score", "data.x", "0.000000001"],
        &[
            "<decimal> + <decimal>",
            "<decimal> - <int>",
            "<decimal> * <decimal>",
            "<int> / <decimal>",
            "<decimal> / <decimal>",
            "<decimal> % <decimal>",
            "-<decimal>",
            "abs(double(<decimal>))",
            "round(<decimal>, 2)",
            "floor(<decimal>)",
            "ceil(<decimal>)",
            "<money> / <money>",
            "<money>.amount",
            "max(<decimal>, <int>)",
            "<bool> ? <int> : <decimal>",
        ],
    ),
    (
        "money",
        &["amount", "budget"],
        &[
            "<money> + <money>",
            "<money> - <money>",
            "<money> * <decimal>",
            "<money> / <int>",
            "-<money>",
            "abs(<money>)",
            "coalesce(<money>, <money>)",
            "<bool> ? <money> : null",
        ],
    ),
    (
        "text",
        &["\"\"", "\"a\"", "name", "note", "kind", "data.y"],
        &[
            "<text> + <text>",
            "lower(<text>)",
            "trim(<text>)",
            "upperAscii(<text>)",
            "string(<decimal>)",
            "string(<date>)",
            "<list>[1]",
            "<money>.currency",
            "coalesce(<text>, <text>)",
            "<bool> ? <text> : <text>",
        ],
    ),
    (
        "date",
        &["due", "today()", "date(\"2026-02-28\")"],
        &[
            "<date> + <int>",
            "<date> - <int>",
            "<date> + <duration>",
            "date(<timestamp>)",
            "max(<date>, <date>)",
            "<bool> ? <date> : \"2026-01-01\"",
        ],
    ),
    (
        "timestamp",
        &[
            "created_at",
            "now()",
            "timestamp(\"2026-02-28T12:00:00.000001Z\")",
        ],
        &[
            "<timestamp> + <duration>",
            "<timestamp> - <duration>",
            "timestamp(<date>)",
            "min(<timestamp>, <date>)",
        ],
    ),
    (
        "duration",
        &["age", "duration(\"36h\")", "duration(\"-1us\")"],
        &[
            "<timestamp> - <timestamp>",
            "<timestamp> - <date>",
            "<duration> + <duration>",
            "<duration> - <duration>",
            "-<duration>",
        ],
    ),
    (
        "list",
        &["tags", "[\"a\", name]", "[]"],
        &["[<text>, <text>]"],
    ),
];
