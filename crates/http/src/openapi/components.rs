//! What all services' operations share.

use kith_kernel::ErrorCode;
use serde_json::{Map, Value, json};

use super::Schema;

pub(super) fn schemas() -> Map<String, Value> {
    let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    let field_error = Schema::object()
        .required(
            "field",
            Schema::string().about("The field's path, such as `emails[1]`."),
        )
        .required(
            "code",
            Schema::string().about("The stable code of what is wrong."),
        )
        .required("message", Schema::string().about("What would be accepted."));
    let problem = Schema::object()
        .required(
            "type",
            Schema::format("uri-reference").example("/problems/validation_failed"),
        )
        .required("title", Schema::string())
        .required("status", Schema::integer())
        .required(
            "detail",
            Schema::string().about("What happened and what to do."),
        )
        .required("code", Schema::one_of_texts(&codes))
        .optional("errors", Schema::array(Schema::named("FieldError")))
        .optional(
            "request_id",
            Schema::string().about("Stands in the server's log too."),
        )
        .about("A problem document (RFC 9457). Further members depend on the code.");
    let page_info = Schema::object()
        .required(
            "next_cursor",
            Schema::string()
                .nullable()
                .about("Opaque; give it back as `cursor`. Null on the last page."),
        )
        .required("has_more", Schema::boolean());
    let count = Schema::object()
        .required("value", Schema::integer().with("minimum", 0))
        .required(
            "exact",
            Schema::boolean().about("If not, there are at least that many."),
        );
    let money = Schema::object()
        .required("amount", decimal().about("The amount as a decimal string."))
        .required("currency", currency())
        .about("An amount of money.");
    [
        ("Problem", problem),
        ("FieldError", field_error),
        ("PageInfo", page_info),
        ("Count", count),
        ("Money", money),
        ("Decimal", decimal()),
        ("Currency", currency()),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema.into()))
    .collect()
}

fn decimal() -> Schema {
    Schema::string()
        .with("pattern", r"^-?[0-9]+(\.[0-9]+)?$")
        .example("1234.50")
}

fn currency() -> Schema {
    Schema::string()
        .with("pattern", "^[A-Z]{3}$")
        .about("A code of ISO 4217.")
        .example("EUR")
}

pub(super) fn parameters() -> Map<String, Value> {
    let parameter = |place: &str, name: &str, about: &str, schema: Schema| {
        json!({
            "in": place,
            "name": name,
            "required": false,
            "description": about,
            "schema": Value::from(schema),
        })
    };
    let key = Schema::string()
        .with("minLength", 1)
        .with("maxLength", 255)
        .with("pattern", "^[!-~]{1,255}$");
    let tag = Schema::string().example("\"7\"");
    let limit = Schema::integer()
        .with("minimum", 1)
        .with("maximum", 200)
        .with("default", 50);
    let counts = Schema::one_of_texts(&["capped", "exact", "none"]).with("default", "capped");
    [
        (
            "IfMatch",
            parameter(
                "header",
                "If-Match",
                "The ETag of the version that the change is meant for.",
                tag,
            ),
        ),
        (
            "IdempotencyKey",
            parameter(
                "header",
                "Idempotency-Key",
                "The same key and request within 24 hours have their effect once and get the same \
                 answer.",
                key,
            ),
        ),
        (
            "Limit",
            parameter(
                "query",
                "limit",
                "How many items a page has at most.",
                limit,
            ),
        ),
        (
            "Cursor",
            parameter(
                "query",
                "cursor",
                "`page.next_cursor` of the page before, with the same other parameters.",
                Schema::string(),
            ),
        ),
        (
            "Filter",
            parameter(
                "query",
                "filter",
                "A CEL expression, such as `stage.kind == \"open\" && amount > 10000`.",
                Schema::string(),
            ),
        ),
        (
            "Sort",
            parameter(
                "query",
                "sort",
                "Fields in order of weight, `-` before those that descend: `-amount,name`.",
                Schema::string(),
            ),
        ),
        (
            "Fields",
            parameter(
                "query",
                "fields",
                "The fields to answer with, one level of related ones too: \
                 `id,name,company(name)`.",
                Schema::string(),
            ),
        ),
        (
            "Count",
            parameter("query", "count", "How to count what matches.", counts),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

pub(super) fn responses() -> Value {
    json!({
        "Problem": {
            "description": "A refusal or a failure.",
            "headers": {
                "X-Request-Id": { "schema": { "type": "string" } },
                "Retry-After": {
                    "description": "With 429 and 503: seconds after which to try again.",
                    "schema": { "type": "integer" },
                },
            },
            "content": {
                "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" },
                },
            },
        },
    })
}

pub(super) fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal API token.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": crate::SESSION_COOKIE,
            "description": "A browser's session. Requests that change something need the \
                            X-CSRF-Token header too.",
        },
    })
}
