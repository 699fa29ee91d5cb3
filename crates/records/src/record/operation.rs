//! What clients ask for: changes named by objects and fields, not yet checked.

use std::collections::HashMap;

use kith_kernel::{Clock, ErrorCode, FieldError, RecordId, nearest};
use kith_store::Tx;
use serde_json::{Map, Value as Json};

use super::{Change, RowError, Writer, find_by_unique_in};
use crate::catalog::{Field, FieldType, Object};
use crate::error::RecordsError;
use crate::value::Value;

/// How many mistakes of one record are told at once.
const ERRORS: usize = 50;

/// One change that a client asks for.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The object's plural API name.
    pub object: String,
    /// The name by which later operations of the same batch refer to the record.
    pub reference: Option<String>,
    /// What to do.
    pub action: OperationAction,
}

/// What to do with a record.
#[derive(Clone, Debug)]
pub enum OperationAction {
    /// Create one.
    Create {
        /// The values by API name.
        data: Map<String, Json>,
    },
    /// Change one.
    Update {
        /// The record, by id or by an earlier operation's reference.
        id: Target,
        /// The version that it must have.
        if_version: Option<i64>,
        /// The new values by API name.
        data: Map<String, Json>,
    },
    /// Change the one that has a unique value, or create it.
    Upsert {
        /// The unique field; `data` has its value.
        by: String,
        /// The values by API name.
        data: Map<String, Json>,
    },
    /// Move one to the recycle bin.
    Delete {
        /// The record.
        id: Target,
        /// The version that it must have.
        if_version: Option<i64>,
    },
    /// Take one back from the recycle bin.
    Restore {
        /// The record.
        id: Target,
        /// The version that it must have.
        if_version: Option<i64>,
    },
}

/// How an operation names its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// By its id.
    Id(RecordId),
    /// By the reference of an earlier operation.
    Reference(String),
}

/// The records that earlier operations of a batch referred to.
pub type References = HashMap<String, RecordId>;

impl Operation {
    /// The engine's change that this is.
    pub(super) async fn change_in(
        self,
        tx: &Tx,
        writer: &Writer<'_>,
        object: &Object,
        references: &References,
    ) -> Result<Result<Change, RowError>, RecordsError> {
        let values = |data| values(writer, object, data, references);
        let id = |target| target_id(target, references);
        Ok(match self.action {
            OperationAction::Create { data } => {
                values(data).map(|values| create(writer.clock, values))
            }
            OperationAction::Update {
                id: target,
                if_version,
                data,
            } => id(target).and_then(|id| {
                let values = values(data)?;
                Ok(Change::Update {
                    id,
                    if_version,
                    values,
                })
            }),
            OperationAction::Upsert { by, data } => match values(data) {
                Ok(values) => return upsert_in(tx, writer, object, &by, values).await,
                Err(error) => Err(error),
            },
            OperationAction::Delete {
                id: target,
                if_version,
            } => id(target).map(|id| Change::Delete { id, if_version }),
            OperationAction::Restore {
                id: target,
                if_version,
            } => id(target).map(|id| Change::Restore { id, if_version }),
        })
    }
}

fn create(clock: &Clock, values: Vec<(usize, Value)>) -> Change {
    Change::Create {
        id: RecordId::new(clock),
        values,
    }
}

async fn upsert_in(
    tx: &Tx,
    writer: &Writer<'_>,
    object: &Object,
    by: &str,
    values: Vec<(usize, Value)>,
) -> Result<Result<Change, RowError>, RecordsError> {
    let refused = |code, message: String| {
        let error = FieldError {
            field: "by".to_owned(),
            code,
            message,
        };
        Ok(Err(RowError::fields(
            ErrorCode::ValidationFailed,
            vec![error],
        )))
    };
    let at = object.position(by).filter(|at| object.fields()[*at].unique);
    let Some(at) = at else {
        let unique: Vec<&str> = (object.live_fields())
            .filter(|field| field.unique)
            .map(|field| field.name.as_str())
            .collect();
        return refused(
            "not_unique",
            format!("must name a unique field: {}", unique.join(", ")),
        );
    };
    let given = values.iter().find(|(given, _)| *given == at);
    let keys = given.map_or_else(Vec::new, |(_, value)| value.unique_keys());
    if keys.is_empty() {
        return refused("required", format!("needs a value for `{by}` in `data`"));
    }
    let field = &object.fields()[at];
    let found = find_by_unique_in(tx, writer.actor.workspace, object, field, &keys).await?;
    let mut ids: Vec<RecordId> = found.into_values().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(match ids.as_slice() {
        [] => Ok(create(writer.clock, values)),
        [id] => Ok(Change::Update {
            id: *id,
            if_version: None,
            values,
        }),
        _ => Err(RowError::new(
            ErrorCode::Conflict,
            format!(
                "The values of `{by}` belong to {} different records.",
                ids.len()
            ),
        )),
    })
}

fn target_id(target: Target, references: &References) -> Result<RecordId, RowError> {
    match target {
        Target::Id(id) => Ok(id),
        Target::Reference(name) => references.get(&name).copied().ok_or_else(|| {
            RowError::new(
                ErrorCode::ValidationFailed,
                format!("No earlier operation has the ref `{}`.", shown(&name)),
            )
        }),
    }
}

/// The values that `data` gives for any record of `object`, checked and normalised.
pub(crate) fn accepted(
    writer: &Writer<'_>,
    object: &Object,
    data: Map<String, Json>,
) -> Result<Vec<(usize, Value)>, RowError> {
    values(writer, object, data, &References::new())
}

/// The values that `data` gives, checked and normalised.
fn values(
    writer: &Writer<'_>,
    object: &Object,
    data: Map<String, Json>,
    references: &References,
) -> Result<Vec<(usize, Value)>, RowError> {
    let accept = writer.accept();
    let mut values = Vec::with_capacity(data.len());
    let mut errors = Vec::new();
    for (name, mut input) in data {
        if errors.len() == ERRORS {
            break;
        }
        let Some(at) = object.position(&name) else {
            errors.push(unknown(object, &name));
            continue;
        };
        let field = &object.fields()[at];
        if field.read_only {
            errors.push(read_only(field));
            continue;
        }
        let resolved = match refers(&field.kind) {
            true => resolve(&mut input, references),
            false => Ok(()),
        };
        let value = resolved
            .and_then(|()| accept.json(&field.kind, &input))
            .map_err(|refusal| FieldError {
                field: format!("{name}{}", refusal.path),
                code: refusal.code,
                message: refusal.message,
            });
        match value {
            Ok(value) => values.push((at, value)),
            Err(error) => errors.push(error),
        }
    }
    match errors.is_empty() {
        true => Ok(values),
        false => Err(RowError::fields(ErrorCode::ValidationFailed, errors)),
    }
}

/// Whether values of the type name records.
fn refers(kind: &FieldType) -> bool {
    matches!(
        kind,
        FieldType::Relation { .. } | FieldType::Relations { .. } | FieldType::AnyRelation {}
    )
}

/// A client's name for something, at a length that an answer can repeat.
fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}

/// Puts ids where `{"ref": "…"}` stands, alone or in a list.
fn resolve(input: &mut Json, references: &References) -> Result<(), crate::value::Refusal> {
    match input {
        Json::Array(items) => {
            for item in items {
                resolve(item, references)?;
            }
        }
        Json::Object(members) => {
            if let Some(Json::String(name)) = members.get("ref") {
                let id = references.get(name).ok_or_else(|| {
                    crate::value::Refusal::new(
                        "unknown_ref",
                        format!(
                            "names the ref `{}`, which no earlier operation has",
                            shown(name)
                        ),
                    )
                })?;
                let id = Json::String(id.to_string());
                members.remove("ref");
                if members.is_empty() {
                    *input = id;
                } else {
                    members.insert("id".to_owned(), id);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn unknown(object: &Object, name: &str) -> FieldError {
    let shown = shown(name);
    let near = nearest(
        &shown,
        object.live_fields().map(|field| field.name.as_str()),
    );
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    FieldError {
        field: shown,
        code: "unknown_field",
        message: format!("is not a field of {}{hint}", object.name),
    }
}

fn read_only(field: &Field) -> FieldError {
    FieldError {
        field: field.name.clone(),
        code: "read_only",
        message: "is computed by the server and can't be set".to_owned(),
    }
}
