//! Any record.

use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::fixture::Record;
use crate::Value;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A record in which every field may be null.
pub(super) fn record() -> impl Strategy<Value = Record> {
    let texts = || {
        prop::sample::select(vec![
            text(""),
            text("a"),
            text("Ab"),
            text("ä b"),
            text("open"),
        ])
    };
    let ints = || {
        let few = prop::sample::select(vec![i64::MIN, -1, 0, 1, 2, 7, 1_000, i64::MAX]);
        prop_oneof![few, any::<i64>()].prop_map(Value::Int)
    };
    let decimals = (any::<i64>(), 0_u32..=9).prop_map(|(n, s)| Value::Decimal(Decimal::new(n, s)));
    let money = |currency| {
        any::<i64>().prop_map(move |units| Value::Money(kith_kernel::Money { units, currency }))
    };
    let dates = (-719_162_i32..2_932_890).prop_map(|days| {
        Value::Date(
            jiff::civil::date(1970, 1, 1)
                .checked_add(jiff::Span::new().days(days))
                .unwrap(),
        )
    });
    let moments = (-62_135_596_800_000_000_i64..=253_402_128_000_000_000)
        .prop_map(|micros| Value::Timestamp(jiff::Timestamp::from_microsecond(micros).unwrap()));
    let spans = prop_oneof![
        -100_000_000_000_i64..100_000_000_000,
        -crate::MAX_DURATION_MICROS..=crate::MAX_DURATION_MICROS
    ]
    .prop_map(|micros| Value::Duration(jiff::SignedDuration::from_micros(micros)));
    let json = prop::sample::select(vec![
        serde_json::json!(null),
        serde_json::json!({"x": 1.5, "y": "a", "z": [true, null, {"x": 1}]}),
        serde_json::json!([1, "a"]),
    ])
    .prop_map(Value::Json);
    let or_null = |name: &'static str, values: BoxedStrategy<Value>| {
        prop_oneof![1 => Just(Value::Null), 3 => values].prop_map(move |value| (name, value))
    };
    let fields = (
        (
            or_null("name", texts().boxed()),
            or_null("note", texts().boxed()),
        ),
        (
            or_null("probability", ints().boxed()),
            or_null("rating", ints().boxed()),
        ),
        or_null("score", decimals.boxed()),
        or_null("closed", any::<bool>().prop_map(Value::Bool).boxed()),
        (
            or_null("amount", money(kith_kernel::Currency::EUR).boxed()),
            or_null(
                "budget",
                prop_oneof![
                    money(kith_kernel::Currency::EUR),
                    money(kith_kernel::Currency::USD)
                ]
                .boxed(),
            ),
        ),
        (
            or_null("due", dates.boxed()),
            or_null("created_at", moments.boxed()),
            or_null("age", spans.boxed()),
        ),
        (
            or_null("data", json.boxed()),
            or_null(
                "kind",
                prop::sample::select(vec![text("open"), text("won")]).boxed(),
            ),
        ),
        or_null("tags", vec(texts(), 0..4).prop_map(Value::List).boxed()),
    );
    fields.prop_map(|((a, b), (c, d), e, f, (g, h), (i, j, k), (l, m), n)| {
        Record(
            [a, b, c, d, e, f, g, h, i, j, k, l, m, n]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    })
}
