use kith_http::openapi::{Info, Operation, Schema, check_document, check_routes, document};
use kith_http::{Access, HttpConfig};
use serde_json::Value;

use crate::app::{app, get, routed};

const INFO: Info<'_> = Info {
    title: "Test",
    version: "1",
    description: "",
};

fn described() -> Value {
    document(INFO, [routed().part])
}

#[test]
fn a_document_agrees_with_its_routes_and_with_itself() {
    assert_eq!(check_routes(&routed()), Vec::<String>::new());
    assert_eq!(check_document(&described()), Vec::<String>::new());
    assert_eq!(described()["openapi"], "3.1.0");
}

#[test]
fn an_operation_says_who_may_call_it_and_how_it_refuses() {
    let document = described();
    let create = &document["paths"]["/notes"]["post"];
    assert_eq!(create["operationId"], "create_note");
    assert_eq!(create["security"].as_array().unwrap().len(), 2);
    let refusals = [
        "400", "401", "403", "413", "415", "422", "429", "503", "default",
    ];
    for status in refusals {
        assert!(create["responses"].get(status).is_some(), "{status}");
    }
    assert!(
        create["responses"]["422"]["description"]
            .as_str()
            .unwrap()
            .contains("idempotency_key_reused")
    );
    assert_eq!(
        document["paths"]["/who"]["get"]["security"],
        serde_json::json!([])
    );
}

#[test]
fn whatever_does_not_agree_is_found() {
    let mut routed = routed();
    let ghost = Operation::new("list_notes", "Haunt")
        .shared("Nothing")
        .json(Schema::named("Ghost"));
    routed.part.operation(
        "notes",
        &http::Method::PUT,
        "/ghosts/{id}",
        Access::Public,
        ghost,
    );
    assert_eq!(
        check_routes(&routed),
        ["put /ghosts/{id} is documented but not served"]
    );
    let mut found = check_document(&document(INFO, [routed.part]));
    found.sort();
    assert_eq!(
        found,
        [
            "#/components/parameters/Nothing leads nowhere",
            "#/components/schemas/Ghost leads nowhere",
            "get /notes: operation id \"list_notes\" is not unique",
            "put /ghosts/{id}: its parameters are not as described",
            "put /ghosts/{id}: no successful answer is described",
        ]
    );
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let router = kith_http::openapi::docs_router();
    let page = get(&router, "/api/docs", &[]).await;
    let text = String::from_utf8(page.body).unwrap();
    assert!(!text.contains("http"), "no other address");
    assert!(!text.contains("style=") && !text.contains("<style"));
    for (attribute, _) in text.match_indices("/api/docs/") {
        let path: String = text[attribute..]
            .chars()
            .take_while(|c| *c != '"')
            .collect();
        assert_eq!(get(&router, &path, &[]).await.status, 200, "{path}");
    }
    let script = get(&router, "/api/docs/docs.js", &[]).await;
    let script = String::from_utf8(script.body).unwrap();
    for part in script
        .match_indices("from \"./")
        .map(|(at, found)| at + found.len())
    {
        let name: String = script[part..].chars().take_while(|c| *c != '"').collect();
        assert_eq!(
            get(&router, &format!("/api/docs/{name}"), &[]).await.status,
            200,
            "{name}"
        );
    }
    // Answers of the API, seen as pages, may load nothing at all.
    let got = get(&app(HttpConfig::default()), "/api/v1/who", &[]).await;
    assert!(
        got.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
}

#[tokio::test]
async fn a_problems_type_leads_to_what_it_means() {
    let router = kith_http::openapi::docs_router();
    for code in kith_kernel::ErrorCode::ALL {
        let got = get(&router, &format!("/problems/{}", code.as_str()), &[]).await;
        assert_eq!(got.status, 200, "{code:?}");
    }
    assert_eq!(get(&router, "/problems/none", &[]).await.status, 404);
}
