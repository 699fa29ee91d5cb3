use http::Method;
use kith_http::{Access, HttpConfig};

use crate::app::{app, get, routed, send};

#[tokio::test]
async fn every_route_that_needs_credentials_asks_for_them_before_anything_else() {
    let app = app(HttpConfig::default());
    for route in routed().table {
        let path = route.path.replace("{id}", "not-a-uuid");
        let path = format!("/api/v1{path}?limit=wrong");
        let got = send(&app, route.method.clone(), &path, &[], "{broken").await;
        let asked = got.status == 401;
        let expected = route.access == Access::Authenticated;
        assert_eq!(asked, expected, "{} {}", route.method, route.path);
        if asked {
            assert_eq!(got.code(), "unauthenticated");
            assert_eq!(got.header("www-authenticate"), "Bearer realm=\"kith\"");
        }
    }
}

#[tokio::test]
async fn bad_credentials_are_refused_even_where_none_are_needed() {
    let app = app(HttpConfig::default());
    let who = async |header: &str| {
        let got = get(&app, "/api/v1/who", &[header]).await;
        (got.status, String::from_utf8(got.body).unwrap())
    };
    assert_eq!(who("accept: */*").await, (200, "false".into()));
    assert_eq!(
        who("authorization: Bearer good").await,
        (200, "true".into())
    );
    assert_eq!(who("authorization: Bearer bad").await.0, 401);
    assert_eq!(who("authorization: Basic Zzz").await.0, 401);
}

#[tokio::test]
async fn a_session_needs_its_csrf_token_to_change_something() {
    let app = app(HttpConfig::default());
    let session = "cookie: __Host-kith_session=good";
    assert_eq!(get(&app, "/api/v1/notes", &[session]).await.status, 200);
    let change = async |headers: &[&str]| {
        let kind = ["content-type: application/json", session];
        let headers = [headers, &kind].concat();
        let got = send(
            &app,
            Method::POST,
            "/api/v1/notes",
            &headers,
            r#"{"text":"a"}"#,
        )
        .await;
        got.status
    };
    assert_eq!(change(&[]).await, 403);
    assert_eq!(change(&["x-csrf-token: wrong"]).await, 403);
    assert_eq!(change(&["x-csrf-token: csrf"]).await, 201);
}
