//! What administrators send to shape the catalog, checked.

use kith_kernel::{ErrorCode, Failure};
use serde_json::{Map, Value as Json};

use super::{Catalog, FieldType, Object, SelectOption};

/// The most options of a select.
const OPTIONS: usize = 500;
/// Names under `/api/v1` and in answers that no object may take.
const RESERVED: [&str; 47] = [
    "aggregate",
    "auth",
    "batch",
    "bulk",
    "campaigns",
    "catalog",
    "created",
    "dashboards",
    "demo",
    "docs",
    "events",
    "export",
    "exports",
    "fields",
    "files",
    "filters",
    "history",
    "id",
    "imports",
    "interaction_types",
    "interactions",
    "log",
    "login",
    "logout",
    "me",
    "notifications",
    "objects",
    "openapi",
    "presence",
    "query",
    "reports",
    "restore",
    "search",
    "session",
    "sessions",
    "settings",
    "setup",
    "start",
    "timeline",
    "tokens",
    "upsert",
    "user",
    "users",
    "views",
    "webhooks",
    "workspace",
    "workspaces",
];
/// Names that mean something in expressions.
const RESERVED_FIELDS: [&str; 12] = [
    "id", "true", "false", "null", "in", "data", "object", "ref", "name", "role", "now", "me",
];

/// A refusal of one member of a definition.
pub fn refuse(member: &str, code: &'static str, message: impl Into<String>) -> Failure {
    let message = message.into();
    Failure::new(
        ErrorCode::ValidationFailed,
        format!("`{member}` {message}."),
    )
    .field(member, code)
}

/// A name for the API: lower case, digits and underscores, at most 50 characters.
pub fn api_name(member: &str, name: &str) -> Result<String, Failure> {
    let ok = name.len() <= 50
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && (name.bytes()).all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match ok {
        true => Ok(name.to_owned()),
        false => Err(refuse(
            member,
            "invalid_name",
            "must begin with a lower-case letter, followed by at most 49 lower-case letters, digits and underscores",
        )),
    }
}

/// A name that an object may have.
pub fn object_name(member: &str, name: &str) -> Result<String, Failure> {
    let name = api_name(member, name)?;
    match RESERVED.contains(&name.as_str()) {
        true => Err(refuse(
            member,
            "reserved_name",
            "is a name that the API uses itself",
        )),
        false => Ok(name),
    }
}

/// A name that a field may have.
pub fn field_name(name: &str) -> Result<String, Failure> {
    let name = api_name("name", name)?;
    match RESERVED_FIELDS.contains(&name.as_str()) {
        true => Err(refuse(
            "name",
            "reserved_name",
            "is a name that expressions use themselves",
        )),
        false => Ok(name),
    }
}

/// A label: one line, at most 100 characters.
pub fn label(member: &str, text: &str, limit: usize) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > limit || text.chars().any(char::is_control) {
        return Err(refuse(
            member,
            "invalid_label",
            format!("must be one line of at most {limit} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// The type that a definition's members describe. Objects and fields are named by their API
/// names there, and by their keys in the result.
pub fn field_type(
    catalog: &Catalog,
    owner: &Object,
    members: Map<String, Json>,
) -> Result<FieldType, Failure> {
    let mut members = members;
    if let Some(Json::Array(options)) = members.get_mut("options") {
        for option in options {
            if let Json::String(label) = option {
                *option = serde_json::json!({ "value": slug(label), "label": label });
            }
        }
    }
    let mut kind: FieldType = serde_json::from_value(Json::Object(members)).map_err(|error| {
        refuse(
            "type",
            "invalid_type",
            format!("does not describe a field: {error}"),
        )
    })?;
    match &mut kind {
        FieldType::Select { options } | FieldType::MultiSelect { options } => {
            check_options(options)?;
        }
        FieldType::Rating { max } if !(1..=10).contains(max) => {
            return Err(refuse("max", "out_of_range", "must be from 1 to 10"));
        }
        FieldType::Autonumber { prefix, digits } => {
            *prefix = label("prefix", prefix, 20)?;
            if *digits > 18 {
                return Err(refuse("digits", "out_of_range", "must be at most 18"));
            }
        }
        FieldType::Relation { object } | FieldType::Relations { object } => {
            *object = target(catalog, object)?.key.clone();
        }
        FieldType::RollUp {
            object,
            relation,
            function,
            field,
            ..
        } => {
            let from = target(catalog, object)?;
            let points_here = |name: &str| {
                from.field(name).filter(|field| {
                    field.kind.target() == Some(&owner.key)
                        || matches!(field.kind, FieldType::AnyRelation {})
                })
            };
            let Some(by) = points_here(relation) else {
                return Err(refuse(
                    "relation",
                    "not_a_relation",
                    format!("must name a relation of {} to {}", from.name, owner.name),
                ));
            };
            *relation = by.key.clone();
            *object = from.key.clone();
            *field = rolled_field(from, *function, field.as_deref())?;
        }
        _ => {}
    }
    Ok(kind)
}

fn rolled_field(
    from: &Object,
    function: super::RollUpFunction,
    name: Option<&str>,
) -> Result<Option<String>, Failure> {
    use super::RollUpFunction as F;
    if function == F::Count {
        return match name {
            None => Ok(None),
            Some(_) => Err(refuse("field", "not_taken", "is not taken by count")),
        };
    }
    let number = |kind: &FieldType| {
        matches!(
            kind,
            FieldType::Number {}
                | FieldType::Decimal {}
                | FieldType::Currency {}
                | FieldType::Rating { .. }
        )
    };
    let fits = |kind: &FieldType| {
        let ordered = matches!(kind, FieldType::Date {} | FieldType::DateTime {});
        number(kind) || (ordered && matches!(function, F::Min | F::Max))
    };
    name.and_then(|name| from.field(name))
        .filter(|field| fits(&field.kind))
        .map(|field| Some(field.key.clone()))
        .ok_or_else(|| {
            refuse(
                "field",
                "unsuitable_field",
                format!("must name a number, decimal or currency field of {} (min and max take dates, too)", from.name),
            )
        })
}

fn target<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Object, Failure> {
    catalog.by_name(name).ok_or_else(|| {
        let names: Vec<&str> = (catalog.objects().iter())
            .filter(|object| !object.retired)
            .map(|object| object.name.as_str())
            .collect();
        refuse(
            "object",
            "unknown_object",
            format!("must be one of: {}", names.join(", ")),
        )
    })
}

/// Checks a select's options.
pub fn check_options(options: &mut [SelectOption]) -> Result<(), Failure> {
    if options.len() > OPTIONS {
        return Err(refuse(
            "options",
            "too_many",
            format!("must be at most {OPTIONS}"),
        ));
    }
    let mut seen = std::collections::HashSet::new();
    for (position, option) in options.iter_mut().enumerate() {
        let at = format!("options[{position}]");
        option.label = label(&format!("{at}.label"), &option.label, 100)?;
        option.value = api_name(&format!("{at}.value"), &option.value)?;
        if option.label.is_empty() || !seen.insert(option.value.clone()) {
            return Err(refuse(
                &at,
                "invalid_option",
                "must have a label, and a value of its own",
            ));
        }
    }
    Ok(())
}

/// The value of an option with this label.
fn slug(label: &str) -> String {
    let folded = crate::search::text::fold(label);
    let mut value: String = (folded.chars())
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(50)
        .collect();
    while value.contains("__") {
        value = value.replace("__", "_");
    }
    let value = value.trim_matches('_');
    match value.chars().next() {
        Some(c) if c.is_ascii_lowercase() => value.to_owned(),
        _ => format!("o_{value}").trim_end_matches('_').to_owned(),
    }
}
