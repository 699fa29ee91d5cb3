//! What expressions are worth: operators, null, functions.

use kith_kernel::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::json;

use super::fixture::{Crm, ID, Record, checked, context, expect, record_of, value_in};
use crate::{CelError, Expression, MAX_STEPS, Value, accepts, check, evaluate};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn money(units: i64, currency: Currency) -> Value {
    Value::Money(Money { units, currency })
}

/// A deal of which everything that is not named is null.
fn deal() -> Record {
    record_of([
        ("name", text("Große Sache")),
        ("kind", text("open")),
        ("probability", Value::Int(30)),
        ("score", Value::Decimal("2.5".parse().unwrap())),
        ("closed", Value::Bool(false)),
        ("amount", money(10_000_000, Currency::EUR)),
        ("budget", money(5_000_000, Currency::USD)),
        ("tags", Value::List(vec![text("vip"), text("new")])),
        ("company", Value::Id(ID)),
        ("company.industry", text("tech")),
        ("company.name", text("ACME")),
    ])
}

#[test]
fn null_is_unknown() {
    expect(
        &deal(),
        &[
            ("note == \"a\"", "null"),
            ("note != \"a\"", "null"),
            ("note == note", "null"),
            ("rating < 5", "null"),
            ("rating + 1", "null"),
            ("-rating", "null"),
            ("note + \"a\"", "null"),
            ("note.contains(\"a\")", "null"),
            ("size(note)", "null"),
            ("note == null", "true"),
            ("note != null", "false"),
            ("name == null", "false"),
            ("(rating < 5) == null", "true"),
            ("has(note)", "false"),
            ("has(company.industry)", "true"),
            ("null == null", "true"),
            ("null != null", "false"),
            ("company.parent == null", "true"),
            ("company.parent.name == \"x\"", "null"),
            ("coalesce(note, name)", "\"Große Sache\""),
            ("coalesce(note, null)", "null"),
            ("coalesce(rating, score)", "2.5"),
            ("min(rating, 3, 2)", "2"),
            ("max(rating, null)", "null"),
            ("note == \"a\" ? 1 : 2", "2"),
            ("closed ? note : null", "null"),
        ],
    );
}

#[test]
fn logic_is_kleenes() {
    let unknown = "note == \"a\"";
    for (source, expected) in [
        ("! U", "null"),
        ("true && U", "null"),
        ("U && true", "null"),
        ("false && U", "false"),
        ("U && false", "false"),
        ("U && U", "null"),
        ("true || U", "true"),
        ("U || true", "true"),
        ("false || U", "null"),
        ("U || false", "null"),
        ("U || U || true", "true"),
        ("U && U && false", "false"),
    ] {
        expect(
            &deal(),
            &[(&source.replace('U', &format!("({unknown})")), expected)],
        );
    }
}

#[test]
fn a_filter_accepts_only_what_is_true() {
    for (source, expected) in [
        ("probability == 30", true),
        ("probability == 31", false),
        ("rating == 1", false),
        ("!(rating == 1)", false),
    ] {
        assert_eq!(
            accepts(&checked(source), &deal(), &context()),
            Ok(expected),
            "{source}"
        );
    }
}

#[test]
fn lists_are_never_null() {
    expect(
        &deal(),
        &[
            ("\"vip\" in tags", "true"),
            ("\"x\" in tags", "false"),
            ("note in tags", "null"),
            ("note in []", "false"),
            ("note in kinds", "false"),
            ("\"open\" in kinds", "false"),
            ("!(\"open\" in kinds)", "true"),
            ("name in [\"a\", note]", "null"),
            ("name in [note, name]", "true"),
            ("size(tags)", "2"),
            ("size(kinds)", "0"),
            ("has(tags)", "true"),
            ("has(kinds)", "false"),
            ("tags[1]", "\"new\""),
            ("tags[2]", "null"),
            ("tags.exists(t, t.startsWith(\"v\"))", "true"),
            ("tags.exists(t, t == note)", "false"),
            ("!tags.exists(t, t == note)", "true"),
            ("tags.all(t, size(t) == 3)", "true"),
            ("tags.all(t, t == note)", "false"),
            ("kinds.exists(k, true)", "false"),
            ("kinds.all(k, false)", "true"),
            ("tags.exists(a, tags.exists(b, a > b))", "true"),
            ("tags.all(a, tags.all(b, a == b))", "false"),
            ("[3, 1, 2].exists(n, n * 10 == probability)", "true"),
        ],
    );
}

#[test]
fn items_of_relations_have_members() {
    let (oslo, rome) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let record = record_of([
        (
            "contacts",
            Value::List(vec![Value::Id(oslo), Value::Id(rome)]),
        ),
        ("1:city", text("Oslo")),
        ("1:age", Value::Int(30)),
        ("2:city", text("Rome")),
    ]);
    expect(
        &record,
        &[
            ("contacts.exists(c, c.city == \"Rome\")", "true"),
            (
                "contacts.exists(c, c.city == \"Rome\" && c.age > 1)",
                "false",
            ),
            ("contacts.all(c, has(c.city))", "true"),
            ("contacts.exists(c, c.company.name == \"x\")", "false"),
            (
                "contacts.exists(c, c == \"00000000-0000-0000-0000-000000000002\")",
                "true",
            ),
        ],
    );
}

#[test]
fn comparisons_go_by_type() {
    expect(
        &deal(),
        &[
            ("kind == \"open\"", "true"),
            ("\"ä\" > \"z\"", "true"),
            ("\"Z\" < \"a\"", "true"),
            ("\"a\" < \"ab\"", "true"),
            ("score == 2.50", "true"),
            ("score > 2", "true"),
            ("9223372036854775807 > score", "true"),
            ("probability == 30.0", "true"),
            ("probability > 29.5", "true"),
            ("closed == true", "false"),
            ("amount > 999", "true"),
            ("amount == 1000", "true"),
            ("amount == \"1000 EUR\"", "true"),
            ("amount == \"1000 USD\"", "false"),
            ("amount != \"1000 USD\"", "true"),
            ("amount >= \"1000 USD\"", "null"),
            ("amount > budget", "null"),
            ("amount.currency == \"EUR\"", "true"),
            ("amount in [999, 1000]", "true"),
            (
                "company == \"019a8d2e-7f00-7000-8000-000000000001\"",
                "true",
            ),
            ("me() == \"019a8d2e-7f00-7000-8000-000000000001\"", "true"),
        ],
    );
}

#[test]
fn arithmetic_is_exact_or_null() {
    expect(
        &deal(),
        &[
            ("7 / 2", "3"),
            ("-7 / 2", "-3"),
            ("7 % -2", "1"),
            ("-7 % 2", "-1"),
            ("7 / 0", "null"),
            ("7 % 0", "null"),
            ("7.0 / 0", "null"),
            ("9223372036854775807 + 1", "null"),
            ("-9223372036854775808 - 1", "null"),
            ("-9223372036854775808 / -1", "null"),
            ("-9223372036854775808 % -1", "0"),
            ("-(-9223372036854775808)", "null"),
            ("abs(-9223372036854775808)", "null"),
            ("4611686018427387904 * 2", "null"),
            ("0.1 + 0.2", "0.3"),
            ("1 / 3.0", "0.333333333"),
            ("-2 / 3.0", "-0.666666666"),
            ("0.00001 * 0.00019", "0.000000001"),
            ("7.5 % 2", "1.5"),
            ("9999999999999999999.0 + 1", "null"),
            ("9999999999999999999.0 * 10", "null"),
            ("9223372036854775807 + 0.5", "9223372036854775807.5"),
            ("score * 2", "5.0"),
            ("-score", "-2.5"),
        ],
    );
}

#[test]
fn money_keeps_its_currency() {
    expect(
        &deal(),
        &[
            ("amount + amount", "2000 EUR"),
            ("amount + budget", "null"),
            ("amount - budget", "null"),
            ("amount / budget", "null"),
            ("amount / amount", "1.0"),
            ("amount * probability / 100", "300 EUR"),
            ("amount / 3", "333.3333 EUR"),
            ("-amount / 3", "-333.3333 EUR"),
            ("amount / 0", "null"),
            ("amount * 0.00000001", "0 EUR"),
            ("amount * 9000000000000", "null"),
            ("-amount", "-1000 EUR"),
            ("abs(-amount)", "1000 EUR"),
            ("amount.amount + 1", "1001.0"),
            ("closed ? 0 : amount", "1000.0"),
        ],
    );
}

#[test]
fn texts_are_handled_by_character() {
    expect(
        &deal(),
        &[
            ("name + \", \" + kind", "\"Große Sache, open\""),
            ("size(name)", "11"),
            ("size(\"😀\")", "1"),
            ("name.contains(\"ße\")", "true"),
            ("name.contains(\"\")", "true"),
            ("name.contains(\"grosse\")", "false"),
            ("name.icontains(\"GROß\")", "true"),
            ("name.startsWith(\"Gr\")", "true"),
            ("name.endsWith(\"gr\")", "false"),
            ("name.matches(\"^G.*e$\")", "true"),
            ("name.matches(\"^S\")", "false"),
            ("note.matches(\"a\")", "null"),
            ("lower(\"ÄΣ\")", "\"äσ\""),
            ("lowerAscii(\"ÄB\")", "\"Äb\""),
            ("upperAscii(\"äb\")", "\"äB\""),
            ("trim(\"\\u00a0 a b\\n\")", "\"a b\""),
            (
                "string(closed) + string(probability) + string(score)",
                "\"false302.5\"",
            ),
            ("string(1.50) + string(100.0) + string(-0.0)", "\"1.51000\""),
            ("string(kind)", "\"open\""),
            (
                "string(company)",
                "\"019a8d2e-7f00-7000-8000-000000000001\"",
            ),
        ],
    );
}

#[test]
fn numbers_are_rounded_as_told() {
    expect(
        &deal(),
        &[
            ("round(2.5)", "3.0"),
            ("round(-2.5)", "-3.0"),
            ("round(2.345, 2)", "2.35"),
            ("round(amount, 2)", "1000.0"),
            ("floor(-2.5)", "-3.0"),
            ("ceil(2.1)", "3.0"),
            ("ceil(9999999999999999999.5)", "null"),
            ("round(9999999999999999999.5)", "null"),
            ("int(2.9)", "2"),
            ("int(-2.9)", "-2"),
            ("int(9223372036854775808.0)", "null"),
            ("int(amount)", "1000"),
            ("double(3)", "3.0"),
            ("abs(-2.5)", "2.5"),
            ("min(2, 1.5)", "1.5"),
            ("max(\"a\", \"b\")", "\"b\""),
        ],
    );
}

#[test]
fn json_is_what_it_is() {
    let data = json!({
        "text": "x", "int": 5, "decimal": 1.25, "yes": true, "nothing": null,
        "tiny": 1e-12, "tiniest": 5e-324, "huge": 1e30, "hugest": 1.7e308, "list": ["a", 1, null], "deep": {"a b": [{"c": "d"}]},
    });
    let record = record_of([("data", Value::Json(data)), ("name", text("x"))]);
    expect(
        &record,
        &[
            ("data.text == \"x\"", "true"),
            ("data.text == name", "true"),
            ("data.text == 5", "null"),
            ("data.int == 5", "true"),
            ("data.int > 4.5", "true"),
            ("data.decimal * 2", "2.5"),
            ("data.tiny", "1e-12"),
            ("double(data.tiny)", "0.0"),
            ("double(data.tiniest)", "0.0"),
            ("double(data.huge)", "null"),
            ("double(data.hugest)", "null"),
            ("data.yes && true", "true"),
            ("data.text && true", "null"),
            ("has(data.nothing)", "false"),
            ("has(data.missing.further)", "false"),
            ("data.deep[\"a b\"][0].c == \"d\"", "true"),
            ("data.deep[0] == null", "true"),
            ("data.list[1] + 1", "2.0"),
            ("data.list.exists(x, x == \"a\")", "true"),
            ("data.list.exists(x, x == null)", "true"),
            ("data.text.exists(x, true)", "false"),
            ("data.text.contains(\"x\")", "true"),
            ("string(data.int)", "null"),
            ("data == null", "false"),
        ],
    );
    let null = record_of([("data", Value::Json(json!(null)))]);
    expect(
        &null,
        &[("data == null", "true"), ("data.a == \"x\"", "null")],
    );
}

#[test]
fn cost_is_bounded() {
    let tags: Vec<Value> = (0..200).map(Value::Int).collect();
    let record = record_of([("tags", Value::List(tags))]);
    let costly = checked("tags.all(a, tags.all(b, tags.all(c, true)))");
    assert_eq!(
        evaluate(&costly, &record, &context()),
        Err(CelError::TooCostly)
    );
    let long: Vec<Value> = (0..MAX_STEPS).map(|_| text("x")).collect();
    let record = record_of([("tags", Value::List(long))]);
    assert_eq!(
        evaluate(&checked("\"a\" in tags"), &record, &context()),
        Err(CelError::TooCostly)
    );
}

#[test]
fn values_of_one_type_are_ordered() {
    let d = |text: &str| Value::Decimal(text.parse::<Decimal>().unwrap());
    let ordered = [
        vec![Value::Bool(false), Value::Bool(true)],
        vec![
            Value::Int(-1),
            d("-0.5"),
            Value::Int(0),
            d("0.1"),
            Value::Int(i64::MAX),
        ],
        vec![text(""), text("Z"), text("a"), text("ab"), text("ä")],
        vec![money(-1, Currency::EUR), money(2, Currency::EUR)],
    ];
    for list in &ordered {
        for (i, a) in list.iter().enumerate() {
            for (j, b) in list.iter().enumerate() {
                assert_eq!(a.order(b), Some(i.cmp(&j)), "{a:?} {b:?}");
            }
        }
    }
    assert_eq!(Value::Null.order(&Value::Null), None);
    assert_eq!(text("1").order(&Value::Int(1)), None);
    assert_eq!(value_in("null", &Record::default()), Value::Null);
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let nested = |open: &str, close: &str| {
        let n = crate::MAX_DEPTH - 1;
        format!("{}closed{}", open.repeat(n), close.repeat(n))
    };
    let sources = [
        nested("!(", ")"),
        nested("(true && ", ")"),
        nested("(closed == ", ")"),
        nested("(closed ? false : ", ")"),
        nested("coalesce(null, ", ")"),
        nested("-(-(", "))"),
        nested("((", "))"),
    ];
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let run = small.spawn(move || {
        for source in &sources {
            let _ = Expression::parse(source)
                .and_then(|parsed| check(&parsed, &Crm))
                .and_then(|checked| evaluate(&checked, &deal(), &context()));
        }
        let parsed = Expression::parse(&sources[0]).unwrap();
        assert!(check(&parsed, &Crm).is_ok());
    });
    run.unwrap().join().unwrap();
}

#[test]
fn a_whole_number_may_stand_for_a_decimal() {
    let record = record_of([("score", Value::Int(7))]);
    expect(&record, &[("score / 2", "3.5"), ("round(score)", "7.0")]);
}
