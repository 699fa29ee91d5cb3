//! Conditions that an index serves. Each is true exactly where the exact one is, and false where
//! that is false or null.

mod member;
mod text;

use kith_cel::{CompareOp, Field as CelField, Function, Kind, Value};
use kith_kernel::{Failure, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use super::field::Place;
use super::{Compiler, Part, Term, operator};
use crate::catalog::{Field, FieldType, SlotKind, Storage};
use crate::query::path::{Entity, Leaf};
use crate::query::sql::{Fragment, Param, sql};
use crate::query::tables::Alias;
use crate::query::value;
use crate::search::text::sort_key;

pub(crate) use text::like;

/// The most items of `field in […]` that are looked up in the index of `custom` one by one.
const MAX_MEMBERS: usize = 20;

/// A stored field of a record.
struct Stored<'c> {
    at: Alias,
    /// Whether the record is the statement's own, so that its table's indexes can help.
    own: bool,
    entity: Entity<'c>,
    field: &'c Field,
}

impl<'c> Compiler<'_, 'c> {
    /// The index's way to write a condition, where there is one.
    pub(super) fn fast(&mut self, part: &Part<'c>) -> Result<Option<Fragment>, Failure> {
        match &part.kind {
            Kind::Compare { op, left, right } => {
                let Kind::Literal(value) = &right.kind else {
                    return Ok(None);
                };
                self.fast_compare(*op, left, value, right)
            }
            Kind::Field(path) => self.fast_flag(path),
            Kind::In { item, list } => match (&item.kind, &list.kind) {
                (Kind::Literal(value), Kind::Field(path)) => self.fast_member(value, path),
                (Kind::Field(path), Kind::List(items)) => self.fast_in(path, items),
                _ => Ok(None),
            },
            Kind::Call {
                function,
                arguments,
            } => match arguments.as_slice() {
                [
                    text,
                    Part {
                        kind: Kind::Literal(Value::Text(sought)),
                        ..
                    },
                ] => self.fast_text(*function, text, sought, part),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn stored(&mut self, path: &CelField<Leaf<'c>>) -> Result<Option<Stored<'c>>, Failure> {
        if !matches!(path.path.last(), Some(Leaf::Field(_))) {
            return Ok(None);
        }
        Ok(match self.place(path)? {
            Place::Leaf {
                tables,
                at,
                entity,
                leaf: Leaf::Field(field),
            } => Some(Stored {
                at,
                own: tables.borrow().root == at,
                entity,
                field,
            }),
            _ => None,
        })
    }

    fn fast_compare(
        &mut self,
        op: CompareOp,
        left: &Part<'c>,
        value: &Value,
        right: &Part<'c>,
    ) -> Result<Option<Fragment>, Failure> {
        // `amount > 10000`: the amount of a money field against a number.
        if let (
            Kind::Call {
                function: Function::Amount,
                arguments,
            },
            Value::Decimal(number),
        ) = (&left.kind, value)
            && let [
                Part {
                    kind: Kind::Field(path),
                    ..
                },
            ] = arguments.as_slice()
        {
            return self.fast_amount(op, path, *number);
        }
        let Kind::Field(path) = &left.kind else {
            return Ok(None);
        };
        let Some(stored) = self.stored(path)? else {
            return Ok(None);
        };
        let Stored { at, own, field, .. } = stored;
        if let Value::Money(money) = value {
            return self.fast_money(op, &stored, *money);
        }
        if op == CompareOp::Eq {
            if let (Value::Text(text), FieldType::Text {}, Storage::Column(_)) =
                (value, &field.kind, &field.storage)
                && let Some(found) = self.by_unique(&stored, std::slice::from_ref(text))
            {
                let text = self.scalar(right)?;
                let exact = self.scalar(left)?;
                return Ok(Some(sql!("({} AND {} = {})", found, exact, text)));
            }
            if let (true, Storage::Column("name"), Value::Text(text)) = (own, &field.storage, value)
            {
                let key = self.builder.params.text(sort_key(text));
                let text = self.builder.params.text(text.as_str());
                return Ok(Some(sql!(
                    "({}.sort_key = {} AND {}.name = {})",
                    at,
                    key,
                    at,
                    text
                )));
            }
            if own && matches!(field.storage, Storage::Custom { .. }) {
                let exact = match value::slot(field) {
                    Some(slot) if slot.kind == SlotKind::Text => {
                        let Value::Text(text) = value else {
                            return Ok(None);
                        };
                        let key = self.builder.params.text(sort_key(text));
                        let exact = self.scalar(left)?;
                        let text = self.scalar(right)?;
                        Some(sql!(
                            "({}.{} = {} AND {} = {})",
                            at,
                            slot.column(),
                            key,
                            exact,
                            text
                        ))
                    }
                    // The value of the slot's column is the exact one.
                    Some(_) if !matches!(field.kind, FieldType::Date {}) => None,
                    Some(slot) => {
                        let Value::Date(date) = value else {
                            return Ok(None);
                        };
                        let date = self.builder.params.own(Param::Date(*date));
                        Some(sql!(
                            "{}.{} = ({}::timestamp AT TIME ZONE 'UTC')",
                            at,
                            slot.column(),
                            date
                        ))
                    }
                    None => self.inside(at, field, value),
                };
                return Ok(exact);
            }
        }
        // Days of a slot as the moments by which they are indexed.
        if let (true, Some(slot), FieldType::Date {}, Value::Date(date)) =
            (own, value::slot(field), &field.kind, value)
        {
            let date = self.builder.params.own(Param::Date(*date));
            return Ok(Some(sql!(
                "{}.{} {} ({}::timestamp AT TIME ZONE 'UTC')",
                at,
                slot.column(),
                operator::symbol(op),
                date
            )));
        }
        Ok(None)
    }

    /// A custom boolean on its own.
    fn fast_flag(&mut self, path: &CelField<Leaf<'c>>) -> Result<Option<Fragment>, Failure> {
        Ok(match self.stored(path)? {
            Some(Stored {
                at,
                own: true,
                field,
                ..
            }) if matches!(field.storage, Storage::Custom { slot: None }) => {
                self.inside(at, field, &Value::Bool(true))
            }
            _ => None,
        })
    }

    fn fast_amount(
        &mut self,
        op: CompareOp,
        path: &CelField<Leaf<'c>>,
        number: Decimal,
    ) -> Result<Option<Fragment>, Failure> {
        let scaled = number.checked_mul(Decimal::from(10_i64.pow(Money::SCALE)));
        let Some(units) = scaled
            .filter(Decimal::is_integer)
            .and_then(|units| units.to_i64())
        else {
            return Ok(None);
        };
        let Some(stored) = self.stored(path)? else {
            return Ok(None);
        };
        if stored.field.storage == Storage::Computed {
            return Ok(None);
        }
        let Term::Money { units: column, .. } = self.leaf(stored.at, Leaf::Field(stored.field))?
        else {
            return Ok(None);
        };
        let units = self.builder.params.own(Param::Int(units));
        Ok(Some(sql!("{} {} {}", column, operator::symbol(op), units)))
    }

    fn fast_money(
        &mut self,
        op: CompareOp,
        stored: &Stored<'c>,
        money: Money,
    ) -> Result<Option<Fragment>, Failure> {
        if op == CompareOp::Ne || stored.field.storage == Storage::Computed {
            return Ok(None);
        }
        let Term::Money { units, currency } = self.leaf(stored.at, Leaf::Field(stored.field))?
        else {
            return Ok(None);
        };
        let value = self.builder.params.own(Param::Int(money.units));
        let code = self.builder.params.text(money.currency.code());
        Ok(Some(sql!(
            "({} {} {} AND {} = {})",
            units,
            operator::symbol(op),
            value,
            currency,
            code
        )))
    }

    /// The records that have the unique value, or one of them. No other record than those of the
    /// same object has an id among them.
    fn by_unique(&mut self, stored: &Stored<'c>, texts: &[String]) -> Option<Fragment> {
        let Entity::Record(object) = stored.entity else {
            return None;
        };
        if !(stored.own && stored.field.unique) || stored.field.building || self.deleted {
            return None;
        }
        let taken = self.builder.alias();
        let object = self.builder.params.add(Param::Uuid(object.id.0));
        let field = self.builder.params.add(Param::Uuid(stored.field.id.0));
        let keys = texts.iter().map(|text| text.to_lowercase()).collect();
        let keys = self.builder.params.own(Param::Texts(keys));
        Some(sql!(
            "{}.id IN (SELECT {}.record_id FROM records.unique_value {} WHERE {}.workspace_id = {} AND {}.object_id = {} AND {}.field_id = {} AND {}.value = ANY({}))",
            stored.at,
            taken,
            taken,
            taken,
            self.builder.workspace(),
            taken,
            object,
            taken,
            field,
            taken,
            keys
        ))
    }

    /// `custom @> {…}`, which the index on `custom` serves: equality with a value of JSON that
    /// PostgreSQL compares as CEL does.
    fn inside(&mut self, at: Alias, field: &Field, value: &Value) -> Option<Fragment> {
        let member = match (&field.kind, value) {
            (
                FieldType::Text {} | FieldType::LongText {} | FieldType::Select { .. },
                Value::Text(text),
            ) => json!(text),
            (
                FieldType::Number {} | FieldType::Rating { .. } | FieldType::Autonumber { .. },
                Value::Int(number),
            ) => json!(number),
            (FieldType::Boolean {}, Value::Bool(value)) => json!(value),
            (FieldType::Date {}, Value::Date(date)) => json!(date.to_string()),
            (FieldType::User {} | FieldType::Relation { .. }, Value::Id(id)) => {
                json!(id.to_string())
            }
            _ => return None,
        };
        Some(self.containing(at, field, member))
    }

    fn containing(&mut self, at: Alias, field: &Field, member: serde_json::Value) -> Fragment {
        let mut object = serde_json::Map::new();
        object.insert(field.key.clone(), member);
        self.by_content = true;
        let object = self.builder.params.own(Param::Json(object.into()));
        // The second condition is the index's own.
        sql!("({}.custom @> {} AND {}.custom <> '{{}}')", at, object, at)
    }
}
