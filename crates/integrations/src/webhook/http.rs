//! The routes of webhooks.

use axum::extract::State;
use http::StatusCode;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{
    Access, Answer, Authenticated, IfMatch, Json, Once, OnceJson, Path, Query, Routes, Window,
};
use kith_kernel::{ErrorCode, Page, WebhookId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::draft::{DESCRIPTION, URL, VERBS, WebhookDraft};
use super::model::{LIMIT, WhyDisabled};
use crate::Integrations;

/// Adds the routes of webhooks.
pub(crate) fn routes(routes: Routes<Integrations>) -> Routes<Integrations> {
    let webhook = || Schema::named("Webhook");
    let id = |operation: Operation| operation.path("id", Schema::uuid(), "The webhook.");
    routes
        .tag(
            "Webhooks",
            "Events of records, posted to a URL as they happen, signed as https://www.standardwebhooks.com has it. \
             For administrators.",
        )
        .schema("Webhook", shown_schema())
        .schema("WebhookData", draft_schema())
        .schema("WebhookWithSecret", with_secret())
        .get(
            "/webhooks",
            Access::Authenticated,
            list,
            Operation::new("list_webhooks", "List webhooks")
                .query(
                    "limit",
                    Schema::integer().with("minimum", 1).with("maximum", LIMIT).with("default", LIMIT),
                    "How many webhooks a page has at most.",
                )
                .shared("Cursor")
                .answers(200, "A page of webhooks.", Schema::page_of(webhook()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
        .post("/webhooks", Access::Authenticated, create, describe_create())
        .get(
            "/webhooks/{id}",
            Access::Authenticated,
            read,
            id(Operation::new("get_webhook", "Read a webhook"))
                .answers(200, "The webhook.", webhook())
                .answer_header(200, "ETag", "The webhook's version."),
        )
        .patch("/webhooks/{id}", Access::Authenticated, update, id(describe_update()))
        .delete(
            "/webhooks/{id}",
            Access::Authenticated,
            delete,
            id(Operation::new("delete_webhook", "Delete a webhook"))
                .about("With all of its deliveries, those that wait included.")
                .if_match()
                .answers_empty(204, "It is gone."),
        )
        .post(
            "/webhooks/{id}/rotate-secret",
            Access::Authenticated,
            rotate,
            id(Operation::new("rotate_webhook_secret", "Replace a webhook's secret"))
                .about("For 24 hours deliveries carry two signatures, the one by the former secret last.")
                .idempotent()
                .answers(200, "The webhook, with its new secret.", Schema::named("WebhookWithSecret")),
        )
}

fn describe_create() -> Operation {
    Operation::new("create_webhook", "Make a webhook")
        .about(
            "Events from now on are posted to the URL, with `webhook-id`, `webhook-timestamp` and \
             `webhook-signature`. Any status from 200 to 299 is success; anything else is tried again at growing \
             intervals, eight times over 27 hours. Events of one record are sent one after the other. After five \
             days of nothing but failures, and after a 410, the webhook is switched off.",
        )
        .idempotent()
        .json(draft_schema().with("required", vec!["url"]))
        .body_example(json!({
            "url": "https://example.com/kith", "object": "deals", "events": ["updated"],
            "filter": "stage.kind == \"won\"",
        }))
        .answers(
            201,
            "The webhook, with its secret, which is shown this once.",
            Schema::named("WebhookWithSecret"),
        )
        .answer_header(201, "ETag", "The webhook's version.")
        .answer_header(201, "Location", "The webhook's path.")
        .refuses(&[ErrorCode::InvalidExpression, ErrorCode::LimitExceeded])
}

fn describe_update() -> Operation {
    Operation::new("update_webhook", "Change a webhook")
        .about("Members that are left out stay as they are. `active: true` switches one on again that the server switched off.")
        .if_match()
        .json(Schema::named("WebhookData"))
        .answers(200, "The webhook as it is now.", Schema::named("Webhook"))
        .answer_header(200, "ETag", "The webhook's version.")
        .refuses(&[ErrorCode::InvalidExpression])
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn list(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Value>>> {
    let window = Window::<WebhookId>::read(query.limit, query.cursor.as_deref(), LIMIT, LIMIT)?;
    let found = integrations
        .webhooks(&actor, window.beyond, window.wanted())
        .await?;
    Ok(Json(window.page(found, |webhook| {
        webhook["id"].as_str().map(str::to_owned)
    })))
}

async fn create(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<WebhookDraft>,
) -> Answer<Stored> {
    Ok(integrations.create_webhook(&actor, draft, once).await?)
}

async fn read(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
) -> Answer<Stored> {
    Ok(integrations.webhook(&actor, id).await?)
}

async fn update(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
    IfMatch(if_version): IfMatch,
    Json(draft): Json<WebhookDraft>,
) -> Answer<Stored> {
    Ok(integrations
        .update_webhook(&actor, id, draft, if_version)
        .await?)
}

async fn delete(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
    IfMatch(if_version): IfMatch,
) -> Answer<StatusCode> {
    integrations.delete_webhook(&actor, id, if_version).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate(
    State(integrations): State<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
    Once(once): Once,
) -> Answer<Stored> {
    Ok(integrations.rotate_secret(&actor, id, once).await?)
}

fn members(schema: Schema, add: fn(Schema, &str, Schema) -> Schema) -> Schema {
    let url = Schema::string()
        .with("minLength", 1)
        .with("maxLength", URL)
        .about("Where events are posted to: https, at a public address.");
    let events = Schema::array(Schema::one_of_texts(&VERBS)).with("maxItems", 20);
    [
        ("url", url),
        ("description", Schema::string().with("maxLength", DESCRIPTION)),
        (
            "object",
            Schema::string()
                .nullable()
                .about("The plural name of the only object whose events are sent; null for all, and for the catalog's."),
        ),
        ("events", events.about("What may have happened; anything where it is empty.")),
        (
            "filter",
            Schema::string().nullable().about(
                "A CEL expression over the record as it was after the event. What stands behind its relations is \
                 seen as it is when the event is looked at. Formulas, roll-ups and relations to many can't be named.",
            ),
        ),
        (
            "active",
            Schema::boolean().about("Whether events are noted and sent. What was noted before waits meanwhile."),
        ),
    ]
    .into_iter()
    .fold(schema, |schema, (name, member)| add(schema, name, member))
}

fn draft_schema() -> Schema {
    members(Schema::object(), Schema::optional).closed()
}

fn shown_schema() -> Schema {
    let moment = |about: &str| Schema::date_time().nullable().about(about);
    let schema = Schema::object().required("id", Schema::uuid());
    members(schema, Schema::required)
        .required(
            "disabled_reason",
            Schema::one_of_texts(&WhyDisabled::NAMES)
                .nullable()
                .about("Why the server switched it off: five days of failures, a 410, or a filter that does not fit the catalog any more."),
        )
        .required("disabled_at", moment("When it did."))
        .required(
            "failing_since",
            moment("Since when nothing but failures came back."),
        )
        .required(
            "former_secret_until",
            moment("Until when the former secret signs as well."),
        )
        .required(
            "created_by",
            Schema::object().required("id", Schema::uuid()),
        )
        .required("version", Schema::integer())
        .required("created_at", Schema::date_time())
        .required("updated_at", Schema::date_time())
}

fn with_secret() -> Schema {
    let secret = Schema::string()
        .about("`whsec_` and Base64. Left out where the answer is given again for the same Idempotency-Key.")
        .example("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    shown_schema()
        .optional("secret", secret)
        .optional("note", Schema::string())
}
