//! The routes that change records.

use axum::extract::State;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation as Described, Schema};
use kith_http::{Access, Answer, Authenticated, IfMatch, Json, Once, OnceJson, Path, Routes};
use kith_kernel::{ErrorCode, Failure, RecordId};
use serde::Deserialize;
use serde_json::{Map, Value as JsonValue};

use super::history::history;
use super::operation::{Operation, OperationAction, Target};
use super::service::{answer_batch, answer_one};
use crate::Records;

type Data = Map<String, JsonValue>;

/// Adds the routes that change records.
pub fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes
        .post(
            "/{plural}",
            Access::Authenticated,
            create,
            Described::expanded(),
        )
        .patch(
            "/{plural}/{id}",
            Access::Authenticated,
            update,
            Described::expanded(),
        )
        .delete(
            "/{plural}/{id}",
            Access::Authenticated,
            delete,
            Described::expanded(),
        )
        .post(
            "/{plural}/{id}/restore",
            Access::Authenticated,
            restore,
            Described::expanded(),
        )
        .post(
            "/{plural}/upsert",
            Access::Authenticated,
            upsert,
            Described::expanded(),
        )
        .get(
            "/{plural}/{id}/history",
            Access::Authenticated,
            history,
            Described::expanded(),
        )
        .post("/batch", Access::Authenticated, batch, describe_batch())
}

async fn create(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    OnceJson(data, once): OnceJson<Data>,
) -> Answer<Stored> {
    let operation = alone(plural, OperationAction::Create { data });
    Ok(records.execute(&actor, operation, once, answer_one).await?)
}

async fn update(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((plural, id)): Path<(String, String)>,
    IfMatch(if_version): IfMatch,
    Json(data): Json<Data>,
) -> Answer<Stored> {
    let id = Target::Id(parse_id(&id)?);
    let action = OperationAction::Update {
        id,
        if_version,
        data,
    };
    let operation = alone(plural, action);
    Ok(records.execute(&actor, operation, None, answer_one).await?)
}

async fn delete(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((plural, id)): Path<(String, String)>,
    IfMatch(if_version): IfMatch,
) -> Answer<Stored> {
    let id = Target::Id(parse_id(&id)?);
    let operation = alone(plural, OperationAction::Delete { id, if_version });
    Ok(records.execute(&actor, operation, None, answer_one).await?)
}

async fn restore(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((plural, id)): Path<(String, String)>,
    IfMatch(if_version): IfMatch,
    Once(once): Once,
) -> Answer<Stored> {
    let id = Target::Id(parse_id(&id)?);
    let operation = alone(plural, OperationAction::Restore { id, if_version });
    Ok(records.execute(&actor, operation, once, answer_one).await?)
}

/// The body of an upsert.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upsert {
    by: String,
    data: Data,
}

async fn upsert(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    OnceJson(Upsert { by, data }, once): OnceJson<Upsert>,
) -> Answer<Stored> {
    let operation = alone(plural, OperationAction::Upsert { by, data });
    Ok(records.execute(&actor, operation, once, answer_one).await?)
}

/// The body of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    operations: Vec<BatchOperation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchOperation {
    op: Op,
    object: String,
    #[serde(default, rename = "ref")]
    reference: Option<String>,
    #[serde(default)]
    id: Option<BatchId>,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    if_version: Option<i64>,
    #[serde(default)]
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BatchId {
    Id(String),
    Reference {
        #[serde(rename = "ref")]
        name: String,
    },
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Create,
    Update,
    Upsert,
    Delete,
    Restore,
}

async fn batch(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    OnceJson(Batch { operations }, once): OnceJson<Batch>,
) -> Answer<Stored> {
    let operations = (operations.into_iter().enumerate())
        .map(|(position, operation)| operation.checked(position))
        .collect::<Result<Vec<_>, _>>()?;
    Ok((records.execute(&actor, operations, once, answer_batch)).await?)
}

impl BatchOperation {
    fn checked(self, position: usize) -> Result<Operation, Failure> {
        let at = |member: &str, message: &str| {
            Failure::new(ErrorCode::InvalidRequest, message)
                .field(format!("operations[{position}].{member}"), "invalid_member")
        };
        let needs_by = matches!(self.op, Op::Upsert);
        let needs_data = matches!(self.op, Op::Create | Op::Update | Op::Upsert);
        let needs_id = !matches!(self.op, Op::Create | Op::Upsert);
        for (member, needed, given) in [
            ("by", needs_by, self.by.is_some()),
            ("data", needs_data, self.data.is_some()),
            ("id", needs_id, self.id.is_some()),
        ] {
            if needed && !given {
                return Err(at(member, "This operation needs it."));
            }
            if given && !needed {
                return Err(at(member, "This operation does not take it."));
            }
        }
        if self.if_version.is_some() && !needs_id {
            return Err(at("if_version", "This operation does not take it."));
        }
        let id = match self.id {
            None => Target::Reference(String::new()),
            Some(BatchId::Reference { name }) => Target::Reference(name),
            Some(BatchId::Id(text)) => Target::Id(
                (text.parse().ok()).ok_or_else(|| at("id", "This is not the id of a record."))?,
            ),
        };
        let (data, by) = (self.data.unwrap_or_default(), self.by.unwrap_or_default());
        let if_version = self.if_version;
        let action = match self.op {
            Op::Create => OperationAction::Create { data },
            Op::Update => OperationAction::Update {
                id,
                if_version,
                data,
            },
            Op::Upsert => OperationAction::Upsert { by, data },
            Op::Delete => OperationAction::Delete { id, if_version },
            Op::Restore => OperationAction::Restore { id, if_version },
        };
        Ok(Operation {
            object: self.object,
            reference: self.reference,
            action,
        })
    }
}

fn alone(object: String, action: OperationAction) -> Vec<Operation> {
    vec![Operation {
        object,
        reference: None,
        action,
    }]
}

/// The id in a path; what is no id names nothing.
pub fn parse_id(text: &str) -> Result<RecordId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

fn describe_batch() -> Described {
    let operation = Schema::object()
        .required(
            "op",
            Schema::one_of_texts(&["create", "update", "upsert", "delete", "restore"]),
        )
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .optional(
            "ref",
            Schema::string().about("A name by which later operations refer to the record."),
        )
        .optional(
            "id",
            Schema::any_of([
                Schema::uuid(),
                Schema::object().required("ref", Schema::string()).closed(),
            ]),
        )
        .optional("by", Schema::string().about("Upsert: the unique field."))
        .optional("if_version", Schema::integer())
        .optional("data", Schema::map(Schema::any()))
        .closed();
    let result = Schema::object()
        .required(
            "result",
            Schema::one_of_texts(&["created", "updated", "unchanged", "deleted", "restored"]),
        )
        .required("object", Schema::string())
        .required("record", Schema::map(Schema::any()));
    Described::new("batch", "Change several records, all or none")
        .about(
            "At most 200 operations in one transaction. Where a relation's value is expected, \
             `{\"ref\": \"name\"}` stands for the record of an earlier operation.",
        )
        .idempotent()
        .json(
            Schema::object()
                .required("operations", Schema::array(operation).with("maxItems", 200))
                .closed(),
        )
        .answers(
            200,
            "What each operation did.",
            Schema::object().required("results", Schema::array(result)),
        )
        .refuses(&[
            ErrorCode::ValidationFailed,
            ErrorCode::Duplicate,
            ErrorCode::VersionMismatch,
            ErrorCode::NotFound,
            ErrorCode::LimitExceeded,
        ])
}
