//! Whether a view makes sense in the catalog as it is: its fields exist, its filter is valid, its
//! records can be sorted and put together as it says.

use kith_kernel::{ErrorCode, Failure};

use super::draft::ViewDraft;
use super::model::{Footer, Layout};
use crate::catalog::FieldType;
use crate::query::aggregate::{self, AggregateRequest};
use crate::query::path::{Leaf, resolve};
use crate::query::refusal::parameter as refused;
use crate::query::{ListRequest, Subject, plan};

/// Refuses what `draft` sets and the catalog can't follow.
pub(super) fn check(subject: &Subject<'_>, draft: &ViewDraft) -> Result<(), Failure> {
    members(subject, draft).map_err(|failure| match failure.code {
        // These are members of a body, not parameters of an address.
        ErrorCode::InvalidRequest => Failure {
            code: ErrorCode::ValidationFailed,
            ..failure
        },
        _ => failure,
    })
}

fn members(subject: &Subject<'_>, draft: &ViewDraft) -> Result<(), Failure> {
    for (at, column) in draft.columns.iter().flatten().enumerate() {
        shown(subject, &column.field)
            .map_err(|failure| at_member(failure, || format!("columns[{at}].field")))?;
    }
    if let Some(Some(text)) = &draft.filter {
        filter(subject, text)?;
    }
    if let Some(paths) = &draft.sort {
        sort(subject, paths)?;
    }
    if let Some(Some(path)) = &draft.group_by {
        group_by(subject, path)?;
    }
    if let Some(Some(path)) = &draft.date_field {
        date_field(subject, path)?;
    }
    for (field, footer) in draft.footers.iter().flatten() {
        footer_of(subject, field, *footer)
            .map_err(|failure| at_member(failure, || "footers".to_owned()))?;
    }
    Ok(())
}

/// Why a saved view can't be shown as it was meant; `None` where it can.
pub(super) fn problem(subject: &Subject<'_>, layout: &Layout) -> Option<String> {
    let run = || -> Result<(), Failure> {
        if let Some(text) = &layout.filter {
            filter(subject, text)?;
        }
        sort(subject, &layout.sort)?;
        if let Some(path) = &layout.group_by {
            group_by(subject, path)?;
        }
        if let Some(path) = &layout.date_field {
            date_field(subject, path)?;
        }
        Ok(())
    };
    run().err().map(|failure| failure.message)
}

/// The columns and footers of which the fields are still there.
pub(super) fn living(subject: &Subject<'_>, layout: &mut Layout) {
    layout
        .columns
        .retain(|column| shown(subject, &column.field).is_ok());
    layout
        .footers
        .retain(|field, footer| footer_of(subject, field, *footer).is_ok());
}

/// A column shows a field of the record, or of a record or user that it points to.
fn shown(subject: &Subject<'_>, path: &str) -> Result<(), Failure> {
    let found = resolve(subject.catalog, subject.object, path, "columns")?;
    match (found.hops.len(), found.leaf) {
        (0 | 1, Leaf::Field(_) | Leaf::Id | Leaf::User(_)) => Ok(()),
        _ => Err(refused(
            "columns",
            "too_deep",
            "A column shows a field, or a field of a record that one field points to.",
        )),
    }
}

fn filter(subject: &Subject<'_>, text: &str) -> Result<(), Failure> {
    let request = ListRequest {
        filter: Some(text.to_owned()),
        ..ListRequest::default()
    };
    plan(subject, &request).map(|_| ())
}

fn sort(subject: &Subject<'_>, paths: &[String]) -> Result<(), Failure> {
    if paths.is_empty() {
        return Ok(());
    }
    if paths.iter().any(|path| path.contains(',')) {
        return Err(refused(
            "sort",
            "malformed",
            "Each member of sort is one field, such as -amount.",
        ));
    }
    let request = ListRequest {
        sort: Some(paths.join(",")),
        ..ListRequest::default()
    };
    plan(subject, &request).map(|_| ())
}

fn group_by(subject: &Subject<'_>, path: &str) -> Result<(), Failure> {
    if path.contains(',') {
        let message = "Records are put together by one field.";
        return Err(refused("group_by", "malformed", message));
    }
    aggregated(subject, Some(path), None)
}

/// A record stands on a calendar by one of its own dates.
fn date_field(subject: &Subject<'_>, path: &str) -> Result<(), Failure> {
    let found = resolve(subject.catalog, subject.object, path, "date_field")?;
    match (found.hops.as_slice(), found.leaf) {
        ([], Leaf::Field(field))
            if matches!(field.kind, FieldType::Date {} | FieldType::DateTime {}) =>
        {
            Ok(())
        }
        _ => Err(refused(
            "date_field",
            "wrong_type",
            "A calendar needs a date or a time of the record itself.",
        )),
    }
}

fn footer_of(subject: &Subject<'_>, field: &str, footer: Footer) -> Result<(), Failure> {
    resolve(subject.catalog, subject.object, field, "footers")?;
    match footer {
        Footer::Count => Ok(()),
        footer => aggregated(subject, None, Some(format!("{}({field})", footer.as_str()))),
    }
}

fn aggregated(
    subject: &Subject<'_>,
    group_by: Option<&str>,
    metrics: Option<String>,
) -> Result<(), Failure> {
    let request = AggregateRequest {
        group_by: group_by.map(str::to_owned),
        metrics,
        ..AggregateRequest::default()
    };
    aggregate::plan(subject, &request).map(|_| ())
}

/// The failure at a member of the view.
fn at_member(mut failure: Failure, member: impl Fn() -> String) -> Failure {
    for error in &mut failure.fields {
        error.field = member();
    }
    failure
}
