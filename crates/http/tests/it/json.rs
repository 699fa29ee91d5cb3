use http::Method;
use kith_http::HttpConfig;
use proptest::prelude::*;

use crate::app::{app, post, send};

#[tokio::test]
async fn a_valid_body_comes_back() {
    let app = app(HttpConfig::default());
    let got = post(&app, "/api/v1/notes", r#"{"text":"é \u00e9 \\u0000"}"#).await;
    assert_eq!((got.status, got.header("etag")), (201, "\"1\""));
    assert_eq!(got.json()["text"], "é é \\u0000");
}

#[tokio::test]
async fn a_refusal_names_the_field() {
    let app = app(HttpConfig::default());
    let got = post(&app, "/api/v1/notes", r#"{"text":"a","tags":["b",2]}"#).await;
    assert_eq!((got.status, got.code().as_str()), (400, "invalid_request"));
    assert_eq!(got.json()["errors"][0]["field"], "tags[1]");
    let got = post(&app, "/api/v1/notes", r#"{"text":""}"#).await;
    assert_eq!(
        (got.status, got.code().as_str()),
        (422, "validation_failed")
    );
    assert_eq!(got.json()["errors"][0]["field"], "text");
}

#[tokio::test]
async fn bodies_are_bounded() {
    let app = app(HttpConfig {
        json_limit: 1000,
        ..HttpConfig::default()
    });
    let body = |bytes: usize| format!(r#"{{"text":"{}"}}"#, "x".repeat(bytes - 11));
    assert_eq!(post(&app, "/api/v1/notes", body(1000)).await.status, 201);
    let got = post(&app, "/api/v1/notes", body(1001)).await;
    assert_eq!(
        (got.status, got.code().as_str()),
        (413, "payload_too_large")
    );
    assert_eq!(got.json()["limit"], 1000);
    // Without a length that could be believed, the bytes are counted.
    let chunks = (0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(100)));
    let chunks = futures_util::stream::iter(chunks);
    let got = post(&app, "/api/v1/notes", axum::body::Body::from_stream(chunks)).await;
    assert_eq!(got.status, 413);
    // A route may have a bound of its own.
    let got = post(&app, "/api/v1/small", body(65)).await;
    assert_eq!(got.status, 413);
}

#[tokio::test]
async fn only_json_is_taken() {
    let app = app(HttpConfig::default());
    for kind in ["content-type: text/plain", "accept: */*"] {
        let headers = ["authorization: Bearer good", kind];
        let got = send(
            &app,
            Method::POST,
            "/api/v1/notes",
            &headers,
            r#"{"text":"a"}"#,
        )
        .await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (415, "unsupported_media_type")
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let app = app(HttpConfig::default());
    let chunks = futures_util::stream::iter([
        Ok(r#"{"text":"#.to_owned()),
        Err(std::io::Error::other("gone")),
    ]);
    let got = post(&app, "/api/v1/notes", axum::body::Body::from_stream(chunks)).await;
    assert_eq!((got.status, got.code().as_str()), (400, "invalid_request"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_body_breaks_the_server(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(body);
    }

    #[test]
    fn no_text_that_looks_like_json_breaks_the_server(body in r#"[\[\]{}",:\\/u0bnft1e. -]{0,80}"#) {
        check(body.into_bytes());
    }
}

/// The server takes exactly the values that a lenient parser takes, or refuses by a problem.
fn check(body: Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let lenient: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    let got = runtime.block_on(async {
        let app = app(HttpConfig::default());
        post(&app, "/api/v1/small", body).await
    });
    if got.status == 200 {
        assert_eq!(Some(got.json()), lenient);
    } else {
        assert!([400, 413].contains(&got.status));
        got.code();
    }
}
