//! What one operation takes and answers.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use kith_kernel::ErrorCode;
use serde_json::{Map, Value, json};

use super::Schema;
use crate::{Access, status_of, title_of};

/// An operation's description.
#[derive(Clone, Debug)]
pub struct Operation {
    id: String,
    summary: String,
    description: Option<String>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    refusals: Vec<ErrorCode>,
    pub(crate) streams: bool,
    pub(crate) expanded: bool,
    pub(crate) json_limit: Option<usize>,
}

impl Operation {
    /// An operation with a unique id in `snake_case` and a short imperative summary.
    pub fn new(id: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            summary: summary.into(),
            description: None,
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
            refusals: Vec::new(),
            streams: false,
            expanded: false,
            json_limit: None,
        }
    }

    /// The operation of a route that stands for many concrete paths, such as `/{object}/{id}`.
    /// It isn't documented itself; the concrete paths are, by
    /// [`Routes::describe`](crate::Routes::describe) or in a document made per workspace.
    pub fn expanded() -> Self {
        Self {
            expanded: true,
            ..Self::new("", "")
        }
    }

    /// Says more than the summary.
    #[must_use]
    pub fn about(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// A parameter of the path.
    #[must_use]
    pub fn path(self, name: &str, schema: Schema, about: &str) -> Self {
        self.parameter("path", name, schema, about, true)
    }

    /// An optional parameter of the query.
    #[must_use]
    pub fn query(self, name: &str, schema: Schema, about: &str) -> Self {
        self.parameter("query", name, schema, about, false)
    }

    /// A parameter of the query that has to be there.
    #[must_use]
    pub fn required_query(self, name: &str, schema: Schema, about: &str) -> Self {
        self.parameter("query", name, schema, about, true)
    }

    /// An optional header.
    #[must_use]
    pub fn header(self, name: &str, schema: Schema, about: &str) -> Self {
        self.parameter("header", name, schema, about, false)
    }

    fn parameter(
        mut self,
        place: &str,
        name: &str,
        schema: Schema,
        about: &str,
        required: bool,
    ) -> Self {
        self.parameters.push(json!({
            "in": place,
            "name": name,
            "required": required,
            "description": about,
            "schema": Value::from(schema),
        }));
        self
    }

    /// A parameter of the document's components: `IfMatch`, `IdempotencyKey`, `Limit`, `Cursor`,
    /// `Filter`, `Sort`, `Fields`, `Count`, or one that a part adds.
    #[must_use]
    pub fn shared(mut self, name: &str) -> Self {
        let reference = format!("#/components/parameters/{name}");
        self.parameters.push(json!({ "$ref": reference }));
        self
    }

    /// Takes `If-Match`, and may refuse by `version_mismatch`.
    #[must_use]
    pub fn if_match(self) -> Self {
        self.shared("IfMatch")
            .refuses(&[ErrorCode::VersionMismatch])
    }

    /// Takes `Idempotency-Key`, and may refuse by `idempotency_key_reused`.
    #[must_use]
    pub fn idempotent(self) -> Self {
        self.shared("IdempotencyKey")
            .refuses(&[ErrorCode::IdempotencyKeyReused])
    }

    /// Takes a JSON body.
    #[must_use]
    pub fn json(self, schema: Schema) -> Self {
        self.body("application/json", schema)
    }

    /// Takes a body of a media type; called twice, of either.
    #[must_use]
    pub fn body(mut self, media_type: &str, schema: Schema) -> Self {
        let body = self
            .body
            .get_or_insert_with(|| json!({ "required": true, "content": {} }));
        body["content"][media_type] = json!({ "schema": Value::from(schema) });
        self
    }

    /// An example of the JSON body.
    #[must_use]
    pub fn body_example(mut self, example: Value) -> Self {
        if let Some(body) = &mut self.body {
            body["content"]["application/json"]["example"] = example;
        }
        self
    }

    /// Answers `status` with JSON.
    #[must_use]
    pub fn answers(self, status: u16, about: &str, schema: Schema) -> Self {
        self.answers_with(status, about, "application/json", schema)
    }

    /// Answers `status` with a body of a media type; called twice, with either.
    #[must_use]
    pub fn answers_with(
        mut self,
        status: u16,
        about: &str,
        media_type: &str,
        schema: Schema,
    ) -> Self {
        let answer = self.answer(status, about);
        answer["content"][media_type] = json!({ "schema": Value::from(schema) });
        self
    }

    /// Answers `status` without a body.
    #[must_use]
    pub fn answers_empty(mut self, status: u16, about: &str) -> Self {
        self.answer(status, about);
        self
    }

    /// A header of the answer `status`.
    #[must_use]
    pub fn answer_header(mut self, status: u16, name: &str, about: &str) -> Self {
        let answer = self.answer(status, "");
        answer["headers"][name] = json!({
            "description": about,
            "schema": { "type": "string" },
        });
        self
    }

    fn answer(&mut self, status: u16, about: &str) -> &mut Value {
        self.answers
            .entry(status)
            .or_insert_with(|| json!({ "description": about }))
    }

    /// May refuse by these codes, besides those that every operation has.
    #[must_use]
    pub fn refuses(mut self, codes: &[ErrorCode]) -> Self {
        self.refusals.extend_from_slice(codes);
        self
    }

    /// Streams its body in or out: the time until the first byte isn't bounded, nor is the body.
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    /// Takes JSON bodies up to this many bytes instead of the server's usual bound.
    #[must_use]
    pub fn json_limit(mut self, bytes: usize) -> Self {
        self.json_limit = Some(bytes);
        self
    }

    /// The operation object of the document.
    pub(crate) fn object(mut self, tag: &str, method: &Method, access: Access) -> Value {
        self.refusals.extend(self.usual_refusals(method, access));
        let mut object = Map::new();
        object.insert("operationId".into(), self.id.into());
        object.insert("summary".into(), self.summary.into());
        object.insert("tags".into(), json!([tag]));
        if let Some(description) = self.description {
            object.insert("description".into(), description.into());
        }
        if !self.parameters.is_empty() {
            object.insert("parameters".into(), self.parameters.into());
        }
        if let Some(body) = self.body {
            object.insert("requestBody".into(), body);
        }
        let mut responses = Map::new();
        for (status, answer) in self.answers {
            responses.insert(status.to_string(), answer);
        }
        for (status, codes) in by_status(&self.refusals) {
            responses.insert(status.as_str().to_owned(), refusal(&codes));
        }
        let default = json!({ "$ref": "#/components/responses/Problem" });
        responses.insert("default".into(), default);
        object.insert("responses".into(), responses.into());
        let security = match access {
            Access::Public => json!([]),
            Access::Authenticated => json!([{ "token": [] }, { "session": [] }]),
        };
        object.insert("security".into(), security);
        Value::Object(object)
    }

    /// What any operation of this kind may refuse by.
    fn usual_refusals(&self, method: &Method, access: Access) -> Vec<ErrorCode> {
        let mut codes = vec![ErrorCode::RateLimited, ErrorCode::Unavailable];
        if access == Access::Authenticated {
            codes.extend([ErrorCode::Unauthenticated, ErrorCode::Forbidden]);
            if !method.is_safe() {
                codes.push(ErrorCode::CsrfRejected);
            }
        }
        if !self.parameters.is_empty() || self.body.is_some() {
            codes.push(ErrorCode::InvalidRequest);
        }
        if self.parameters.iter().any(|one| one["in"] == "path") {
            codes.push(ErrorCode::NotFound);
        }
        if self.body.is_some() {
            codes.extend([
                ErrorCode::PayloadTooLarge,
                ErrorCode::UnsupportedMediaType,
                ErrorCode::ValidationFailed,
            ]);
        }
        codes
    }
}

fn by_status(codes: &[ErrorCode]) -> BTreeMap<StatusCode, Vec<ErrorCode>> {
    let mut groups: BTreeMap<StatusCode, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        let group = groups.entry(status_of(*code)).or_default();
        if !group.contains(code) {
            group.push(*code);
        }
    }
    groups
}

fn refusal(codes: &[ErrorCode]) -> Value {
    let names: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), title_of(*code)))
        .collect();
    json!({
        "description": names.join("; "),
        "content": {
            "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
            },
        },
    })
}
