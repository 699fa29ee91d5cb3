//! The routes that read records.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, ETAG};
use kith_http::openapi::Operation;
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routes, etag};
use kith_kernel::Failure;

use super::aggregate::AggregateRequest;
use super::refusal;
use super::request::{ListRequest, unknown_parameter};
use crate::Records;
use crate::record::{object, parse_id, parse_moment};

type Pairs = Vec<(String, String)>;

/// Adds the routes that read records.
pub fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes
        .get(
            "/{plural}",
            Access::Authenticated,
            list,
            Operation::expanded(),
        )
        .post(
            "/{plural}/query",
            Access::Authenticated,
            query,
            Operation::expanded(),
        )
        .get(
            "/{plural}/aggregate",
            Access::Authenticated,
            aggregate,
            Operation::expanded(),
        )
        .get(
            "/{plural}/{id}",
            Access::Authenticated,
            get,
            Operation::expanded(),
        )
}

/// JSON that is written already.
pub(crate) fn json(body: impl Into<Bytes>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, JSON)], body.into()).into_response()
}

/// Query parameters as pairs of names and values.
pub(crate) fn pairs(pairs: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

async fn list(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    Query(parameters): Query<Pairs>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let request = ListRequest::from_pairs(pairs(&parameters))?;
    let page = records.list(&actor, &catalog, object, &request).await?;
    Ok(json(Bytes::from_owner(page)))
}

async fn query(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    Json(request): Json<ListRequest>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let page = records.list(&actor, &catalog, object, &request).await?;
    Ok(json(Bytes::from_owner(page)))
}

async fn aggregate(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    Query(parameters): Query<Pairs>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let request = AggregateRequest::from_pairs(pairs(&parameters))?;
    let groups = records
        .aggregate(&actor, &catalog, object, &request)
        .await?;
    Ok(json(Bytes::from_owner(groups)))
}

const GET_PARAMETERS: [&str; 2] = ["fields", "as_of"];

async fn get(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((plural, id)): Path<(String, String)>,
    Query(parameters): Query<Pairs>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let id = parse_id(&id)?;
    let (mut fields, mut as_of) = (None, None);
    for (name, value) in pairs(&parameters) {
        match name {
            "fields" => fields = Some(value),
            "as_of" => as_of = Some(value),
            _ => return Err(unknown_parameter(name, &GET_PARAMETERS).into()),
        }
    }
    if let Some(moment) = as_of {
        if fields.is_some() {
            let message = "A former state is always shown with all of its fields.";
            return Err(refusal::parameter("fields", "not_with_as_of", message).into());
        }
        let moment = parse_moment(moment)?;
        let found = records.as_of(&actor, &catalog, object, id, moment).await?;
        return Ok(json(found.ok_or_else(Failure::not_found)?.into_bytes()));
    }
    let found = records.get(&actor, &catalog, object, id, fields).await?;
    let found = found.ok_or_else(Failure::not_found)?;
    let mut answer = json(found.json);
    answer.headers_mut().insert(ETAG, etag(found.version));
    Ok(answer)
}
