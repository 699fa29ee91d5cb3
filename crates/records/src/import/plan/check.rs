//! What a plan asks for, checked piece by piece against the header and the catalog.

use std::collections::{HashMap, HashSet};

use kith_kernel::{Currency, FieldError, nearest};

use super::compile::{By, How, Input, Reference, Source, Target};
use super::{ColumnPlan, Mode, OnMissing, Plan};
use crate::catalog::{Catalog, Field, FieldType, Object};
use crate::value::Address;

pub(super) struct Check<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) object: &'a Object,
    pub(super) header: &'a [String],
    /// What is mapped already, as it is written in plans.
    pub(super) taken: HashSet<String>,
    pub(super) errors: Vec<FieldError>,
}

impl Check<'_> {
    fn refuse(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: place.to_owned(),
            code,
            message: message.into(),
        });
    }

    pub(super) fn sources(&mut self, plan: &Plan) -> Vec<Source> {
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

    pub(super) fn by(&mut self, plan: &Plan, sources: &[Source]) -> Option<By> {
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
    pub(super) fn required(&mut self, plan: &Plan) {
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
