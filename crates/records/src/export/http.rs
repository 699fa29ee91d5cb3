//! The route of exports.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use kith_http::openapi::Operation;
use kith_http::{Access, Answer, Authenticated, Path, Query, Routes};
use kith_kernel::{ErrorCode, Failure};
use kith_tabular::{Format, Kind};

use super::ExportRequest;
use super::columns::Headers;
use crate::Records;
use crate::query::ListRequest;
use crate::query::http::pairs;
use crate::record::object;

/// Adds the route of exports.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes.get(
        "/{plural}/export",
        Access::Authenticated,
        export,
        Operation::expanded().streaming(),
    )
}

async fn export(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let (mut kind, mut headers) = (Kind::Csv, Headers::Names);
    let mut rest = Vec::new();
    for (name, value) in pairs(&parameters) {
        match (name, value) {
            ("format", "csv") => kind = Kind::Csv,
            ("format", "xlsx") => kind = Kind::Xlsx,
            ("format", "ndjson") => kind = Kind::Ndjson,
            ("format", _) => return Err(refused("format", "csv, xlsx or ndjson").into()),
            ("headers", "names") => headers = Headers::Names,
            ("headers", "labels") => headers = Headers::Labels,
            ("headers", _) => return Err(refused("headers", "names or labels").into()),
            ("filter" | "sort" | "fields" | "deleted", _) => rest.push((name, value)),
            _ => {
                let message = "An export takes format, headers, filter, sort, fields and deleted.";
                let failure = Failure::new(ErrorCode::InvalidRequest, message);
                return Err(failure.field(name, "unknown_parameter").into());
            }
        }
    }
    let list = ListRequest::from_pairs(rest)?;
    let request = ExportRequest {
        list,
        kind,
        headers,
    };
    let body = records.export(&actor, &catalog, object, request).await?;
    let format = Format::of(kind);
    let name = format!(
        "attachment; filename=\"{}.{}\"",
        object.plural,
        format.extension()
    );
    let disposition = HeaderValue::from_str(&name).map_err(Failure::internal)?;
    let content_type = HeaderValue::from_static(format.content_type());
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}

fn refused(name: &str, accepted: &str) -> Failure {
    let message = format!("`{name}` must be {accepted}.");
    Failure::new(ErrorCode::InvalidRequest, message).field(name, "invalid_value")
}
