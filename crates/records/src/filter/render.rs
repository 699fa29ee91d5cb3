//! From a tree to the expression that says the same.

use kith_cel::{CelError, Expr, ExprKind, Expression, Type};

use super::chip::{Operator, not};
use super::operand::{Class, part};
use super::tree::{Chip, Draft, Fault};
use crate::query::CatalogSchema;

/// The expression of a client's tree, and `None` for a tree that asks for nothing. Fields,
/// operators and values are checked.
pub(super) fn render(schema: &CatalogSchema<'_>, draft: &Draft<'_>) -> Result<Option<Expr>, Fault> {
    Ok(match draft {
        Draft::All(parts) => group(schema, parts, ExprKind::And)?,
        Draft::Any(parts) => group(schema, parts, ExprKind::Or)?,
        Draft::Not(inner) => render(schema, inner)?.map(not),
        Draft::Expression { place, text } if text.trim().is_empty() => {
            return Err(Fault::new(place, "required", "The expression is empty."));
        }
        Draft::Expression { place, text } => Some(
            expression(schema, text)
                .map_err(|error| Fault::new(place, "invalid_expression", sentence(&error)))?,
        ),
        Draft::Chip {
            place,
            field,
            operator,
            value,
        } => {
            let class = class_of(schema, field)
                .map_err(|error| Fault::new(format!("{place}.field"), "unknown_field", error))?;
            let operator = known_operator(place, field, operator, class)?;
            let value = operator.read(class, *value).map_err(|message| {
                Fault::new(format!("{place}.value"), "invalid_value", message)
            })?;
            let chip = Chip {
                field: (*field).to_owned(),
                operator,
                value,
            };
            let expr = chip.expr(class);
            // Options and the like are known to the checker alone.
            if let Err(error) = check(schema, &expr) {
                let message = sentence(&error);
                return Err(Fault::new(
                    format!("{place}.value"),
                    "invalid_value",
                    message,
                ));
            }
            Some(expr)
        }
    })
}

fn group(
    schema: &CatalogSchema<'_>,
    drafts: &[Draft<'_>],
    kind: fn(Vec<Expr>) -> ExprKind,
) -> Result<Option<Expr>, Fault> {
    let mut parts = Vec::with_capacity(drafts.len());
    for draft in drafts {
        parts.extend(render(schema, draft)?);
    }
    Ok(match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(part(kind(parts))),
    })
}

fn known_operator(place: &str, field: &str, name: &str, class: Class) -> Result<Operator, Fault> {
    let known = Operator::for_class(class);
    Operator::of(name)
        .filter(|operator| known.contains(operator))
        .ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|one| one.as_str()).collect();
            let message = match names.is_empty() {
                true => format!("`{field}` can only be spoken of in an expression."),
                false => format!("`{field}` has these operators: {}.", names.join(", ")),
            };
            Fault::new(format!("{place}.operator"), "unknown_operator", message)
        })
}

/// What a path's values are compared with.
pub(super) fn class_of(schema: &CatalogSchema<'_>, field: &str) -> Result<Class, String> {
    let is_path = !field.is_empty()
        && (field.split('.')).all(|name| {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        });
    if !is_path {
        return Err("Name a field, such as `amount` or `company.industry`.".to_owned());
    }
    let expression = Expression::parse(field).map_err(|error| sentence(&error))?;
    let checked = kith_cel::check(&expression, schema).map_err(|error| sentence(&error))?;
    Ok(Class::of(&checked.ty))
}

fn expression(schema: &CatalogSchema<'_>, text: &str) -> Result<Expr, CelError> {
    let expression = Expression::parse(text)?;
    kith_cel::check_as(&expression, schema, &Type::Bool)?;
    Ok(expression.root().clone())
}

fn check(schema: &CatalogSchema<'_>, expr: &Expr) -> Result<(), CelError> {
    let expression = Expression::parse(&expr.to_string())?;
    kith_cel::check_as(&expression, schema, &Type::Bool).map(|_| ())
}

/// What is wrong, without a place in a text that the client hasn't seen.
fn sentence(error: &CelError) -> String {
    let clause = (error.fault()).map_or_else(|| error.to_string(), |fault| fault.message.clone());
    let mut letters = clause.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let dot = if clause.ends_with(['.', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{dot}", first.unwrap_or_default(), letters.as_str())
}
