//! Trees and expressions say the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_cel::{Expr, ExprKind, Expression};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::chip::Operator;
use super::operand::Class;
use super::parse::parse;
use super::render::{class_of, render};
use super::tree::read;
use crate::catalog::{Catalog, standard};
use crate::query::CatalogSchema;

fn with<T>(object: &str, run: impl FnOnce(&CatalogSchema<'_>) -> T) -> T {
    let catalog = Catalog::new(0, standard::OBJECTS.clone());
    let object = catalog.by_name(object).unwrap();
    run(&CatalogSchema::new(&catalog, object, TimeZone::UTC))
}

fn rendered(schema: &CatalogSchema<'_>, tree: &Value) -> Result<String, String> {
    let draft = read(tree, "tree".to_owned())
        .map_err(|fault| format!("{}: {}", fault.place, fault.message))?;
    let expr =
        render(schema, &draft).map_err(|fault| format!("{}: {}", fault.place, fault.message))?;
    Ok(expr.map_or_else(String::new, |expr| expr.to_string()))
}

fn parsed(schema: &CatalogSchema<'_>, text: &str) -> Value {
    let expression = Expression::parse(text).unwrap();
    kith_cel::check_as(&expression, schema, &kith_cel::Type::Bool)
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    parse(schema, expression.root()).json()
}

/// What a person types, and what it becomes.
#[test]
fn expressions_become_conditions() {
    let texts = [
        "stage.kind == \"open\" && amount > 10000 && company.industry in [\"Software\", \"Biotech\"]",
        "owner == me() || owner == null",
        "amount >= \"1500 EUR\"",
        "amount >= 10 && amount <= 20.5 && name.icontains(\"x\")",
        "company.industry == null || company.industry != \"Software\"",
        "company.industry != \"Software\"",
        "!(company.industry == \"Software\")",
        "created_at < \"2026-01-01\" && date(created_at) >= \"2025-01-01\"",
        "created_at > \"2026-01-01\"",
        "created_at > \"2026-01-01T10:00:00+02:00\"",
        "expected_close >= today() - 30 && expected_close <= today()",
        "expected_close.getFullYear() * 12 + expected_close.getMonth() == today().getFullYear() * 12 + today().getMonth() - 1",
        "created_at > now() - duration(\"24h\")",
        "name.startsWith(\"The \") || size(name) > 5 && amount == null",
        "size(people) == 0",
        "true",
    ];
    let shown: Vec<String> = with("deal", |schema| {
        (texts.iter())
            .map(|text| format!("{text}\n    {}", parsed(schema, text)))
            .collect()
    });
    insta::assert_snapshot!(shown.join("\n"), @r#"
    stage.kind == "open" && amount > 10000 && company.industry in ["Software", "Biotech"]
        {"items":[{"field":"stage.kind","operator":"is","value":"open"},{"field":"amount","operator":"gt","value":10000},{"field":"company.industry","operator":"any_of","value":["Software","Biotech"]}],"op":"and"}
    owner == me() || owner == null
        {"items":[{"field":"owner","operator":"is","value":"me"},{"field":"owner","operator":"empty"}],"op":"or"}
    amount >= "1500 EUR"
        {"items":[{"field":"amount","operator":"gte","value":{"amount":"1500.00","currency":"EUR"}}],"op":"and"}
    amount >= 10 && amount <= 20.5 && name.icontains("x")
        {"items":[{"field":"amount","operator":"between","value":[10,"20.5"]},{"field":"name","operator":"contains","value":"x"}],"op":"and"}
    company.industry == null || company.industry != "Software"
        {"items":[{"field":"company.industry","operator":"is_not","value":"Software"}],"op":"and"}
    company.industry != "Software"
        {"items":[{"field":"company.industry","operator":"is_other","value":"Software"}],"op":"and"}
    !(company.industry == "Software")
        {"items":[{"item":{"field":"company.industry","operator":"is","value":"Software"},"op":"not"}],"op":"and"}
    created_at < "2026-01-01" && date(created_at) >= "2025-01-01"
        {"items":[{"field":"created_at","operator":"before","value":"2026-01-01"},{"field":"created_at","operator":"on_or_after","value":"2025-01-01"}],"op":"and"}
    created_at > "2026-01-01"
        {"items":[{"expression":"created_at > \"2026-01-01\""}],"op":"and"}
    created_at > "2026-01-01T10:00:00+02:00"
        {"items":[{"field":"created_at","operator":"after","value":"2026-01-01T08:00:00Z"}],"op":"and"}
    expected_close >= today() - 30 && expected_close <= today()
        {"items":[{"field":"expected_close","operator":"between","value":[{"days_from_today":-30},{"days_from_today":0}]}],"op":"and"}
    expected_close.getFullYear() * 12 + expected_close.getMonth() == today().getFullYear() * 12 + today().getMonth() - 1
        {"items":[{"field":"expected_close","operator":"during","value":{"offset":-1,"unit":"month"}}],"op":"and"}
    created_at > now() - duration("24h")
        {"items":[{"expression":"created_at > now() - duration(\"24h\")"}],"op":"and"}
    name.startsWith("The ") || size(name) > 5 && amount == null
        {"items":[{"expression":"name.startsWith(\"The \")"},{"items":[{"expression":"size(name) > 5"},{"field":"amount","operator":"empty"}],"op":"and"}],"op":"or"}
    size(people) == 0
        {"items":[{"field":"people","operator":"empty"}],"op":"and"}
    true
        {"items":[{"expression":"true"}],"op":"and"}
    "#);
    let shown = with("person", |schema| {
        let texts = [
            "\"vip\" in tags && !(\"old\" in tags)",
            "tags.exists(item, item in [\"a\", \"b\"])",
            "emails.exists(item, item.icontains(\"@example.com\")) && size(emails) > 0",
            "emails.exists(e, e.endsWith(\"@example.com\"))",
            "address.city == \"Oslo\"",
        ];
        let shown: Vec<String> = (texts.iter())
            .map(|text| format!("{text}\n    {}", parsed(schema, text)))
            .collect();
        shown.join("\n")
    });
    insta::assert_snapshot!(shown, @r#"
    "vip" in tags && !("old" in tags)
        {"items":[{"field":"tags","operator":"includes","value":"vip"},{"field":"tags","operator":"not_includes","value":"old"}],"op":"and"}
    tags.exists(item, item in ["a", "b"])
        {"items":[{"field":"tags","operator":"any_of","value":["a","b"]}],"op":"and"}
    emails.exists(item, item.icontains("@example.com")) && size(emails) > 0
        {"items":[{"field":"emails","operator":"contains","value":"@example.com"},{"field":"emails","operator":"not_empty"}],"op":"and"}
    emails.exists(e, e.endsWith("@example.com"))
        {"items":[{"expression":"emails.exists(e, e.endsWith(\"@example.com\"))"}],"op":"and"}
    address.city == "Oslo"
        {"items":[{"field":"address.city","operator":"is","value":"Oslo"}],"op":"and"}
    "#);
    let shown = with("task", |schema| {
        ["done", "!done", "done == false", "!(done == true)"]
            .map(|text| parsed(schema, text).to_string())
            .join("\n")
    });
    insta::assert_snapshot!(shown, @r#"
    {"items":[{"field":"done","operator":"is","value":true}],"op":"and"}
    {"items":[{"field":"done","operator":"is","value":false}],"op":"and"}
    {"items":[{"field":"done","operator":"is","value":false}],"op":"and"}
    {"items":[{"item":{"field":"done","operator":"is","value":true},"op":"not"}],"op":"and"}
    "#);
}

#[test]
fn what_is_wrong_with_a_tree_is_said_at_its_place() {
    let chip = |field: &str, operator: &str, value: Value| json!({"op": "and", "items": [{"field": field, "operator": operator, "value": value}]});
    let deep = (0..30).fold(
        json!({"op": "and", "items": []}),
        |inner, _| json!({"op": "not", "item": inner}),
    );
    let trees = [
        chip("nmae", "is", json!("x")),
        chip("name || true", "is", json!("x")),
        chip("", "is", json!("x")),
        chip("name", "gt", json!("x")),
        chip("name", "like", json!("x")),
        chip("amount", "gt", json!("x")),
        chip(
            "amount",
            "gt",
            json!({"amount": "1.005", "currency": "EUR"}),
        ),
        chip("amount", "between", json!([1])),
        chip("amount", "empty", json!(1)),
        chip("amount", "is", json!(null)),
        chip("stage.kind", "is", json!("opn")),
        chip("expected_close", "before", json!("soon")),
        chip(
            "expected_close",
            "before",
            json!({"days_from_today": 10_000_000}),
        ),
        chip("expected_close", "during", json!({"unit": "decade"})),
        chip("owner", "is", json!("somebody")),
        chip("company", "any_of", json!([])),
        json!({"expression": "amount >"}),
        json!({"expression": "amount"}),
        json!({"expression": " "}),
        json!({"op": "xor", "items": []}),
        json!({"op": "and"}),
        json!({"op": "not", "items": []}),
        json!({"op": "and", "items": [], "field": "name"}),
        json!([]),
        json!(null),
        deep,
        json!({"op": "or", "items": vec![json!({"expression": "true"}); 600]}),
    ];
    let said: Vec<String> = with("deal", |schema| {
        (trees.iter())
            .map(|tree| rendered(schema, tree).unwrap_err())
            .collect()
    });
    insta::assert_snapshot!(said.join("\n"), @r#"
    tree.items[0].field: There is no field `nmae`; did you mean `name`?
    tree.items[0].field: Name a field, such as `amount` or `company.industry`.
    tree.items[0].field: Name a field, such as `amount` or `company.industry`.
    tree.items[0].operator: `name` has these operators: is, is_not, is_other, any_of, none_of, contains, not_contains, starts_with, ends_with, empty, not_empty.
    tree.items[0].operator: `name` has these operators: is, is_not, is_other, any_of, none_of, contains, not_contains, starts_with, ends_with, empty, not_empty.
    tree.items[0].value: The value must be a number, which counts in any currency, or {"amount": "10.00", "currency": "EUR"}.
    tree.items[0].value: The value must be a number, which counts in any currency, or {"amount": "10.00", "currency": "EUR"}.
    tree.items[0].value: The value must be a list of two: the least and the greatest.
    tree.items[0].value: `empty` takes no value.
    tree.items[0].value: `is` needs a value.
    tree.items[0].value: "opn" is not one of the options; did you mean `open`?
    tree.items[0].value: The value must be a day such as "2026-11-21" or {"days_from_today": -30}.
    tree.items[0].value: The value must be a day such as "2026-11-21" or {"days_from_today": -30}.
    tree.items[0].value: The value must be such as {"unit": "month", "offset": -1}, with week, month, quarter or year, and at most 1000 of them away.
    tree.items[0].value: The value must be a user's id or "me".
    tree.items[0].value: The value must be a list of 1 to 500 values.
    tree.expression: Expected a value, a field or `(`, found the end of the expression.
    tree.expression: Expected a boolean, but `amount` is an amount of money.
    tree.expression: The expression is empty.
    tree.op: `op` is "and", "or" or "not".
    tree.items: A group has a list of `items`.
    tree: A part of a filter is a group {"op", "items"}, a negation {"op": "not", "item"}, a condition {"field", "operator", "value"} or an {"expression"}.
    tree: A part of a filter is a group {"op", "items"}, a negation {"op": "not", "item"}, a condition {"field", "operator", "value"} or an {"expression"}.
    tree: A part of a filter is a group {"op", "items"}, a negation {"op": "not", "item"}, a condition {"field", "operator", "value"} or an {"expression"}.
    tree: A part of a filter is a group {"op", "items"}, a negation {"op": "not", "item"}, a condition {"field", "operator", "value"} or an {"expression"}.
    tree.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item.item: A filter has at most 500 parts, at most 20 levels deep.
    tree.items[499]: A filter has at most 500 parts, at most 20 levels deep.
    "#);
}

#[test]
fn a_tree_that_asks_for_nothing_is_no_filter() {
    with("deal", |schema| {
        for tree in [
            json!({"op": "and", "items": []}),
            json!({"op": "or", "items": [{"op": "and", "items": []}, {"op": "not", "item": {"op": "or", "items": []}}]}),
        ] {
            assert_eq!(rendered(schema, &tree), Ok(String::new()));
        }
    });
}

const FIELDS: [&str; 15] = [
    "name",
    "amount",
    "expected_close",
    "created_at",
    "owner",
    "company",
    "company.industry",
    "stage.kind",
    "stage.probability",
    "company.emails",
    "company.address.city",
    "owner.active",
    "source",
    "version",
    "people",
];

/// A text with what is awkward in texts.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        "[ -~]{0,8}",
        "\\PC{0,4}",
        Just("\"\\\n\t'".to_owned())
    ]
}

fn value(class: Class) -> BoxedStrategy<Value> {
    let day = || {
        prop_oneof![
            (1_i16..=9999, 1_i8..=12, 1_i8..=28)
                .prop_map(|(y, m, d)| json!(format!("{y:04}-{m:02}-{d:02}"))),
            (-800_i64..800).prop_map(|days| json!({"days_from_today": days})),
        ]
    };
    let number = || {
        prop_oneof![
            (-1_000_000_i64..1_000_000).prop_map(|n| json!(n)),
            (-1_000_000_i64..1_000_000).prop_map(|n| if n % 100 == 0 {
                json!(n / 100)
            } else {
                json!(rust_decimal::Decimal::new(n, 2).normalize().to_string())
            }),
        ]
    };
    match class {
        Class::Text | Class::Texts => words().prop_map(|text| json!(text)).boxed(),
        Class::Option | Class::Options => {
            proptest::sample::select(vec!["open", "won", "lost"]).prop_map(|key| json!(key)).boxed()
        }
        Class::Number => number().boxed(),
        Class::Money => prop_oneof![
            number(),
            (-1_000_000_i64..1_000_000).prop_map(|cents| {
                json!({"amount": rust_decimal::Decimal::new(cents, 2).to_string(), "currency": "EUR"})
            }),
        ].boxed(),
        Class::Bool => any::<bool>().prop_map(|value| json!(value)).boxed(),
        Class::Day => day().boxed(),
        Class::Moment => prop_oneof![
            day(),
            (-2_000_000_000_i64..4_000_000_000).prop_map(|s| json!(Timestamp::from_second(s).unwrap().to_string())),
        ].boxed(),
        Class::User => prop_oneof![Just(json!("me")), id()].boxed(),
        Class::Record | Class::Records | Class::Other => id().boxed(),
    }
}

fn id() -> impl Strategy<Value = Value> {
    any::<u128>().prop_map(|id| json!(uuid::Uuid::from_u128(id)))
}

/// A condition that makes sense.
fn chip() -> impl Strategy<Value = Value> {
    proptest::sample::select(FIELDS.to_vec()).prop_flat_map(|field| {
        let class = with("deal", |schema| class_of(schema, field).unwrap());
        let operators = Operator::for_class(class).to_vec();
        proptest::sample::select(operators).prop_flat_map(move |operator| {
            let value = match operator {
                Operator::Empty | Operator::NotEmpty => Just(Value::Null).boxed(),
                Operator::AnyOf | Operator::NoneOf => proptest::collection::vec(value(class), 1..4)
                    .prop_map(Value::Array)
                    .boxed(),
                Operator::Between => (value(class), value(class))
                    .prop_map(|(a, b)| json!([a, b]))
                    .boxed(),
                Operator::During => (0_usize..4, -20_i64..20)
                    .prop_map(|(unit, offset)| {
                        let unit = ["week", "month", "quarter", "year"][unit];
                        json!({"unit": unit, "offset": offset})
                    })
                    .boxed(),
                _ => value(class),
            };
            value.prop_map(move |value| {
                let mut chip = json!({"field": field, "operator": operator.as_str()});
                if !value.is_null() {
                    chip["value"] = value;
                }
                chip
            })
        })
    })
}

fn any_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => chip(),
        1 => Just(json!({"expression": "amount * 2 > 10 && name != \"x\" || amount == null"})),
        1 => Just(json!({"expression": "now() > created_at"})),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            4 => proptest::collection::vec(inner.clone(), 0..5).prop_map(|items| json!({"op": "and", "items": items})),
            4 => proptest::collection::vec(inner.clone(), 0..5).prop_map(|items| json!({"op": "or", "items": items})),
            1 => inner.prop_map(|item| json!({"op": "not", "item": item})),
        ]
    })
}

/// Trees that have no shorter form: groups of two and more, none of which reads as one condition.
fn shortest_tree() -> impl Strategy<Value = Value> {
    let leaf = chip();
    let tree = leaf.prop_recursive(4, 24, 5, |inner| {
        let group = |op: &'static str| {
            proptest::collection::vec(inner.clone(), 2..5).prop_filter_map(
                "reads as one",
                move |items| {
                    let field = |at: usize| items[at].get("field").cloned();
                    let pairs = (1..items.len())
                        .all(|at| field(at - 1).is_none() || field(at - 1) != field(at));
                    pairs.then(|| json!({"op": op, "items": items}))
                },
            )
        };
        prop_oneof![
            4 => group("and"),
            4 => group("or"),
            1 => group("or").prop_map(|item| json!({"op": "not", "item": item})),
        ]
    });
    tree.prop_map(|tree| match tree.get("items") {
        Some(_) => tree,
        None => json!({"op": "and", "items": [tree]}),
    })
}

/// The expression without `&&` within `&&`, and without `||` within `||`.
fn flat(expr: Expr) -> Expr {
    let kind = match expr.kind {
        ExprKind::And(parts) => {
            let inner = parts
                .into_iter()
                .map(flat)
                .flat_map(|part| match part.kind {
                    ExprKind::And(parts) => parts,
                    _ => vec![part],
                });
            ExprKind::And(inner.collect())
        }
        ExprKind::Or(parts) => {
            let inner = parts
                .into_iter()
                .map(flat)
                .flat_map(|part| match part.kind {
                    ExprKind::Or(parts) => parts,
                    _ => vec![part],
                });
            ExprKind::Or(inner.collect())
        }
        ExprKind::Unary { op, operand } => ExprKind::Unary {
            op,
            operand: Box::new(flat(*operand)),
        },
        other => other,
    };
    Expr { kind, ..expr }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_tree_comes_back_as_it_was(tree in shortest_tree()) {
        with("deal", |schema| {
            let text = rendered(schema, &tree).unwrap();
            assert_eq!(parsed(schema, &text), tree, "{text}");
        });
    }

    /// The expression is the same after it was a tree, so nothing of its meaning is lost: but for
    /// parentheses within `&&` and `||`, where two neighbours have become one condition.
    #[test]
    fn whatever_is_rendered_is_rendered_again_the_same(tree in any_tree()) {
        with("deal", |schema| {
            let text = rendered(schema, &tree).unwrap();
            if !text.is_empty() {
                let again = rendered(schema, &parsed(schema, &text)).unwrap();
                let flat = |text: &str| flat(Expression::parse(text).unwrap().root().clone());
                assert_eq!(flat(&again), flat(&text), "{again}\n{text}");
                let third = rendered(schema, &parsed(schema, &again)).unwrap();
                assert_eq!(third, again);
            }
        });
    }
}
