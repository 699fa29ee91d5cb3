//! The routes of interactions.

use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, OnceJson, Path, Routes};
use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::Class;
use serde_json::Value;
use uuid::Uuid;

use super::channel::Direction;
use super::draft::{InteractionDraft, PARTICIPANTS, RECORDS, SHORT, SUBJECT, SUMMARY};
use super::lines::{LINE, LINES};
use crate::Interactions;

/// The media types of JSON lines.
const LINE_TYPES: [&str; 3] = [
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
];

/// Adds the routes of interactions.
pub(crate) fn routes(routes: Routes<Interactions>) -> Routes<Interactions> {
    let interaction = || Schema::named("Interaction");
    routes
        .schema("Interaction", shown())
        .schema("InteractionData", draft())
        .post(
            "/interactions",
            Access::Authenticated,
            create,
            Operation::new("record_interaction", "Record an interaction")
                .about(
                    "It is never changed afterwards. Participants are matched to people by e-mail, then by phone; who \
                     isn't known yet is matched as soon as they are. With an `external_id` it is recorded once per \
                     `source` (or channel, without one): the second time, the first is answered.",
                )
                .idempotent()
                .json(Schema::named("InteractionData"))
                .answers(201, "It is recorded.", interaction())
                .answers(200, "It was there before, under the same external id.", interaction())
                .answer_header(201, "Location", "The interaction's path."),
        )
        .post(
            "/interactions/batch",
            Access::Authenticated,
            batch,
            Operation::new("record_interactions", "Record interactions, one per line")
                .about(format!(
                    "NDJSON: at most {LINES} lines of up to {LINE} bytes. They are recorded in order, some hundreds at \
                     a time; what is wrong with a line touches no other. Lines with an `external_id` may be sent \
                     again when the answer got lost."
                ))
                .streaming()
                .body(LINE_TYPES[0], Schema::string())
                .answers(200, "What became of each line.", report())
                .refuses(&[ErrorCode::LimitExceeded]),
        )
        .get(
            "/interactions/{id}",
            Access::Authenticated,
            read,
            Operation::new("get_interaction", "Read an interaction")
                .path("id", Schema::uuid(), "The interaction.")
                .answers(200, "The interaction.", interaction()),
        )
}

fn short() -> Schema {
    Schema::string().with("maxLength", SHORT)
}

fn draft() -> Schema {
    let participant = Schema::object()
        .optional("name", short().nullable())
        .optional("email", Schema::string().nullable())
        .optional("phone", Schema::string().nullable())
        .optional(
            "role",
            short()
                .nullable()
                .about("Such as `from`, `to`, `organizer`."),
        )
        .optional("person", Schema::uuid().nullable())
        .optional("user", Schema::uuid().nullable())
        .closed();
    let record = Schema::object()
        .required(
            "object",
            Schema::string().about("The object's name, singular or plural."),
        )
        .required("id", Schema::uuid())
        .closed();
    Schema::object()
        .required(
            "channel",
            Schema::string().about(
                "email, call, meeting, chat, visit, form, note, payment, ticket, or an interaction type's key.",
            ),
        )
        .optional("direction", Schema::one_of_texts(&Direction::NAMES))
        .optional("occurred_at", Schema::date_time().nullable().about("Now, unless given."))
        .optional("source", short().nullable().about("Where it comes from, such as a mailbox."))
        .optional("external_id", short().nullable().about("Its id there."))
        .optional("subject", Schema::string().nullable().with("maxLength", SUBJECT))
        .optional("summary", Schema::string().nullable().with("maxLength", SUMMARY))
        .optional("body", Schema::any().about("Any JSON, up to 256 KiB; as the type's schema says."))
        .optional("participants", Schema::array(participant).with("maxItems", PARTICIPANTS))
        .optional("records", Schema::array(record).with("maxItems", RECORDS))
        .closed()
}

fn shown() -> Schema {
    let text = || Schema::string().nullable();
    let participant = Schema::object()
        .required("role", text())
        .required("name", text())
        .required("email", text())
        .required("phone", text())
        .required("person", Schema::uuid().nullable())
        .required("user", Schema::uuid().nullable())
        .required(
            "erased",
            Schema::boolean().about("Whether it can't be read who it was."),
        );
    let record = Schema::object()
        .required("object", Schema::string())
        .required("id", Schema::uuid());
    Schema::object()
        .required("id", Schema::uuid())
        .required("type", Schema::one_of_texts(&["interaction"]))
        .required("channel", Schema::string())
        .required("direction", Schema::one_of_texts(&Direction::NAMES))
        .required("occurred_at", Schema::date_time())
        .required("recorded_at", Schema::date_time())
        .required("recorded_by", Schema::uuid().nullable())
        .required("source", text())
        .required("external_id", text())
        .required("subject", text())
        .required("summary", text())
        .required(
            "erased",
            Schema::boolean()
                .about("Whether somebody who took part was erased, and the content with them."),
        )
        .required("participants", Schema::array(participant))
        .required("records", Schema::array(record))
        .optional("body", Schema::any().about("Not in lists."))
}

fn report() -> Schema {
    let result = Schema::object()
        .required("line", Schema::integer())
        .required(
            "status",
            Schema::one_of_texts(&["recorded", "existing", "failed"]),
        )
        .optional("id", Schema::uuid())
        .optional("code", Schema::string())
        .optional("message", Schema::string())
        .optional("errors", Schema::array(Schema::any()));
    Schema::object()
        .required("recorded", Schema::integer())
        .required("existing", Schema::integer())
        .required("failed", Schema::integer())
        .required("results", Schema::array(result))
}

async fn create(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<InteractionDraft>,
) -> Answer<Stored> {
    Ok(interactions.record(&actor, draft, once).await?)
}

async fn batch(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    authorise(&actor, Action::Create, None)?;
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if !LINE_TYPES
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
    {
        let message =
            "Send one JSON object per line, with the header Content-Type: application/x-ndjson.";
        let failure = Failure::new(ErrorCode::UnsupportedMediaType, message);
        return Err(failure.detail("accepted", LINE_TYPES.to_vec()).into());
    }
    let report = interactions.record_lines(&actor, body).await?;
    Ok(Json(report.show()))
}

async fn read(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path(id): Path<Uuid>,
) -> Answer<Json<Value>> {
    Ok(Json(interactions.interaction(&actor, id).await?))
}

impl Interactions {
    /// Records one interaction and shows it.
    async fn record(
        &self,
        actor: &Actor,
        draft: InteractionDraft,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        let ready = self.check(actor, vec![Ok(draft)]).await?;
        let tx = self.begin(actor, Class::Interactive).await?;
        let now = self.clock().now();
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "interactions", actor, once, now).await?
        {
            tx.rollback().await?;
            return self.replay(actor, stored).await;
        }
        let appended = self.append_in(&tx, actor, ready).await?.pop();
        let appended = appended.ok_or_else(|| Failure::internal("an interaction is missing"))?;
        let appended = match appended {
            Ok(appended) => appended,
            Err(failure) => {
                tx.rollback().await?;
                return Err(failure);
            }
        };
        let status = match appended.existed {
            true => StatusCode::OK,
            false => StatusCode::CREATED,
        };
        let place = format!("/api/v1/interactions/{}", appended.id);
        let place = HeaderValue::from_str(&place).map_err(Failure::internal)?;
        if let Some(once) = &once {
            // What is kept for the same request is not encrypted, so it has no more than the id.
            let kept = serde_json::json!({ "id": appended.id });
            let kept = Stored::json(status, &kept)?.header(header::LOCATION, place.clone());
            complete_in(&tx, "interactions", actor, once, &kept).await?;
        }
        tx.commit().await?;
        let shown = self.recorded(actor.workspace, appended.id).await?;
        Ok(Stored::json(status, &shown)?.header(header::LOCATION, place))
    }

    /// The answer to a request that was answered before, as far as it can still be read.
    async fn replay(&self, actor: &Actor, kept: Stored) -> Result<Stored, Failure> {
        #[derive(serde::Deserialize)]
        struct Kept {
            id: Uuid,
        }
        let id: Kept = serde_json::from_slice(&kept.body).map_err(Failure::internal)?;
        let shown = self.recorded(actor.workspace, id.id).await?;
        Ok(Stored {
            body: Stored::json(kept.status, &shown)?.body,
            ..kept
        })
    }
}
