//! A plan, checked against the file's header and the catalog.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kith_kernel::{Currency, ErrorCode, Failure, FieldError, RecordId};

use super::{ColumnPlan, Lists, Mode, OnMissing, Plan};
use crate::catalog::{Catalog, Field, FieldType, Object};
use crate::value::Address;
use kith_kernel::nearest;

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

struct Check<'a> {
    catalog: &'a Catalog,
    object: &'a Object,
    header: &'a [String],
    /// What is mapped already, as it is written in plans.
    taken: HashSet<String>,
    errors: Vec<FieldError>,
}

impl Check<'_> {
    fn refuse(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: place.to_owned(),
            code,
            message: message.into(),
        });
    }

    fn sources(&mut self, plan: &Plan) -> Vec<Source> {
        let mut sources = Vec::new();
        let mut columns = HashSet::new();
        for (position, column) in plan.columns.iter().enumerate() {
            let place = format!("columns[{position}]");
            let Some(index) = self.header.iter().position(|name| *name == column.column) else {
                let known = self.header.iter().map(String::as_str);
                let hint = match nearest(&column.column, known) {
                    Some(name) => format!("; did you mean `{name}`?"),
                    None => format!("; it has {}", self.header.join(", ")),
                };
                self.refuse(
                    &format!("{place}.column"),
                    "unknown_column",
                    format!("is not in the file{hint}"),
                );
                continue;
            };
            // A column may go to several fields, but not twice to the same one.
            columns.insert(index);
            let Some(field) = &column.field else { continue };
            if let Some(target) = self.target(&place, field, column) {
                sources.push(self.source(&place, Input::Column(index), target, column.clone()));
            }
        }
        for (field, value) in &plan.set {
            let place = format!("set.{field}");
            let column = ColumnPlan {
                field: Some(field.clone()),
                ..ColumnPlan::default()
            };
            if let Some(target) = self.target(&place, field, &column) {
                sources.push(self.source(&place, Input::Constant(value.clone()), target, column));
            }
        }
        if sources.is_empty() && self.errors.is_empty() {
            self.refuse(
                "columns",
                "nothing_mapped",
                "must map at least one column to a field",
            );
        }
        sources
    }

    fn source(&mut self, place: &str, from: Input, target: Target, plan: ColumnPlan) -> Source {
        let currency = plan.currency.as_deref().and_then(|code| {
            let known = Currency::from_code(code);
            if known.is_none() {
                let message = "must be a currency code of ISO 4217, such as EUR";
                self.refuse(&format!("{place}.currency"), "unknown_currency", message);
            }
            known
        });
        let lower = |(text, value): (&String, &String)| (text.trim().to_lowercase(), value.clone());
        let mut values: HashMap<String, String> = plan.values.iter().map(lower).collect();
        values.extend(
            plan.values
                .iter()
                .map(|(text, value)| (text.trim().to_owned(), value.clone())),
        );
        Source {
            from,
            target,
            plan,
            values,
            currency,
        }
    }

    fn target(&mut self, place: &str, path: &str, column: &ColumnPlan) -> Option<Target> {
        let at_field = format!("{place}.field");
        if path == "id" {
            self.take(&at_field, path);
            return Some(Target::Id);
        }
        if path == "full_name" && self.object.field("full_name").is_none() {
            let names = (
                self.object.position("first_name"),
                self.object.position("last_name"),
            );
            let (Some(first), Some(last)) = names else {
                self.refuse(
                    &at_field,
                    "unknown_field",
                    "needs an object with first_name and last_name",
                );
                return None;
            };
            self.take(&at_field, "first_name");
            self.take(&at_field, "last_name");
            return Some(Target::FullName { first, last });
        }
        let (name, part) = match path.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (path, None),
        };
        let Some(at) = self.object.position(name) else {
            let writable = self.object.live_fields().filter(|field| !field.read_only);
            let hint = match nearest(name, writable.map(|field| field.name.as_str())) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            let what = self.object.label.to_lowercase();
            self.refuse(
                &at_field,
                "unknown_field",
                format!("is no field of a {what}{hint}"),
            );
            return None;
        };
        let field = &self.object.fields()[at];
        if field.read_only
            || field.kind.is_computed()
            || matches!(field.kind, FieldType::Autonumber { .. })
        {
            self.refuse(
                &at_field,
                "read_only",
                "is set by the server and can't be imported",
            );
            return None;
        }
        match (&field.kind, part) {
            (FieldType::Address {}, Some(part)) => {
                let Some(part) = Address::PARTS.iter().position(|known| *known == part) else {
                    let message =
                        format!("has no part `{part}`; it has {}", Address::PARTS.join(", "));
                    self.refuse(&at_field, "unknown_part", message);
                    return None;
                };
                // Two columns make two lines of a street.
                if part != 0 {
                    self.take(&at_field, path);
                }
                Some(Target::Part { at, part })
            }
            (FieldType::Currency {}, Some("currency")) => {
                self.take(&at_field, path);
                Some(Target::Currency { at })
            }
            (FieldType::User {}, Some("id" | "name" | "email") | None) => {
                self.take(&at_field, name);
                Some(Target::User { at })
            }
            (FieldType::Relation { object } | FieldType::Relations { object }, part) => {
                if !field.kind.is_list() {
                    self.take(&at_field, name);
                }
                let by = part.or(column.by.as_deref());
                self.relation(place, at, object.clone(), by, column)
            }
            (FieldType::AnyRelation {}, part) => {
                self.take(&at_field, name);
                let object = part.and_then(|part| self.catalog.by_name(part));
                let Some(object) = object else {
                    let message = "must say to which object, as in `about.company`";
                    self.refuse(&at_field, "unknown_object", message);
                    return None;
                };
                let key = object.key.clone();
                self.relation(place, at, key, column.by.as_deref(), column)
            }
            (_, Some(part)) => {
                self.refuse(&at_field, "unknown_part", format!("has no part `{part}`"));
                None
            }
            (kind, None) => {
                if !kind.is_list() {
                    self.take(&at_field, name);
                }
                Some(Target::Field { at })
            }
        }
    }

    fn relation(
        &mut self,
        place: &str,
        at: usize,
        object: String,
        by: Option<&str>,
        column: &ColumnPlan,
    ) -> Option<Target> {
        let target = self
            .catalog
            .by_key(&object)
            .filter(|target| !target.retired)?;
        let how = match by {
            None => How::Auto,
            Some("id") => How::Id,
            Some("name") => How::Name,
            Some(name) => match target.position(name) {
                Some(at) if target.fields()[at].unique => How::Unique(at),
                _ => {
                    let unique = target.live_fields().filter(|field| field.unique);
                    let names: Vec<&str> = unique.map(|field| field.name.as_str()).collect();
                    let message = format!(
                        "must be id, name or a unique field of the other object: {}",
                        names.join(", ")
                    );
                    self.refuse(&format!("{place}.match"), "not_unique", message);
                    return None;
                }
            },
        };
        if column.on_missing == OnMissing::Create && !can_create(target, how) {
            let what = target.label.to_lowercase();
            let message = format!("can't be `create`: a {what} can't be made of this alone");
            self.refuse(&format!("{place}.on_missing"), "can_not_create", message);
            return None;
        }
        let own = object == self.object.key;
        Some(Target::Relation {
            at,
            to: Reference { object, how, own },
        })
    }

    /// Notes that something is mapped; it may be only once.
    fn take(&mut self, place: &str, what: &str) {
        if !self.taken.insert(what.to_owned()) {
            self.refuse(
                place,
                "mapped_twice",
                format!("`{what}` gets values of two columns"),
            );
        }
    }

    fn by(&mut self, plan: &Plan, sources: &[Source]) -> Option<By> {
        let mapped =
            |test: &dyn Fn(&Target) -> bool| sources.iter().any(|source| test(&source.target));
        let Some(name) = &plan.by else {
            if plan.mode != Mode::Create {
                self.refuse(
                    "by",
                    "required",
                    "must name the field by which rows find their records",
                );
            }
            return None;
        };
        let found = match (name.as_str(), self.object.position(name)) {
            ("id", _) => Some((By::Id, mapped(&|target| matches!(target, Target::Id)))),
            (_, Some(at)) if self.object.fields()[at].unique => {
                let mapped =
                    mapped(&|target| matches!(target, Target::Field { at: place } if *place == at));
                Some((By::Unique(at), mapped))
            }
            ("name", Some(at)) => {
                let names = |target: &Target| match target {
                    Target::Field { at: place } => {
                        *place == at
                            || ["first_name", "last_name"]
                                .contains(&self.object.fields()[*place].key.as_str())
                    }
                    Target::FullName { .. } => true,
                    _ => false,
                };
                Some((By::Name, mapped(&names)))
            }
            _ => None,
        };
        match found {
            None => {
                let unique = self.object.live_fields().filter(|field| field.unique);
                let names: Vec<&str> = unique.map(|field| field.name.as_str()).collect();
                let message = format!("must be id, name or a unique field: {}", names.join(", "));
                self.refuse("by", "not_unique", message);
                None
            }
            Some((_, false)) => {
                self.refuse(
                    "by",
                    "not_mapped",
                    format!("no column is mapped to `{name}`"),
                );
                None
            }
            Some((by, true)) => Some(by),
        }
    }

    /// New records need what is required.
    fn required(&mut self, plan: &Plan) {
        if plan.mode == Mode::Update || !self.errors.is_empty() {
            return;
        }
        let lacking = |field: &&Field| {
            field.required
                && field.default.is_none()
                && !field.read_only
                && !self.taken.contains(&field.name)
        };
        let missing: Vec<String> = (self.object.live_fields())
            .filter(lacking)
            .map(|field| field.name.clone())
            .collect();
        for name in missing {
            self.refuse(
                "columns",
                "required",
                format!("no column is mapped to `{name}`, which is required"),
            );
        }
    }
}

/// Whether a record can be made of what a relation's cell says.
fn can_create(target: &Object, how: How) -> bool {
    let enough = match target.key.as_str() {
        "stage" | "line_item" | "note" => false,
        "person" | "lead" => true,
        _ => target
            .live_fields()
            .all(|field| !field.required || field.default.is_some() || field.key == "name"),
    };
    enough
        && match how {
            How::Auto | How::Name => true,
            How::Id => false,
            How::Unique(at) => matches!(target.fields()[at].key.as_str(), "domain" | "emails"),
        }
}

#[cfg(test)]
mod tests {
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
