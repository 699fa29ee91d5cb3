//! What holds for every expression and every record.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::fixture::{Crm, Record, checked, context, value_in};
use super::records::record;
use super::sources::{any_source, of_type};
use crate::{Expression, Type, Value, check, evaluate};

/// The value of a source, if it passes the check.
fn valued(source: &str, record: &Record) -> Option<Value> {
    let checked = check(&Expression::parse(source).unwrap(), &Crm).ok()?;
    Some(evaluate(&checked, record, &context()).unwrap())
}

fn fits(value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::List(items), Type::List(of)) => items.iter().all(|item| fits(item, of)),
        (_, Type::List(_)) => false,
        (Value::Decimal(value), Type::Decimal) => crate::decimal::bounded(*value) == Some(*value),
        (Value::Null, _)
        | (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int)
        | (Value::Text(_), Type::Text | Type::Select(_))
        | (Value::Date(_), Type::Date)
        | (Value::Duration(_), Type::Duration)
        | (Value::Id(_), Type::Id | Type::Record(_))
        | (Value::Money(_), Type::Money)
        | (Value::Json(_), Type::Json) => true,
        (Value::Timestamp(moment), Type::Timestamp) => {
            (crate::FIRST_MOMENT..=crate::LAST_MOMENT).contains(moment)
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_result_has_the_type_that_was_checked(source in any_source(), record in record()) {
        if let Ok(checked) = check(&Expression::parse(&source).unwrap(), &Crm) {
            let value = evaluate(&checked, &record, &context()).unwrap();
            prop_assert!(fits(&value, &checked.ty), "{} is {:?}, not {:?}", source, value, checked.ty);
        }
    }

    #[test]
    fn de_morgan_holds(a in of_type("bool", 2), b in of_type("bool", 2), record in record()) {
        let is = |source: String| valued(&source, &record);
        prop_assert_eq!(is(format!("!({a} && {b})")), is(format!("!{a} || !{b}")));
        prop_assert_eq!(is(format!("!({a} || {b})")), is(format!("!{a} && !{b}")));
        prop_assert_eq!(is(format!("{a} && true")), is(format!("!(!{a})")));
    }

    #[test]
    fn comparisons_mirror_each_other(
        (a, b) in prop::sample::select(vec!["int", "decimal", "money", "date", "timestamp", "duration"])
            .prop_flat_map(|kind| (of_type(kind, 1), of_type(kind, 1))),
        record in record(),
    ) {
        let is = |left: &str, op: &str, right: &str| valued(&format!("{left} {op} {right}"), &record);
        prop_assert_eq!(is(&a, "<", &b), is(&b, ">", &a));
        prop_assert_eq!(is(&a, "<=", &b), is(&b, ">=", &a));
        prop_assert_eq!(is(&a, "==", &b), is(&b, "==", &a));
        let not = |value: Option<Value>| match value {
            Some(Value::Bool(v)) => Some(Value::Bool(!v)),
            other => other,
        };
        prop_assert_eq!(is(&a, "<", &b), not(is(&a, ">=", &b)));
        prop_assert_eq!(is(&a, "!=", &b), not(is(&a, "==", &b)));
        if is(&a, "<", &b) == Some(Value::Bool(true)) {
            prop_assert_eq!(is(&a, "==", &b), Some(Value::Bool(false)));
        }
    }

    #[test]
    fn null_makes_null(
        kind in prop::sample::select(vec!["int", "decimal", "money", "date", "timestamp", "duration"]),
        op in prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]),
        record in record(),
    ) {
        let (null, known) = match kind {
            "int" => ("rating", "probability"),
            "decimal" => ("score", "0.5"),
            "money" => ("amount", "budget"),
            "date" => ("due", "today()"),
            "timestamp" => ("created_at", "now()"),
            _ => ("age", "duration(\"1h\")"),
        };
        let mut record = record;
        record.0.insert(null.to_owned(), Value::Null);
        for source in [format!("{null} {op} {known}"), format!("{known} {op} {null}"), format!("{null} {op} {null}")] {
            if let Ok(checked) = check(&Expression::parse(&source).unwrap(), &Crm) {
                prop_assert_eq!(evaluate(&checked, &record, &context()), Ok(Value::Null), "{}", source);
            }
        }
    }

    #[test]
    fn whole_numbers_agree_with_wider_ones(a in any::<i64>(), b in any::<i64>(), small in -9_i64..9) {
        for b in [b, small] {
            let wide = |value: Option<i128>| {
                value.and_then(|value| i64::try_from(value).ok()).map_or(Value::Null, Value::Int)
            };
            let (x, y) = (i128::from(a), i128::from(b));
            let is = |op: &str| value_in(&format!("{a} {op} {b}"), &Record::default());
            prop_assert_eq!(is("+"), wide(Some(x + y)));
            prop_assert_eq!(is("-"), wide(Some(x - y)));
            prop_assert_eq!(is("*"), wide(Some(x * y)));
            prop_assert_eq!(is("/"), wide(x.checked_div(y)));
            prop_assert_eq!(is("%"), wide(x.checked_rem(y)));
        }
    }

    #[test]
    fn being_in_a_list_is_equality_with_an_item(
        item in of_type("text", 1),
        items in vec(of_type("text", 1), 1..4),
        record in record(),
    ) {
        let chain: Vec<String> = items.iter().map(|other| format!("{item} == {other}")).collect();
        let list = format!("{item} in [{}]", items.join(", "));
        if let (Some(a), Some(b)) = (valued(&list, &record), valued(&chain.join(" || "), &record)) {
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn quantifiers_ask_for_what_is_true(
        text in of_type("text", 1).prop_map(|text| text.replace("note", "name")),
        record in record(),
    ) {
        prop_assume!(valued(&format!("note.contains({text})"), &record).is_some());
        let tags = match record.0.get("tags") {
            Some(Value::List(tags)) => tags.clone(),
            _ => Vec::new(),
        };
        let holds = |tag: &Value| {
            let mut record = record.clone();
            record.0.insert("note".to_owned(), tag.clone());
            valued(&format!("note.contains({text})"), &record) == Some(Value::Bool(true))
        };
        let is = |quantifier: &str| valued(&format!("tags.{quantifier}(t, t.contains({text}))"), &record);
        prop_assert_eq!(is("exists"), Some(Value::Bool(tags.iter().any(holds))));
        prop_assert_eq!(is("all"), Some(Value::Bool(tags.iter().all(holds))));
    }

    #[test]
    fn canonical_text_means_the_same(source in any_source(), record in record()) {
        let parsed = Expression::parse(&source).unwrap();
        if let Ok(meant) = check(&parsed, &Crm) {
            let again = checked(&parsed.to_string());
            prop_assert_eq!(evaluate(&meant, &record, &context()), evaluate(&again, &record, &context()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn most_sources_pass_the_check(sources in vec(any_source(), 40)) {
        let good = sources.iter().filter(|source| check(&Expression::parse(source).unwrap(), &Crm).is_ok()).count();
        prop_assert!(good > 20, "{} of 40", good);
    }
}
