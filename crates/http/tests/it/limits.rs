use std::time::Duration;

use kith_http::HttpConfig;
use kith_http::limit::Rate;

use crate::app::{app, get};

const TOKEN: &str = "authorization: Bearer good";

#[tokio::test]
async fn an_actor_sees_the_allowance_and_is_refused_without_it() {
    let app = app(HttpConfig {
        rate: Rate {
            burst: 2,
            per_second: 0.01,
        },
        ..HttpConfig::default()
    });
    let got = get(&app, "/api/v1/notes", &[TOKEN]).await;
    assert_eq!(got.header("ratelimit-policy"), "\"actor\";q=2;w=200");
    assert_eq!(got.header("ratelimit"), "\"actor\";r=1;t=100");
    get(&app, "/api/v1/notes", &[TOKEN]).await;
    let got = get(&app, "/api/v1/notes", &[TOKEN]).await;
    assert_eq!((got.status, got.code().as_str()), (429, "rate_limited"));
    assert!(got.header("ratelimit").starts_with("\"actor\";r=0;t="));
    let wait: u32 = got.header("retry-after").parse().unwrap();
    assert!((90..=100).contains(&wait), "{wait}");
    // A session has an allowance of its own, and whoever is nobody has none to lose.
    let session = "cookie: __Host-kith_session=good";
    assert_eq!(get(&app, "/api/v1/notes", &[session]).await.status, 200);
    assert_eq!(get(&app, "/api/v1/large", &[]).await.status, 200);
}

#[tokio::test]
async fn no_limit_means_no_headers() {
    let app = app(HttpConfig {
        rate: Rate {
            burst: 0,
            per_second: 0.0,
        },
        ..HttpConfig::default()
    });
    let got = get(&app, "/api/v1/notes", &[TOKEN]).await;
    assert_eq!((got.status, got.header("ratelimit")), (200, ""));
}

#[tokio::test]
async fn an_overloaded_server_says_so() {
    let app = app(HttpConfig {
        max_concurrent: 0,
        body_idle: Duration::from_secs(1),
        ..HttpConfig::default()
    });
    let got = get(&app, "/api/v1/who", &[]).await;
    assert_eq!((got.status, got.code().as_str()), (503, "unavailable"));
    assert_eq!(got.header("retry-after"), "1");
}
