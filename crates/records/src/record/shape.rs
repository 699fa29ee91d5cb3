//! How an object's records stand in their table: the columns, and the few statements that read
//! and write them. All of an object's statements have one shape, so that connections can keep
//! them prepared.

use std::collections::HashMap;
use std::fmt::Write as _;

use kith_kernel::{RecordId, UserId, WorkspaceId};
use kith_store::{BoundStatement, OwnedParam};
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::Record;
use super::columns::{Column, ColumnType};
use crate::catalog::{FieldType, Object, SLOT_COLUMNS, SlotKind, Storage};
use crate::search::text::{fold, search_text, sort_key};
use crate::value::{Value, read_storage, write_storage};

/// The columns and statements of one object.
pub struct Shape<'a> {
    object: &'a Object,
    columns: Vec<Spec>,
}

/// A column: its name, what it holds, and its type.
type Spec = (&'static str, Source, ColumnType);

/// What of a record a column holds.
#[derive(Clone, Copy)]
enum Source {
    Id,
    Version,
    CreatedAt,
    CreatedBy,
    UpdatedAt,
    UpdatedBy,
    DeletedAt,
    SortKey,
    SearchText,
    Custom,
    Slot(Option<usize>),
    Field(usize),
    MoneyUnits(usize),
    MoneyCurrency(usize),
    AnyObject(usize),
    AnyId(usize),
}

impl<'a> Shape<'a> {
    /// The shape of `object`'s records.
    pub fn new(object: &'a Object) -> Self {
        let mut columns = vec![
            ("id", Source::Id, ColumnType::Uuid),
            ("version", Source::Version, ColumnType::Int),
            ("created_at", Source::CreatedAt, ColumnType::Time),
            ("created_by", Source::CreatedBy, ColumnType::Uuid),
            ("updated_at", Source::UpdatedAt, ColumnType::Time),
            ("updated_by", Source::UpdatedBy, ColumnType::Uuid),
            ("deleted_at", Source::DeletedAt, ColumnType::Time),
            ("sort_key", Source::SortKey, ColumnType::Text),
            ("search_text", Source::SearchText, ColumnType::Text),
            ("custom", Source::Custom, ColumnType::Json),
        ];
        let mut slots = [None; SLOT_COLUMNS.len()];
        for (at, field) in object.fields().iter().enumerate() {
            match field.storage {
                Storage::Column(column) if columns.iter().all(|(name, ..)| *name != column) => {
                    columns.push((column, Source::Field(at), column_type(&field.kind)));
                }
                Storage::Money { units, currency } => {
                    columns.push((units, Source::MoneyUnits(at), ColumnType::Int));
                    columns.push((currency, Source::MoneyCurrency(at), ColumnType::Text));
                }
                Storage::AnyRecord { object, id } => {
                    columns.push((object, Source::AnyObject(at), ColumnType::Text));
                    columns.push((id, Source::AnyId(at), ColumnType::Uuid));
                }
                Storage::Custom { slot: Some(slot) } => slots[slot.place()] = Some(at),
                _ => {}
            }
        }
        if slots.iter().any(Option::is_some) {
            let kinds = (SlotKind::ALL.into_iter())
                .flat_map(|kind| std::iter::repeat_n(kind, usize::from(kind.columns())));
            for ((column, at), kind) in SLOT_COLUMNS.into_iter().zip(slots).zip(kinds) {
                let column_type = match kind {
                    SlotKind::Text => ColumnType::Text,
                    SlotKind::Number => ColumnType::Decimal,
                    SlotKind::Time => ColumnType::Time,
                    SlotKind::Id => ColumnType::Uuid,
                };
                columns.push((column, Source::Slot(at), column_type));
            }
        }
        Self { object, columns }
    }

    /// Reads the records with the ids `$2` (of the workspace `$1`) and locks them, in the order
    /// of their ids, so that two writers never wait for each other. By the primary key.
    pub fn lock_sql(&self) -> String {
        format!(
            "{} ORDER BY t.id FOR NO KEY UPDATE",
            self.select("t.id = ANY($2)")
        )
    }

    /// Reads the records with the ids `$2` of the workspace `$1`. By the primary key.
    pub fn read_sql(&self) -> String {
        self.select("t.id = ANY($2)")
    }

    /// Reads and locks at most `$3` records with ids after `$2`. By the primary key.
    pub fn page_sql(&self) -> String {
        format!(
            "{} ORDER BY t.id LIMIT $3 FOR NO KEY UPDATE",
            self.select("t.id > $2")
        )
    }

    fn select(&self, condition: &str) -> String {
        let columns: Vec<String> = (self.columns.iter())
            .filter(|(_, source, _)| is_read(*source))
            .map(|(column, ..)| format!("t.{column}"))
            .collect();
        let mut sql = format!(
            "SELECT {} FROM {} t WHERE t.workspace_id = $1 AND {condition}",
            columns.join(", "),
            self.object.table.name
        );
        if let Some(object) = self.object.table.object {
            // The object's id is the catalog's, never a client's text.
            let _ = write!(sql, " AND t.object_id = '{object}'");
        }
        sql
    }

    /// The record in a row of [`Shape::lock_sql`] or [`Shape::read_sql`].
    pub fn read(&self, row: &Row) -> Result<Record, tokio_postgres::Error> {
        let fields = self.object.fields();
        let mut record = Record {
            id: RecordId(uuid::Uuid::nil()),
            version: 0,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            created_by: UserId(uuid::Uuid::nil()),
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            updated_by: UserId(uuid::Uuid::nil()),
            deleted_at: None,
            values: vec![Value::Null; fields.len()],
        };
        let mut units = None;
        let mut any_object = None;
        let read = self
            .columns
            .iter()
            .filter(|(_, source, _)| is_read(*source));
        for (index, (_, source, column_type)) in read.enumerate() {
            match *source {
                Source::Id => record.id = row.try_get(index)?,
                Source::Version => record.version = row.try_get(index)?,
                Source::CreatedAt => record.created_at = row.try_get(index)?,
                Source::CreatedBy => record.created_by = row.try_get(index)?,
                Source::UpdatedAt => record.updated_at = row.try_get(index)?,
                Source::UpdatedBy => record.updated_by = row.try_get(index)?,
                Source::DeletedAt => record.deleted_at = row.try_get(index)?,
                Source::Custom => self.read_custom(row, index, &mut record)?,
                Source::Field(at) => {
                    record.values[at] = column_type.read(row, index, &fields[at].kind)?;
                }
                Source::MoneyUnits(_) => units = row.try_get::<_, Option<i64>>(index)?,
                Source::MoneyCurrency(at) => {
                    let code: Option<&str> = row.try_get(index)?;
                    let currency = code.and_then(kith_kernel::Currency::from_code);
                    if let (Some(units), Some(currency)) = (units.take(), currency) {
                        record.values[at] = Value::Money(kith_kernel::Money { units, currency });
                    }
                }
                Source::AnyObject(_) => any_object = row.try_get::<_, Option<String>>(index)?,
                Source::AnyId(at) => {
                    if let (Some(object), Some(id)) = (any_object.take(), row.try_get(index)?) {
                        record.values[at] = Value::AnyRecord { object, id };
                    }
                }
                Source::SortKey | Source::SearchText | Source::Slot(_) => {}
            }
        }
        Ok(record)
    }

    fn read_custom(
        &self,
        row: &Row,
        index: usize,
        record: &mut Record,
    ) -> Result<(), tokio_postgres::Error> {
        type Members<'a> = HashMap<&'a str, &'a serde_json::value::RawValue>;
        let Json(members): Json<Members<'_>> = row.try_get(index)?;
        for (key, json) in members {
            if let Some(at) = self.object.position_by_key(key) {
                let field = &self.object.fields()[at];
                record.values[at] = read_storage(&field.kind, json.get());
            }
        }
        Ok(())
    }

    /// Inserts new records.
    pub(super) fn insert(&self, workspace: WorkspaceId, records: &[&Record]) -> BoundStatement {
        let columns: Vec<&Spec> = self.columns.iter().collect();
        let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
        let values: Vec<String> = (columns.iter())
            .map(|(name, _, column_type)| column_type.of_unnested(&format!("v.{name}")))
            .collect();
        let (object_column, object_value) = match self.object.table.object {
            Some(id) => ("object_id, ", format!("'{id}'::uuid, ")),
            None => ("", String::new()),
        };
        let sql = format!(
            "INSERT INTO {} (workspace_id, {object_column}{}) \
             SELECT $1, {object_value}{} FROM {}",
            self.object.table.name,
            names.join(", "),
            values.join(", "),
            unnest(&columns),
        );
        self.write(sql, workspace, &columns, records)
    }

    /// Writes what differs between what each record was and is. Every record is written in those
    /// columns in which one of them differs.
    pub(super) fn update(
        &self,
        workspace: WorkspaceId,
        changes: &[(&Record, &Record)],
    ) -> BoundStatement {
        let differs = |source: &Source| {
            (changes.iter()).any(|(before, after)| self.differ(*source, before, after))
        };
        let columns = (self.columns.iter()).filter(|(_, source, _)| differs(source));
        let records: Vec<&Record> = changes.iter().map(|(_, after)| *after).collect();
        self.overwrite(workspace, &columns.collect::<Vec<_>>(), &records)
    }

    /// Writes all columns of records anew.
    pub(super) fn rewrite(&self, workspace: WorkspaceId, records: &[&Record]) -> BoundStatement {
        let columns: Vec<&Spec> = self.columns.iter().collect();
        self.overwrite(workspace, &columns, records)
    }

    /// Writes some columns of the records. By the primary key.
    fn overwrite(
        &self,
        workspace: WorkspaceId,
        columns: &[&Spec],
        records: &[&Record],
    ) -> BoundStatement {
        let sets: Vec<String> = (columns.iter())
            .filter(|(_, source, _)| {
                !matches!(source, Source::Id | Source::CreatedAt | Source::CreatedBy)
            })
            .map(|(name, _, column_type)| {
                format!("{name} = {}", column_type.of_unnested(&format!("v.{name}")))
            })
            .collect();
        let sql = format!(
            "UPDATE {} t SET {} FROM {} WHERE t.workspace_id = $1 AND t.id = v.id",
            self.object.table.name,
            sets.join(", "),
            unnest(columns),
        );
        self.write(sql, workspace, columns, records)
    }

    fn write(
        &self,
        sql: String,
        workspace: WorkspaceId,
        columns: &[&Spec],
        records: &[&Record],
    ) -> BoundStatement {
        let columns = self.columns(columns, records).into_iter();
        let workspace: OwnedParam = Box::new(workspace);
        let params = std::iter::once(workspace).chain(columns.map(Column::parameter));
        BoundStatement::new(sql, params.collect())
    }

    /// Whether the column has to be written where `before` becomes `after`; the id says which
    /// record it is.
    fn differ(&self, source: Source, before: &Record, after: &Record) -> bool {
        let text = |key: &str| before.text(self.object, key) != after.text(self.object, key);
        let list = |key: &str| before.list(self.object, key) != after.list(self.object, key);
        match source {
            Source::Id | Source::Version | Source::UpdatedAt | Source::UpdatedBy => true,
            Source::CreatedAt | Source::CreatedBy | Source::Slot(None) => false,
            Source::DeletedAt => before.deleted_at != after.deleted_at,
            Source::SortKey => text("name"),
            Source::SearchText => {
                text("name") || text("domain") || list("emails") || list("phones")
            }
            Source::Custom => (self.object.fields().iter().enumerate()).any(|(at, field)| {
                matches!(field.storage, Storage::Custom { .. })
                    && before.values[at] != after.values[at]
            }),
            Source::Slot(Some(at))
            | Source::Field(at)
            | Source::MoneyUnits(at)
            | Source::MoneyCurrency(at)
            | Source::AnyObject(at)
            | Source::AnyId(at) => before.values[at] != after.values[at],
        }
    }

    /// The records' values of these columns.
    fn columns(&self, wanted: &[&Spec], records: &[&Record]) -> Vec<Column> {
        let mut columns: Vec<Column> = (wanted.iter())
            .map(|(_, _, column_type)| column_type.column(records.len()))
            .collect();
        for record in records {
            let folded = fold(record.text(self.object, "name").unwrap_or_default());
            let sort = sort_key(&folded);
            for ((_, source, _), column) in wanted.iter().zip(&mut columns) {
                match *source {
                    Source::Id => column.push_uuid(Some(record.id.0)),
                    Source::Version => column.push_int(Some(record.version)),
                    Source::CreatedAt => column.push_time(Some(record.created_at)),
                    Source::CreatedBy => column.push_uuid(Some(record.created_by.0)),
                    Source::UpdatedAt => column.push_time(Some(record.updated_at)),
                    Source::UpdatedBy => column.push_uuid(Some(record.updated_by.0)),
                    Source::DeletedAt => column.push_time(record.deleted_at),
                    Source::SortKey => column.push_text(Some(sort.clone())),
                    Source::SearchText => column.push_text(Some(self.search_text(record, &folded))),
                    Source::Custom => column.push_text(Some(self.custom(record))),
                    Source::Slot(None) => column.push(&Value::Null),
                    Source::Slot(Some(at)) => column.push_slot(&record.values[at]),
                    Source::Field(at) => column.push(&record.values[at]),
                    Source::MoneyUnits(at) => column.push_int(match &record.values[at] {
                        Value::Money(money) => Some(money.units),
                        _ => None,
                    }),
                    Source::MoneyCurrency(at) => column.push_text(match &record.values[at] {
                        Value::Money(money) => Some(money.currency.code().to_owned()),
                        _ => None,
                    }),
                    Source::AnyObject(at) => column.push_text(match &record.values[at] {
                        Value::AnyRecord { object, .. } => Some(object.clone()),
                        _ => None,
                    }),
                    Source::AnyId(at) => column.push_uuid(match &record.values[at] {
                        Value::AnyRecord { id, .. } => Some(*id),
                        _ => None,
                    }),
                }
            }
        }
        columns
    }

    fn search_text(&self, record: &Record, folded_name: &str) -> String {
        let domain: Vec<&str> = record.text(self.object, "domain").into_iter().collect();
        search_text(
            folded_name,
            record.list(self.object, "emails"),
            &domain,
            record.list(self.object, "phones"),
        )
    }

    /// The `custom` column: an object of the custom values by their fields' keys.
    fn custom(&self, record: &Record) -> String {
        let mut json = String::from("{");
        for (field, value) in self.object.fields().iter().zip(&record.values) {
            if matches!(field.storage, Storage::Custom { .. }) && !value.is_null() {
                if json.len() > 1 {
                    json.push(',');
                }
                // Keys are `f` and a number.
                let _ = write!(json, "\"{}\":", field.key);
                write_storage(value, &mut json);
            }
        }
        json.push('}');
        json
    }
}

/// `unnest($2::…[], …) AS v(…)` with the columns in their order.
fn unnest(columns: &[&Spec]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let arrays: Vec<String> = (columns.iter().enumerate())
        .map(|(index, (_, _, column_type))| {
            format!("${}::{}[]", index + 2, column_type.parameter())
        })
        .collect();
    format!("unnest({}) AS v({})", arrays.join(", "), names.join(", "))
}

/// Whether a record is read from such a column: the others repeat what stands elsewhere.
fn is_read(source: Source) -> bool {
    !matches!(
        source,
        Source::SortKey | Source::SearchText | Source::Slot(_)
    )
}

fn column_type(kind: &FieldType) -> ColumnType {
    match kind {
        FieldType::Number {} | FieldType::Rating { .. } | FieldType::Autonumber { .. } => {
            ColumnType::Int
        }
        FieldType::Decimal {} | FieldType::Currency {} => ColumnType::Decimal,
        FieldType::Boolean {} => ColumnType::Bool,
        FieldType::Date {} => ColumnType::Date,
        FieldType::DateTime {} => ColumnType::Time,
        FieldType::User {} | FieldType::Relation { .. } => ColumnType::Uuid,
        FieldType::Address {} | FieldType::Json {} => ColumnType::Json,
        kind if kind.is_list() => ColumnType::TextArray,
        _ => ColumnType::Text,
    }
}
