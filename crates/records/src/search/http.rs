//! The route of the search.

use axum::extract::State;
use axum::response::Response;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Query, Routes};
use kith_kernel::ErrorCode;

use super::SearchRequest;
use crate::Records;
use crate::query::http::{json, pairs};

/// Adds the route of the search.
pub fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes.get("/search", Access::Authenticated, search, describe())
}

async fn search(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Answer<Response> {
    let catalog = records.catalog(&actor).await?;
    let request = SearchRequest::from_pairs(pairs(&parameters))?;
    Ok(json(records.search(&actor, &catalog, &request).await?))
}

fn describe() -> Operation {
    let hit = Schema::object()
        .required("object", Schema::string().about("The object's name."))
        .required("id", Schema::uuid())
        .required("name", Schema::string())
        .required(
            "detail",
            Schema::string().nullable().about(
                "What tells records of one name apart: an e-mail address, a company, a domain.",
            ),
        )
        .required(
            "match",
            Schema::one_of_texts(&["name", "email", "phone", "domain"]),
        )
        .required(
            "score",
            Schema::integer().about("100 for the very name, down to 20 for a mended word."),
        );
    Operation::new("search", "Find records as one types")
        .about(
            "All words are looked for in names, e-mail addresses, telephone numbers and domains, \
             from their beginnings and within; where little is found, misspelt words are mended.",
        )
        .required_query(
            "q",
            Schema::string().with("minLength", 1).with("maxLength", 200),
            "What was typed.",
        )
        .query(
            "objects",
            Schema::string(),
            "The objects to search, such as person,company; all unless it is said.",
        )
        .query(
            "limit",
            Schema::integer().with("minimum", 1).with("maximum", 50),
            "How many matches there are at most; 20 unless it is said.",
        )
        .answers(
            200,
            "The best matches first.",
            Schema::object().required("data", Schema::array(hit)),
        )
        .refuses(&[ErrorCode::InvalidRequest])
}
