//! The guide for users: its examples pass the check, its table is complete.

use crate::{Binding, Expression, FUNCTIONS, Schema, Type, check};

const GUIDE: &str = include_str!("../../../../docs/expressions.md");

/// The fields that the guide speaks of, as if they were one object's.
struct Everything;

fn record(object: &str) -> Type {
    Type::Record(object.into())
}

impl Schema for Everything {
    type Field = ();

    fn root(&self, name: &str) -> Option<Binding<()>> {
        let ty = match name {
            "name" | "industry" | "source" | "sku" | "first_name" | "last_name" | "won_reason"
            | "lost_reason" => Type::Text,
            "kind" => Type::Select(["customer", "prospect"].map(Into::into).into()),
            "employees" => Type::Int,
            "score" => Type::Decimal,
            "amount" => Type::Money,
            "expected_close" => Type::Date,
            "created_at" | "stage_entered_at" => Type::Timestamp,
            "tags" | "emails" => Type::Text.list(),
            "people" => record("person").list(),
            "address" => Type::Json,
            "owner" => Type::user(),
            "company" | "stage" => record(name),
            _ => return None,
        };
        Some(Binding { field: (), ty })
    }

    fn member(&self, of: &Type, name: &str) -> Option<Binding<()>> {
        let Type::Record(object) = of else {
            return None;
        };
        let ty = match (&**object, name) {
            ("company", "parent") => record("company"),
            ("company", "name" | "industry") | ("user", "email") | ("person", "job_title") => {
                Type::Text
            }
            ("person", "emails") => Type::Text.list(),
            ("stage", "kind") => Type::Select(["open", "won", "lost"].map(Into::into).into()),
            ("stage", "probability") => Type::Int,
            _ => return None,
        };
        Some(Binding { field: (), ty })
    }
}

#[test]
fn every_example_passes_the_check() {
    let examples: Vec<&str> = GUIDE
        .split("```cel\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .collect();
    assert!(examples.len() > 40, "{}", examples.len());
    for example in examples {
        let checked = Expression::parse(example).and_then(|parsed| check(&parsed, &Everything));
        assert!(checked.is_ok(), "{example}: {checked:?}");
    }
}

#[test]
fn every_function_is_in_the_table() {
    for function in FUNCTIONS {
        let row = format!("| `{}` | {} |", function.usage, function.summary);
        assert!(GUIDE.contains(&row), "{row}");
    }
}
