//! Use cases: a client's operations, all or none, with their answer.

use http::header::{ETAG, LOCATION};
use http::{HeaderValue, StatusCode};
use kith_contracts::access::{Action, authorise};
use kith_http::etag;
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, Failure, RecordId};
use kith_store::{Class, Tx};

use super::operation::{Operation, References};
use super::{Change, Did, Origin, Outcome, RowError, Writer, render_record};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::error::RecordsError;

/// The most operations of one batch.
pub const BATCH_LIMIT: usize = 200;
/// How often a transaction that met another one is run again.
const ATTEMPTS: usize = 4;

/// An operation's outcome, rendered.
pub struct Done {
    /// What was done.
    pub did: Did,
    /// The record's id.
    pub id: RecordId,
    /// The record's version.
    pub version: i64,
    /// The record as JSON.
    pub json: String,
    /// The object's plural API name.
    pub object: String,
}

/// How the answer to operations is made of what was done.
pub type Answer = fn(&[Done]) -> Stored;

impl Records {
    /// Does the operations in one transaction and answers by `answer`; a request that was done
    /// before under the same idempotency key gets its answer again.
    pub async fn execute(
        &self,
        actor: &Actor,
        operations: Vec<Operation>,
        once: Option<Idempotency>,
        answer: Answer,
    ) -> Result<Stored, Failure> {
        if operations.len() > BATCH_LIMIT {
            return Err(Failure::new(
                ErrorCode::LimitExceeded,
                format!("A batch has at most {BATCH_LIMIT} operations. Send several."),
            ));
        }
        let _answering = self.shared().traffic.answering();
        let mut attempt = 1;
        let mut followed = false;
        loop {
            let done = self
                .attempt(actor, operations.clone(), once.as_ref(), answer)
                .await;
            match done {
                Err(error) if error.is_retryable() && attempt < ATTEMPTS => attempt += 1,
                Err(RecordsError::Refused(failure)) if !followed && names_a_user(&failure) => {
                    followed = true;
                    self.users().follow(actor.workspace).await?;
                }
                done => return Ok(done?),
            }
        }
    }

    async fn attempt(
        &self,
        actor: &Actor,
        operations: Vec<Operation>,
        once: Option<&Idempotency>,
        answer: Answer,
    ) -> Result<Stored, RecordsError> {
        let catalog = self.catalog(actor).await?;
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        if let Some(once) = once {
            let claim = claim_in(&tx, "records", actor, once, self.clock().now()).await?;
            if let Claim::Replay(stored) = claim {
                tx.rollback().await?;
                return Ok(stored);
            }
        }
        let writer = Writer {
            actor,
            catalog: &catalog,
            clock: self.clock(),
            origin: Origin::Request,
            words: None,
        };
        let moment = self.moment(actor);
        let single = operations.len() == 1;
        let mut references = References::new();
        let mut done = Vec::with_capacity(operations.len());
        for (position, operation) in operations.into_iter().enumerate() {
            let reference = operation.reference.clone();
            let (object, outcome) = one_in(&tx, &writer, operation, &references).await?;
            let outcome = outcome.map_err(|error| place(error, position, single))?;
            if let Some(reference) = reference {
                references.insert(reference, outcome.record.id);
            }
            let id = outcome.record.id;
            let mut json = render_record(&catalog, object, &outcome.record);
            super::computed::add_in(&tx, &writer, object, id, &moment, &mut json).await?;
            done.push(Done {
                did: outcome.did,
                id,
                version: outcome.record.version,
                json,
                object: object.plural.clone(),
            });
        }
        let answer = answer(&done);
        if let Some(once) = once {
            complete_in(&tx, "records", actor, once, &answer).await?;
        }
        tx.commit().await?;
        Ok(answer)
    }
}

/// The object of this plural name, where the actor may know of it.
pub fn object<'a>(
    catalog: &'a Catalog,
    actor: &Actor,
    plural: &str,
) -> Result<&'a Object, Failure> {
    let object = (catalog.by_plural(plural)).ok_or_else(Failure::not_found)?;
    authorise(actor, Action::Read, Some(&object.key))?;
    Ok(object)
}

async fn one_in<'a>(
    tx: &Tx,
    writer: &Writer<'a>,
    operation: Operation,
    references: &References,
) -> Result<(&'a Object, Result<Outcome, RowError>), RecordsError> {
    let object = object(writer.catalog, writer.actor, &operation.object)?;
    let change: Result<Change, RowError> =
        operation.change_in(tx, writer, object, references).await?;
    let outcome = match change {
        Ok(change) => {
            let mut outcomes = writer.apply_in(tx, object, vec![change]).await?;
            outcomes.pop().unwrap_or_else(|| {
                Err(RowError::new(
                    ErrorCode::Internal,
                    "The change had no outcome.",
                ))
            })
        }
        Err(error) => Err(error),
    };
    Ok((object, outcome))
}

/// The error with the operation's place in the batch before its fields.
fn place(mut error: RowError, position: usize, single: bool) -> RecordsError {
    if !single {
        for field in &mut error.fields {
            let within = if field.field == "by" { "" } else { "data." };
            field.field = format!("operations[{position}].{within}{}", field.field);
        }
        error.message = format!("Operation {position}: {}", error.message);
    }
    Failure::from(error).into()
}

/// Whether a refusal may be for a user whom the copy of users doesn't know yet.
fn names_a_user(failure: &Failure) -> bool {
    (failure.fields.iter())
        .any(|error| error.code == "no_such_record" && error.message.contains("a user"))
}

/// The answer to one operation: the record, with its version and, where it is new, its place.
pub fn answer_one(done: &[Done]) -> Stored {
    let Some(one) = done.first() else {
        return Stored::empty(StatusCode::NO_CONTENT);
    };
    if one.did == Did::Deleted {
        return Stored::empty(StatusCode::NO_CONTENT);
    }
    let created = one.did == Did::Created;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let mut stored = json(status, one.json.clone()).header(ETAG, etag(one.version));
    let place = format!("/api/v1/{}/{}", one.object, one.id);
    if created && let Ok(place) = HeaderValue::from_str(&place) {
        stored = stored.header(LOCATION, place);
    }
    stored
}

/// The answer to a batch: what each operation did.
pub fn answer_batch(done: &[Done]) -> Stored {
    let mut body = String::from("{\"results\":[");
    for (position, one) in done.iter().enumerate() {
        if position > 0 {
            body.push(',');
        }
        let did = match one.did {
            Did::Created => "created",
            Did::Updated => "updated",
            Did::Nothing => "unchanged",
            Did::Deleted => "deleted",
            Did::Restored => "restored",
        };
        body.push_str("{\"result\":\"");
        body.push_str(did);
        body.push_str("\",\"object\":\"");
        body.push_str(&one.object);
        body.push_str("\",\"record\":");
        body.push_str(&one.json);
        body.push('}');
    }
    body.push_str("]}");
    json(StatusCode::OK, body)
}

pub(super) fn json(status: StatusCode, body: String) -> Stored {
    let mut stored = Stored::empty(status).header(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    stored.body = body.into();
    stored
}
