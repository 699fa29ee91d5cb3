//! What the checker makes of expressions, and what it refuses.

mod accepted;
mod refused;

use super::fixture::checked;
use crate::{Checked, Kind};

/// The tree as a compiler sees it, in brackets.
fn tree(part: &Checked<String>) -> String {
    let list = |parts: &[Checked<String>]| parts.iter().map(tree).collect::<Vec<_>>().join(" ");
    match &part.kind {
        Kind::Literal(value) => super::fixture::show(value),
        Kind::Field(field) => match field.root {
            crate::Root::Record => field.path.join("."),
            crate::Root::Variable(n) => std::iter::once(format!("${n}"))
                .chain(field.path.clone())
                .collect::<Vec<_>>()
                .join("."),
        },
        Kind::Json { of, path } => format!("(json {} {path:?})", tree(of)),
        Kind::Item { of, index } => format!("(item {} {index})", tree(of)),
        Kind::Not(of) => format!("(not {})", tree(of)),
        Kind::Negate(of) => format!("(neg {})", tree(of)),
        Kind::And(parts) => format!("(and {})", list(parts)),
        Kind::Or(parts) => format!("(or {})", list(parts)),
        Kind::Compare { op, left, right } => format!("({op:?} {} {})", tree(left), tree(right)),
        Kind::IsNull { operand, negated } => {
            format!(
                "({} {})",
                if *negated { "notnull" } else { "null" },
                tree(operand)
            )
        }
        Kind::Arithmetic { op, left, right } => format!("({op:?} {} {})", tree(left), tree(right)),
        Kind::Concat(parts) => format!("(concat {})", list(parts)),
        Kind::In { item, list } => format!("(in {} {})", tree(item), tree(list)),
        Kind::Matches { text, pattern } => {
            format!("(matches {} {:?})", tree(text), pattern.as_str())
        }
        Kind::Call {
            function,
            arguments,
        } if arguments.is_empty() => format!("({function:?})"),
        Kind::Call {
            function,
            arguments,
        } => format!("({function:?} {})", list(arguments)),
        Kind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            format!(
                "(if {} {} {})",
                tree(condition),
                tree(then),
                tree(otherwise)
            )
        }
        Kind::List(parts) => format!("[{}]", list(parts)),
        Kind::Quantify {
            quantifier,
            list,
            variable,
            predicate,
        } => {
            format!(
                "({quantifier:?} ${variable} {} {})",
                tree(list),
                tree(predicate)
            )
        }
    }
}

fn trees(sources: &[&str]) -> String {
    let lines = sources.iter().map(|source| {
        let checked = checked(source);
        format!("{source}\n  {}: {}", tree(&checked), checked.ty)
    });
    lines.collect::<Vec<_>>().join("\n")
}
