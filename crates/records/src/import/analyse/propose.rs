//! How a file is probably meant to be imported.

use std::collections::HashSet;

use kith_kernel::WorkspaceSettings;

use super::ColumnAnalysis;
use super::aliases::{ALIASES, PARTS};
use crate::catalog::{Catalog, Field, FieldType, Object};
use crate::import::plan::{ColumnPlan, Mode, OnInvalid, OnMissing, Plan};
use crate::import::preset::{self, Preset};
use crate::search::text::fold;
use crate::value::Address;
use kith_tabular::mapping::{DateStyle, Shape};

/// The proposal for a file of these columns, and whose export it is.
pub(super) fn propose(
    catalog: &Catalog,
    object: &Object,
    settings: &WorkspaceSettings,
    columns: &[ColumnAnalysis],
    rows: usize,
) -> (Plan, Option<String>) {
    let header: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let (mut plan, preset) = if is_own_export(object, &header) {
        (plan_of_export(object, &header), Some("kith".to_owned()))
    } else if let Some(preset) = preset::detect(&object.key, &header) {
        let plan = plan_of_preset(catalog, object, preset, &header);
        (plan, Some(preset.system.to_owned()))
    } else {
        (plan_of_names(catalog, object, columns, rows), None)
    };
    for planned in &mut plan.columns {
        let Some(column) = columns.iter().find(|column| column.name == planned.column) else {
            continue;
        };
        if planned.field.is_none() {
            continue;
        }
        planned.numbers = column.numbers;
        planned.dates =
            column
                .dates
                .map(|style| match (column.ambiguous, settings.locale.as_str()) {
                    (true, "en-US") => DateStyle::Mdy,
                    (true, _) if style == DateStyle::Mdy => DateStyle::Dmy,
                    _ => style,
                });
    }
    (plan, preset)
}

/// The plan that a preset stands for.
pub(crate) fn plan_of_preset(
    catalog: &Catalog,
    object: &Object,
    preset: &Preset,
    header: &[&str],
) -> Plan {
    let mut taken = HashSet::new();
    let columns = header.iter().map(|name| {
        let target = preset.target(name).filter(|target| *target != "-");
        column(catalog, object, name, target, &mut taken)
    });
    let columns: Vec<ColumnPlan> = columns.collect();
    with_key(object, columns)
}

/// Whether the file was exported from here: ids, and nothing but fields.
fn is_own_export(object: &Object, header: &[&str]) -> bool {
    header.contains(&"id")
        && header.contains(&"version")
        && header.iter().all(|name| {
            let field = name.split('.').next().unwrap_or_default();
            field == "id" || object.field(field).is_some()
        })
}

fn plan_of_export(object: &Object, header: &[&str]) -> Plan {
    let columns = header.iter().map(|name| {
        let (field, part) = name
            .split_once('.')
            .map_or((*name, None), |(field, part)| (field, Some(part)));
        let kind = object
            .field(field)
            .filter(|field| !field.read_only && !field.kind.is_computed())
            .map(|field| &field.kind);
        let takes = match (kind, part) {
            _ if *name == "id" => true,
            (Some(FieldType::Address {}), Some(_))
            | (Some(FieldType::Currency {}), Some("currency")) => true,
            (Some(FieldType::AnyRelation {} | FieldType::Autonumber { .. }) | None, _) => false,
            (Some(_), part) => part.is_none(),
        };
        ColumnPlan {
            column: (*name).to_owned(),
            field: takes.then(|| (*name).to_owned()),
            by: (takes && kind.is_some_and(|kind| kind.target().is_some()))
                .then(|| "id".to_owned()),
            ..ColumnPlan::default()
        }
    });
    Plan {
        mode: Mode::Update,
        by: Some("id".to_owned()),
        columns: columns.collect(),
        empty: crate::import::plan::Empty::Clear,
        ..Plan::default()
    }
}

/// The plan that the columns' names and contents suggest.
fn plan_of_names(
    catalog: &Catalog,
    object: &Object,
    columns: &[ColumnAnalysis],
    rows: usize,
) -> Plan {
    let mut taken = HashSet::new();
    // Names that are a field's own come before those that only resemble one.
    let mut targets: Vec<Option<String>> = columns
        .iter()
        .map(|column| own_name(object, &column.name, &mut taken))
        .collect();
    for (column, target) in columns.iter().zip(&mut targets) {
        if target.is_none() {
            *target = alias(object, column, &mut taken);
        }
    }
    let id = (columns.iter().zip(&targets))
        .position(|(column, target)| target.is_none() && is_id(object, column, rows));
    if let Some(at) = id
        && !taken.contains("external_id")
    {
        targets[at] = Some("external_id".to_owned());
    }
    let mut mapped = HashSet::new();
    let planned = (columns.iter().zip(&targets))
        .map(|(one, target)| column(catalog, object, &one.name, target.as_deref(), &mut mapped));
    let mut planned: Vec<ColumnPlan> = planned.collect();
    planned.extend(name_of_id(object, &planned));
    with_key(object, planned)
}

/// What gives records their names where no column does: the column that gives their ids.
fn name_of_id(object: &Object, planned: &[ColumnPlan]) -> Option<ColumnPlan> {
    let goes_to = |plan: &ColumnPlan, field: &str| plan.field.as_deref() == Some(field);
    let needed = object
        .field("name")
        .is_some_and(|name| name.required && writable(name));
    if !needed || planned.iter().any(|plan| goes_to(plan, "name")) {
        return None;
    }
    let id = planned.iter().find(|plan| goes_to(plan, "external_id"))?;
    Some(ColumnPlan {
        column: id.column.clone(),
        field: Some("name".to_owned()),
        ..ColumnPlan::default()
    })
}

/// Letters and digits of a column's name, folded.
fn bare(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Takes a target, where it isn't taken or takes several columns.
fn take(object: &Object, target: &str, taken: &mut HashSet<String>) -> bool {
    let several = object
        .field(target)
        .is_some_and(|field| field.kind.is_list())
        || target.ends_with(".street");
    let conflicts = match target {
        "full_name" => taken.contains("first_name") || taken.contains("last_name"),
        "first_name" | "last_name" => taken.contains("full_name"),
        _ => false,
    };
    !conflicts && (several || !taken.contains(target)) && {
        taken.insert(target.to_owned());
        true
    }
}

fn writable(field: &Field) -> bool {
    !field.read_only
        && !field.kind.is_computed()
        && !matches!(
            field.kind,
            FieldType::Autonumber { .. } | FieldType::AnyRelation {}
        )
}

fn own_name(object: &Object, name: &str, taken: &mut HashSet<String>) -> Option<String> {
    let own = bare(name);
    let found = (object.live_fields().filter(|field| writable(field)))
        .find(|field| bare(&field.name) == own || bare(&field.label) == own)?;
    take(object, &found.name, taken).then(|| found.name.clone())
}

fn alias(object: &Object, column: &ColumnAnalysis, taken: &mut HashSet<String>) -> Option<String> {
    let name = bare(&column.name);
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_names = object.field("first_name").is_some() && object.field("full_name").is_none();
    for (target, aliases) in ALIASES {
        if !aliases.contains(&name.as_str()) && !aliases.contains(&plain) {
            continue;
        }
        let there = match *target {
            "full_name" => has_names,
            target => object.field(target).is_some_and(writable),
        };
        // A column of numbers is no name of a company.
        let fits = !matches!(*target, "company" | "owner" | "name")
            || !matches!(column.looks_like, Shape::Integer | Shape::Decimal);
        if there && fits && take(object, target, taken) {
            return Some((*target).to_owned());
        }
    }
    let address = object
        .live_fields()
        .find(|field| matches!(field.kind, FieldType::Address {}))?;
    let part = PARTS
        .iter()
        .position(|names| names.contains(&name.as_str()))?;
    let target = format!("{}.{}", address.name, Address::PARTS[part]);
    take(object, &target, taken).then_some(target)
}

/// Whether a column gives each row its own id.
fn is_id(object: &Object, column: &ColumnAnalysis, rows: usize) -> bool {
    let name = bare(&column.name);
    let own = [
        "id",
        "recordid",
        "externalid",
        "uuid",
        "rowid",
        "customerid",
        "userid",
        "organizationid",
        "organisationid",
        "accountid",
        "opportunityid",
        "dealid",
        "leadid",
        "productid",
        "taskid",
    ];
    let named = own.contains(&name.as_str())
        || name == format!("{}id", bare(&object.name))
        || (object.key == "person" && name == "contactid");
    let unique = column.filled == rows && (column.distinct == rows || column.distinct >= 1_000);
    named && unique && rows > 0
}

/// What becomes of a column that goes to `target`.
fn column(
    catalog: &Catalog,
    object: &Object,
    name: &str,
    target: Option<&str>,
    taken: &mut HashSet<String>,
) -> ColumnPlan {
    let mut plan = ColumnPlan {
        column: name.to_owned(),
        ..ColumnPlan::default()
    };
    let Some(target) = target else { return plan };
    let (path, by) = target
        .split_once('@')
        .map_or((target, None), |(path, by)| (path, Some(by)));
    if !take(object, path, taken) {
        return plan;
    }
    plan.field = Some(path.to_owned());
    let field = object.field(path.split('.').next().unwrap_or_default());
    match field.map(|field| (field, &field.kind)) {
        Some((_, FieldType::User {})) => plan.on_missing = OnMissing::Clear,
        Some((_, kind @ (FieldType::Relation { .. } | FieldType::Relations { .. }))) => {
            plan.by = by.map(str::to_owned);
            // Customers and products are made of their names; pipelines and stages are not.
            let other = kind.target().and_then(|key| catalog.by_key(key));
            let makeable = other.is_some_and(|other| {
                matches!(other.key.as_str(), "company" | "product" | "person") || !other.standard
            });
            if makeable && by != Some("external_id") && object.key != "company" {
                plan.on_missing = OnMissing::Create;
            }
        }
        // A deal without its amount is worse than none.
        Some((field, kind)) if !field.required && !field.unique && field.key != "amount" => {
            let any_text = matches!(
                kind,
                FieldType::Text {}
                    | FieldType::LongText {}
                    | FieldType::Address {}
                    | FieldType::Json {}
            );
            if !any_text {
                plan.on_invalid = OnInvalid::Clear;
            }
        }
        _ => {}
    }
    plan
}

/// The plan with the best key that is mapped.
fn with_key(object: &Object, columns: Vec<ColumnPlan>) -> Plan {
    let mapped = |name: &str| {
        columns
            .iter()
            .any(|column| column.field.as_deref() == Some(name))
    };
    let unique = (object.live_fields())
        .find(|field| field.unique && field.name != "external_id" && mapped(&field.name));
    let by = if mapped("external_id") {
        Some("external_id".to_owned())
    } else {
        unique.map(|field| field.name.clone())
    };
    Plan {
        mode: if by.is_some() {
            Mode::Upsert
        } else {
            Mode::Create
        },
        by,
        columns,
        ..Plan::default()
    }
}
