use axum::extract::State;
use kith_contracts::access::{Action, authorise};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Routes};
use kith_kernel::{ErrorCode, Failure, RecordId};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Looking, State as Doing, Watched};
use crate::Live;

/// Records that a client may look at at a time.
const MOST: usize = 5;

/// Adds presence.
pub(crate) fn routes(routes: Routes<Live>) -> Routes<Live> {
    let state = || Schema::one_of_texts(&["viewing", "editing"]);
    let user = Schema::object()
        .required("id", Schema::uuid())
        .required("state", state());
    let looking = Schema::object()
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .required("record_id", Schema::uuid())
        .optional("state", state().about("`viewing` unless given."))
        .closed();
    routes
        .schema(
            "Presence",
            Schema::object()
                .required("object", Schema::string())
                .required("record_id", Schema::uuid())
                .required("users", Schema::array(user)),
        )
        .put(
            "/presence/{stream}",
            Access::Authenticated,
            look,
            Operation::new("put_presence", "Say what you are looking at")
                .about(
                    "Say it again at least each minute. Those who look at the same are told by `presence` events of \
                     their streams. An empty list says that you look at nothing.",
                )
                .path("stream", Schema::uuid(), "The stream, as its `hello` names it.")
                .json(
                    Schema::object()
                        .required("records", Schema::array(looking).with("maxItems", MOST))
                        .closed(),
                )
                .answers(
                    200,
                    "Who looks at the same now.",
                    Schema::object().required("data", Schema::array(Schema::named("Presence"))),
                )
                .refuses(&[ErrorCode::ValidationFailed, ErrorCode::LimitExceeded]),
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    records: Vec<Looked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Looked {
    object: String,
    record_id: RecordId,
    #[serde(default)]
    state: Option<Doing>,
}

async fn look(
    State(live): State<Live>,
    Authenticated(actor): Authenticated,
    Path(stream): Path<Uuid>,
    Json(body): Json<Body>,
) -> Answer<Json<Value>> {
    if body.records.len() > MOST {
        let message = format!("One looks at {MOST} records at the most.");
        let refused = Failure::new(ErrorCode::ValidationFailed, message);
        return Err(refused.field("records", "too_many").into());
    }
    authorise(&actor, Action::Read, None)?;
    let mut looking = Vec::new();
    for (at, record) in body.records.into_iter().enumerate() {
        let names = live
            .deps()
            .records
            .check(&actor, Some(&record.object), None)
            .await;
        let names = names.map_err(|mut failure| {
            for field in &mut failure.fields {
                field.field = format!("records[{at}].{}", field.field);
            }
            failure
        })?;
        let object = names.map_or(record.object, |names| names.plural);
        looking.push(Looking {
            watched: Watched {
                object,
                record_id: record.record_id,
            },
            state: record.state.unwrap_or(Doing::Viewing),
        });
    }
    let watched: Vec<Watched> = looking
        .iter()
        .map(|looking| looking.watched.clone())
        .collect();
    let presences = live.presences();
    if !presences.look(actor.workspace, stream, actor.user, looking) {
        let refused = Failure::new(
            ErrorCode::LimitExceeded,
            "You look at things in too many streams at once.",
        );
        return Err(refused.into());
    }
    let data: Vec<Value> = (watched.iter())
        .map(|watched| presences.of(actor.workspace, watched))
        .collect();
    Ok(Json(json!({ "data": data })))
}
