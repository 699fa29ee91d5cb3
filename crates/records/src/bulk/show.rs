//! A bulk change as the API shows it.

use kith_http::openapi::Schema;
use serde_json::{Value, json};

use super::model::{Action, Bulk, Lists, State};
use crate::catalog::Catalog;

pub(super) fn show(catalog: &Catalog, bulk: &Bulk) -> Value {
    let object = catalog
        .by_key(&bulk.object_key)
        .map_or(bulk.object_key.as_str(), |object| &object.plural);
    let (request, progress) = (&bulk.request, &bulk.progress);
    let undo = progress.undo.as_ref().map(|undo| {
        json!({
            "restored": undo.restored,
            "left_count": undo.left.count,
            "left": undo.left.first,
        })
    });
    let ended = matches!(
        bulk.state,
        State::Completed | State::Cancelled | State::Failed
    );
    json!({
        "id": bulk.id,
        "object": object,
        "action": request.action,
        "filter": request.filter,
        "values": (request.action == Action::Update).then_some(&request.values),
        "lists": request.lists,
        "state": bulk.state,
        "total": progress.total,
        "done": progress.done,
        "changed": progress.changed,
        "unchanged": progress.unchanged,
        "refused_count": progress.refused.count,
        "refused": progress.refused.first,
        "error": bulk.error,
        "can_undo": ended && bulk.next_batch > 0,
        "undo": undo,
        "created_by": { "id": bulk.created_by },
        "created_at": bulk.created_at,
        "finished_at": bulk.finished_at,
    })
}

pub(super) fn schema() -> Schema {
    let count = |about: &str| Schema::integer().about(about);
    let refused = || {
        Schema::object()
            .required("id", Schema::uuid())
            .required(
                "title",
                Schema::string()
                    .nullable()
                    .about("The record's name, where there is such a record."),
            )
            .required("reason", Schema::string())
    };
    let undo = Schema::object()
        .required("restored", count("Records that are as they were."))
        .required("left_count", count("Records that were left as they are."))
        .required(
            "left",
            Schema::array(refused()).about("The first hundred of those."),
        );
    let states: Vec<&str> = State::ALL.into_iter().map(State::as_str).collect();
    Schema::object()
        .required("id", Schema::uuid())
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .required("action", Schema::one_of_texts(&Action::NAMES))
        .required(
            "filter",
            Schema::string()
                .nullable()
                .about("Null where the records were listed."),
        )
        .required(
            "values",
            Schema::any_of([
                Schema::map(Schema::any()),
                Schema::raw(json!({"type": "null"})),
            ]),
        )
        .required("lists", Schema::one_of_texts(&Lists::NAMES))
        .required("state", Schema::one_of_texts(&states))
        .required(
            "total",
            Schema::integer()
                .nullable()
                .about("How many records it is about; null until they are found."),
        )
        .required("done", count("Records that were looked at."))
        .required("changed", count("Records that were changed."))
        .required("unchanged", count("Records that were so already."))
        .required("refused_count", count("Records that could not be changed."))
        .required(
            "refused",
            Schema::array(refused()).about("The first hundred of those."),
        )
        .required("error", Schema::string().nullable())
        .required("can_undo", Schema::boolean())
        .required(
            "undo",
            Schema::any_of([undo, Schema::raw(json!({"type": "null"}))]),
        )
        .required(
            "created_by",
            Schema::object().required("id", Schema::uuid()),
        )
        .required("created_at", Schema::date_time())
        .required("finished_at", Schema::date_time().nullable())
}
