//! `&&`, `||` and `!` against another way to state Kleene's logic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::fixture::{Record, value_in};
use crate::Value;

/// Kleene's logic as numbers: 0 is false, 1 unknown, 2 true.
#[derive(Clone, Debug)]
enum Formula {
    Known(u8),
    Not(Box<Formula>),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

impl Formula {
    fn number(&self) -> u8 {
        match self {
            Self::Known(number) => *number,
            Self::Not(of) => 2 - of.number(),
            Self::And(parts) => parts.iter().map(Self::number).min().unwrap(),
            Self::Or(parts) => parts.iter().map(Self::number).max().unwrap(),
        }
    }

    fn source(&self) -> String {
        let join = |parts: &[Self], op| parts.iter().map(Self::source).collect::<Vec<_>>().join(op);
        match self {
            Self::Known(0) => "false".to_owned(),
            Self::Known(1) => "closed".to_owned(),
            Self::Known(_) => "true".to_owned(),
            Self::Not(of) => format!("!{}", of.source()),
            Self::And(parts) => format!("({})", join(parts, " && ")),
            Self::Or(parts) => format!("({})", join(parts, " || ")),
        }
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    (0_u8..=2)
        .prop_map(Formula::Known)
        .prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|of| Formula::Not(Box::new(of))),
                vec(inner.clone(), 2..4).prop_map(Formula::And),
                vec(inner, 2..4).prop_map(Formula::Or),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn logic_is_the_least_and_the_greatest(formula in formula()) {
        let expected = [Value::Bool(false), Value::Null, Value::Bool(true)][usize::from(formula.number())].clone();
        prop_assert_eq!(value_in(&formula.source(), &Record::default()), expected);
    }
}
