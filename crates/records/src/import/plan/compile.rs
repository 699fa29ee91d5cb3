//! A plan, checked against the file's header and the catalog.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kith_kernel::{Currency, ErrorCode, Failure, RecordId};

use super::check::Check;
use super::{ColumnPlan, Lists, Plan};
use crate::catalog::{Catalog, Object};

/// A plan that can be carried out.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) catalog: Arc<Catalog>,
    object: usize,
    pub(crate) plan: Plan,
    pub(crate) sources: Vec<Source>,
    pub(crate) header: Vec<String>,
    pub(crate) by: Option<By>,
}

/// By what rows find their records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Id,
    Name,
    /// The unique field at this place.
    Unique(usize),
}

/// What a row says about which record it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Id(RecordId),
    /// The name, folded.
    Name(String),
    /// As `Value::unique_keys` gives them.
    Unique(Vec<String>),
}

/// Where values come from and go to.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) from: Input,
    pub(crate) target: Target,
    pub(crate) plan: ColumnPlan,
    /// `plan.values`, and the same by lower case.
    pub(crate) values: HashMap<String, String>,
    pub(crate) currency: Option<Currency>,
}

#[derive(Debug)]
pub(crate) enum Input {
    /// The cell at this place.
    Column(usize),
    /// The same text for every row.
    Constant(String),
}

/// Where the values of a column go.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A field.
    Field { at: usize },
    /// A part of an address.
    Part { at: usize, part: usize },
    /// The currency of an amount.
    Currency { at: usize },
    /// First and last name.
    FullName { first: usize, last: usize },
    /// A relation, to one record or to several.
    Relation { at: usize, to: Reference },
    /// A user.
    User { at: usize },
    /// The record's own id.
    Id,
}

/// How a relation finds its record.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// The other object's key.
    pub(crate) object: String,
    pub(crate) how: How,
    /// Whether the records may be those of the same file.
    pub(crate) own: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum How {
    /// By id where the text is one, by e-mail where people are meant and it looks like one, else
    /// by name.
    Auto,
    Id,
    Name,
    /// By the unique field at this place.
    Unique(usize),
}

impl Compiled {
    /// Checks `plan` for records of `object` and a file of this header.
    pub(crate) fn new(
        catalog: Arc<Catalog>,
        object: &str,
        plan: Plan,
        header: &[String],
    ) -> Result<Self, Failure> {
        let place = (catalog.objects().iter())
            .position(|one| one.key == object && !one.retired)
            .ok_or_else(|| {
                Failure::new(
                    ErrorCode::Conflict,
                    "The object of this import is no longer there.",
                )
            })?;
        let mut check = Check {
            catalog: &catalog,
            object: &catalog.objects()[place],
            header,
            taken: HashSet::new(),
            errors: Vec::new(),
        };
        let sources = check.sources(&plan);
        let by = check.by(&plan, &sources);
        check.required(&plan);
        if !check.errors.is_empty() {
            let errors = check.errors;
            let mut failure = Failure::new(
                ErrorCode::ValidationFailed,
                "The plan can't be carried out; `errors` says why.",
            );
            failure.fields = errors;
            return Err(failure);
        }
        Ok(Self {
            object: place,
            plan,
            sources,
            header: header.to_vec(),
            by,
            catalog,
        })
    }

    /// The object whose records are imported.
    pub(crate) fn object(&self) -> &Object {
        &self.catalog.objects()[self.object]
    }

    /// Whether relations to records of the same file have to be set after all rows are in.
    pub(crate) fn has_own_relations(&self) -> bool {
        (self.sources.iter())
            .any(|source| matches!(&source.target, Target::Relation { to, .. } if to.own))
    }

    /// Whether values of lists and addresses are added to those that a record has.
    pub(crate) fn merges(&self) -> bool {
        self.plan.lists == Lists::Add
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::FieldError;

    use super::*;
    use crate::catalog::standard::OBJECTS;

    fn compile(object: &str, plan: serde_json::Value) -> Result<Compiled, Vec<String>> {
        let catalog = Arc::new(Catalog::new(0, OBJECTS.clone()));
        let plan: Plan = serde_json::from_value(plan).unwrap();
        let header = ["Email", "City", "Company", "Name", "Amount"].map(str::to_owned);
        Compiled::new(catalog, object, plan, &header).map_err(|failure| {
            let line =
                |error: FieldError| format!("{}: {} {}", error.field, error.code, error.message);
            failure.fields.into_iter().map(line).collect()
        })
    }

    #[test]
    fn a_plan_that_can_be_carried_out_is_taken() {
        let compiled = compile("person", serde_json::json!({
            "mode": "upsert", "by": "emails",
            "columns": [
                {"column": "Email", "field": "emails"},
                {"column": "City", "field": "address.city"},
                {"column": "Name", "field": "full_name"},
                {"column": "Company", "field": "company", "match": "name", "on_missing": "create"},
            ],
            "set": {"source": "fair"},
        })).unwrap();
        assert_eq!(compiled.sources.len(), 5);
        assert!(matches!(compiled.by, Some(By::Unique(_))));
        assert!(!compiled.has_own_relations());
    }

    #[test]
    fn a_plan_that_can_not_is_refused_with_every_reason() {
        let refused = compile(
            "company",
            serde_json::json!({
                "mode": "upsert",
                "columns": [
                    {"column": "Emial", "field": "emails"},
                    {"column": "City", "field": "adress.city"},
                    {"column": "City", "field": "address.town"},
                    {"column": "Company", "field": "parent", "match": "industry"},
                    {"column": "Amount", "field": "created_at"},
                    {"column": "Amount", "field": "annual_revenue", "currency": "EURO"},
                    {"column": "Amount", "field": "annual_revenue"},
                ],
            }),
        )
        .unwrap_err();
        insta::assert_snapshot!(refused.join("\n"), @r"
        columns[0].column: unknown_column is not in the file; did you mean `Email`?
        columns[1].field: unknown_field is no field of a company; did you mean `address`?
        columns[2].field: unknown_part has no part `town`; it has street, city, region, postal_code, country
        columns[3].match: not_unique must be id, name or a unique field of the other object: external_id, domain
        columns[4].field: read_only is set by the server and can't be imported
        columns[5].currency: unknown_currency must be a currency code of ISO 4217, such as EUR
        columns[6].field: mapped_twice `annual_revenue` gets values of two columns
        by: required must name the field by which rows find their records
        ");
        let refused = compile(
            "company",
            serde_json::json!({
                "columns": [{"column": "City", "field": "address.city"}],
            }),
        )
        .unwrap_err();
        insta::assert_snapshot!(refused.join("\n"), @"columns: required no column is mapped to `name`, which is required");
        let refused = compile(
            "deal",
            serde_json::json!({
                "columns": [
                    {"column": "Name", "field": "name"},
                    {"column": "City", "field": "stage", "on_missing": "create"}
                ],
            }),
        )
        .unwrap_err();
        insta::assert_snapshot!(refused.join("\n"), @"columns[1].on_missing: can_not_create can't be `create`: a stage can't be made of this alone");
    }
}
