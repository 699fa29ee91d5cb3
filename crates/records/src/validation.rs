//! Validation rules of fields: CEL over the record.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_cel::{Checked, Context, Resolve, Type, evaluate};
use kith_kernel::{Actor, FieldError};

use crate::catalog::{Catalog, Field, FieldType, Object};
use crate::query::{CatalogSchema, Leaf};
use crate::record::Record;
use crate::value::{Value, write_storage};

/// The rules of one object.
pub(crate) struct Validations<'c> {
    catalog: &'c Catalog,
    object: &'c Object,
    zone: TimeZone,
    rules: Vec<(&'c Field, Checked<Leaf<'c>>)>,
}

impl<'c> Validations<'c> {
    /// The rules of `object`, ready to be asked. A rule that is not valid any more says nothing.
    pub(crate) fn of(catalog: &'c Catalog, object: &'c Object, actor: &Actor) -> Self {
        let zone = TimeZone::get(&actor.settings.time_zone).unwrap_or(TimeZone::UTC);
        let mut rules = Vec::new();
        for field in object.live_fields() {
            if let Some(source) = &field.validation {
                let schema = CatalogSchema::new(catalog, object, zone.clone());
                if let Ok(rule) = schema.check(source, Some(&Type::Bool)) {
                    rules.push((field, rule));
                }
            }
        }
        Self {
            catalog,
            object,
            zone,
            rules,
        }
    }

    /// What the rules say against `record`. As with a CHECK of SQL, a rule whose answer is
    /// unknown, because a value is missing, says nothing.
    pub(crate) fn check(&self, record: &Record, actor: &Actor, now: Timestamp) -> Vec<FieldError> {
        let context = Context {
            now,
            time_zone: self.zone.clone(),
            user: Some(actor.user),
        };
        let values = Values {
            catalog: self.catalog,
            object: self.object,
            record,
        };
        (self.rules.iter())
            .filter(|(_, rule)| {
                let answer = evaluate(rule, &values, &context);
                !matches!(
                    answer,
                    Ok(kith_cel::Value::Bool(true) | kith_cel::Value::Null)
                )
            })
            .map(|(field, _)| FieldError {
                field: field.name.clone(),
                code: "validation_rule",
                message: match (&field.validation_message, &field.validation) {
                    (Some(message), _) => message.clone(),
                    (None, Some(rule)) => format!("must fulfil the rule {rule}"),
                    (None, None) => "must fulfil its rule".to_owned(),
                },
            })
            .collect()
    }
}

/// A record's values as expressions see them.
pub(crate) struct Values<'a, 'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) object: &'c Object,
    pub(crate) record: &'a Record,
}

impl<'c> Resolve<Leaf<'c>> for Values<'_, 'c> {
    fn value(&self, path: &[Leaf<'c>]) -> kith_cel::Value {
        let Some(first) = path.first() else {
            return kith_cel::Value::Null;
        };
        let Leaf::Field(field) = first else {
            return match first {
                Leaf::Id => kith_cel::Value::Id(self.record.id.0),
                _ => kith_cel::Value::Null,
            };
        };
        let value = self.field(field);
        match (path.get(1), value) {
            (Some(Leaf::AnyObject(_)), Value::AnyRecord { object, .. }) => {
                let name = (self.catalog.by_key(object)).map(|object| object.name.clone());
                name.map_or(kith_cel::Value::Null, kith_cel::Value::Text)
            }
            (Some(Leaf::Currency(_)), Value::Money(money)) => {
                kith_cel::Value::Text(money.currency.code().to_owned())
            }
            (_, value) => self
                .system(field)
                .unwrap_or_else(|| seen(&field.kind, value)),
        }
    }
}

impl Values<'_, '_> {
    fn field(&self, field: &Field) -> &Value {
        self.record.get(self.object, &field.key)
    }

    /// The value of a field that stands in the record's own members.
    fn system(&self, field: &Field) -> Option<kith_cel::Value> {
        let record = self.record;
        Some(match field.key.as_str() {
            "version" => kith_cel::Value::Int(record.version),
            "created_at" => kith_cel::Value::Timestamp(record.created_at),
            "created_by" => kith_cel::Value::Id(record.created_by.0),
            "updated_at" => kith_cel::Value::Timestamp(record.updated_at),
            "updated_by" => kith_cel::Value::Id(record.updated_by.0),
            _ => return None,
        })
    }
}

/// A stored value as expressions see it.
fn seen(kind: &FieldType, value: &Value) -> kith_cel::Value {
    use kith_cel::Value as Seen;
    match value {
        Value::Null if kind.is_list() => Seen::List(Vec::new()),
        Value::Null | Value::Links(_) => Seen::Null,
        Value::Text(text) => Seen::Text(text.clone()),
        Value::Int(number) => Seen::Int(*number),
        Value::Decimal(number) => Seen::Decimal(*number),
        Value::Bool(value) => Seen::Bool(*value),
        Value::Date(date) => Seen::Date(*date),
        Value::Time(moment) => Seen::Timestamp(*moment),
        Value::Id(id) | Value::AnyRecord { id, .. } => Seen::Id(*id),
        Value::Money(money) => Seen::Money(*money),
        Value::List(items) => Seen::List(items.iter().cloned().map(Seen::Text).collect()),
        Value::Address(_) | Value::Json(_) => {
            let mut json = String::new();
            write_storage(value, &mut json);
            serde_json::from_str(&json).map_or(Seen::Null, Seen::Json)
        }
    }
}
