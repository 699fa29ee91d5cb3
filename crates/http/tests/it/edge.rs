use http::Method;
use kith_http::HttpConfig;

use crate::app::{app, get, send};

#[tokio::test]
async fn what_is_not_there_is_a_problem_document() {
    let app = app(HttpConfig::default());
    let got = get(&app, "/api/v1/nothing", &[]).await;
    assert_eq!((got.status, got.code().as_str()), (404, "not_found"));
    let got = send(&app, Method::DELETE, "/api/v1/notes", &[], "").await;
    assert_eq!(
        (got.status, got.code().as_str()),
        (405, "method_not_allowed")
    );
    let mut allowed: Vec<&str> = got.header("allow").split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn options_and_head_are_answered() {
    let app = app(HttpConfig::default());
    let got = send(&app, Method::OPTIONS, "/api/v1/notes", &[], "").await;
    assert_eq!((got.status, got.body.len()), (204, 0));
    assert!(got.header("allow").contains("POST"));
    let got = send(&app, Method::HEAD, "/api/v1/large", &[], "").await;
    assert_eq!((got.status, got.body.len()), (200, 0));
}

#[tokio::test]
async fn a_defect_tells_the_client_nothing_but_the_request_id() {
    let app = app(HttpConfig::default());
    for path in ["/api/v1/break", "/api/v1/panic"] {
        let got = get(&app, path, &["x-request-id: abc-123"]).await;
        assert_eq!((got.status, got.code().as_str()), (500, "internal"));
        let text = String::from_utf8(got.body).unwrap();
        assert!(
            !text.contains("hunter2") && !text.contains("secret"),
            "{text}"
        );
        assert!(text.contains("abc-123"));
    }
}

#[tokio::test]
async fn a_request_id_is_taken_over_only_when_it_is_sane() {
    let app = app(HttpConfig::default());
    let id = async |given: &str| {
        let header = format!("x-request-id: {given}");
        let got = get(&app, "/api/v1/who", &[&header]).await;
        got.header("x-request-id").to_owned()
    };
    assert_eq!(id("from-browser.1").await, "from-browser.1");
    for bad in ["", "with space", "quote\"", &"x".repeat(129)] {
        let new = id(bad).await;
        assert_eq!(new.len(), 36, "{bad:?} became {new:?}");
    }
}

#[tokio::test]
async fn broken_addresses_are_refused() {
    let app = app(HttpConfig::default());
    let token = "authorization: Bearer good";
    for path in [
        "/api/v1/notes/%zz",
        "/api/v1/notes/%",
        "/api/v1/notes/a%00b",
        "/api/v1/notes/%ff",
        "/api/v1/notes?limit=%zz",
        "/api/v1/notes?limit=-1",
        "/api/v1/notes?unknown=1",
    ] {
        let got = get(&app, path, &[token]).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "invalid_request"),
            "{path}"
        );
    }
    let got = get(&app, "/api/v1/notes/no-uuid", &[token]).await;
    assert_eq!(got.status, 404);
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_browsers_safe() {
    let app = app(HttpConfig {
        hsts: true,
        ..HttpConfig::default()
    });
    for path in ["/api/v1/who", "/nothing", "/api/v1/panic"] {
        let got = get(&app, path, &[]).await;
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("referrer-policy"), "no-referrer");
        assert_eq!(got.header("cache-control"), "no-store");
        assert!(
            got.header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert!(
            got.header("strict-transport-security")
                .starts_with("max-age=")
        );
    }
    let plain = self::app(HttpConfig::default());
    let got = get(&plain, "/api/v1/who", &[]).await;
    assert_eq!(got.header("strict-transport-security"), "");
}

#[tokio::test]
async fn versions_protect_changes() {
    let app = app(HttpConfig::default());
    let path = "/api/v1/notes/0192f0c1-8b7a-7c3d-9e21-5f6a7b8c9d0e";
    let patch = async |header: &str| {
        let headers = ["authorization: Bearer good", header];
        send(&app, Method::PATCH, path, &headers, "").await
    };
    assert_eq!(patch("if-match: \"7\"").await.status, 200);
    let got = patch("if-match: \"6\"").await;
    assert_eq!((got.status, got.code().as_str()), (412, "version_mismatch"));
    assert_eq!(got.json()["current_version"], 7);
    assert_eq!(patch("if-match: seven").await.status, 400);
}

#[tokio::test]
async fn other_origins_may_call_only_when_they_are_listed() {
    let app = app(HttpConfig {
        cors_origins: vec!["https://app.example.org".into()],
        ..HttpConfig::default()
    });
    let preflight = async |origin: &str| {
        let origin = format!("origin: {origin}");
        let headers = [origin.as_str(), "access-control-request-method: POST"];
        send(&app, Method::OPTIONS, "/api/v1/notes", &headers, "").await
    };
    let listed = preflight("https://app.example.org").await;
    assert_eq!(listed.status, 204);
    assert_eq!(
        listed.header("access-control-allow-origin"),
        "https://app.example.org"
    );
    assert!(
        listed
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    let other = preflight("https://evil.example.org").await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let none = self::app(HttpConfig::default());
    let got = get(&none, "/api/v1/who", &["origin: https://app.example.org"]).await;
    assert_eq!(got.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn large_texts_are_compressed_for_clients_that_can() {
    let app = app(HttpConfig::default());
    for encoding in ["br", "gzip"] {
        let header = format!("accept-encoding: {encoding}");
        let got = get(&app, "/api/v1/large", &[&header]).await;
        assert_eq!(got.header("content-encoding"), encoding);
        assert!(got.body.len() < 1000);
    }
    let got = get(&app, "/api/v1/large", &[]).await;
    assert_eq!(
        (got.header("content-encoding"), got.body.len()),
        ("", 10_002)
    );
    let got = get(&app, "/api/v1/who", &["accept-encoding: br"]).await;
    assert_eq!(got.header("content-encoding"), "");
}

#[tokio::test]
async fn an_answer_before_the_body_has_ended_ends_the_connection() {
    let app = app(HttpConfig::default());
    let json = ["content-type: application/json"];
    let unread = send(&app, Method::POST, "/api/v1/nowhere", &json, "{\"a\": 1}").await;
    assert_eq!((unread.status, unread.header("connection")), (404, "close"));
    let read = send(&app, Method::POST, "/api/v1/small", &json, "{\"a\": 1}").await;
    assert_eq!((read.status, read.header("connection")), (200, ""));
    let none = send(&app, Method::POST, "/api/v1/nowhere", &[], "").await;
    assert_eq!((none.status, none.header("connection")), (404, ""));
}
