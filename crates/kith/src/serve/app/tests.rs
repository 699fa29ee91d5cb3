use std::borrow::Cow;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use kith_http::{Edge, HttpConfig, layers};
use kith_kernel::Clock;
use tower::ServiceExt as _;

use super::file::File;
use super::*;

const PAGE: &str =
    "<!doctype html>\n<html lang=\"en\" data-theme=\"system\">\n<body data-theme=\"system\">\n";
const SCRIPT: &str = "console.log(\"hello\");";

/// A build of a page, a script and an icon.
fn build(path: &str) -> Option<File> {
    let content: &[u8] = match path {
        "index.html" => PAGE.as_bytes(),
        "assets/app-1a2b.js" => SCRIPT.as_bytes(),
        "assets/app-1a2b.js.br" => b"packed",
        "icon.svg" => b"<svg/>",
        _ => return None,
    };
    let mut hash = [0; 32];
    hash[0] = u8::try_from(content.len()).unwrap_or(0);
    Some(File {
        content: Cow::Borrowed(content),
        hash,
    })
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(files: Files, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    let api = Router::new().route("/session", get(async || "the api"));
    let router = Router::new().nest("/api/v1", api).merge(router(files));
    let app = layers(router, &Edge::new(HttpConfig::default(), Clock::system()));
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reply = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = reply.into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&body).into_owned(),
    }
}

async fn read(path: &str, headers: &[(&str, &str)]) -> Reply {
    ask(Files(build), Method::GET, path, headers).await
}

#[tokio::test]
async fn every_address_of_the_application_is_its_page() {
    for path in [
        "/",
        "/setup?token=x",
        "/objects/people",
        "/objects/deals/0192?tab=x.y",
        "/index.html",
        "/signin/",
    ] {
        let page = read(path, &[]).await;
        assert_eq!(
            (page.status, page.text.as_str()),
            (StatusCode::OK, PAGE),
            "{path}"
        );
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(
            page.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
             connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn what_is_missing_is_never_the_page() {
    for path in [
        "/assets/app-0000.js",
        "/assets/",
        "/assets/app-1a2b.js.br",
        "/favicon.ico",
        "/robots.txt",
        "/a/b/c.map",
        "/assets/../index.html",
        "/assets/..%2findex.html",
        "/..",
        "/assets//app-1a2b.js",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/x",
        "/graphql",
        "/metrics",
        "/healthz/x",
        "/.well-known/x",
        "/problems/internal",
    ] {
        let reply = read(path, &[]).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{path}"
        );
    }
    assert_eq!(read("/api/v1/session", &[]).await.text, "the api");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for path in ["/", "/people", "/api/v1/nothing", "/assets/app-1a2b.js"] {
            let reply = ask(Files(build), method.clone(), path, &[]).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn assets_are_packed_and_stay_for_a_year() {
    let path = "/assets/app-1a2b.js";
    let plain = read(path, &[]).await;
    assert_eq!(
        (plain.text.as_str(), plain.header("content-encoding")),
        (SCRIPT, "")
    );
    assert_eq!(
        plain.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        plain.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(plain.header("vary").contains("accept-encoding"));
    for takes in ["br", "gzip, deflate, BR", "gzip;q=1.0, br; q=0.5"] {
        let packed = read(path, &[("accept-encoding", takes)]).await;
        assert_eq!(
            (packed.text.as_str(), packed.header("content-encoding")),
            ("packed", "br"),
            "{takes}"
        );
        assert_ne!(packed.header("etag"), plain.header("etag"));
    }
    for takes in ["gzip", "br;q=0", "identity", "brr", ""] {
        let plain = read(path, &[("accept-encoding", takes)]).await;
        assert_eq!(plain.text, SCRIPT, "{takes}");
    }
    let tag = plain.header("etag").to_owned();
    let known = read(path, &[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, known.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let head = ask(Files(build), Method::HEAD, path, &[]).await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.header("content-length"), SCRIPT.len().to_string());
    // What has no name of its own for each version is asked for again.
    assert_eq!(
        read("/icon.svg", &[]).await.header("cache-control"),
        "no-cache"
    );
}

#[tokio::test]
async fn the_page_comes_in_the_theme_that_the_browser_asks_for() {
    let system = read("/", &[]).await;
    let dark = read("/people", &[("cookie", "a=b; kith_theme=dark")]).await;
    assert!(
        dark.text.contains("<html lang=\"en\" data-theme=\"dark\">"),
        "{}",
        dark.text
    );
    assert!(dark.text.contains("<body data-theme=\"system\">"));
    assert!(dark.header("vary").contains("cookie"));
    assert_ne!(dark.header("etag"), system.header("etag"));
    for strange in [
        "kith_theme=\"><script>",
        "kith_theme=",
        "kith_theme=system",
        "theme=dark",
    ] {
        assert_eq!(
            read("/", &[("cookie", strange)]).await.text,
            PAGE,
            "{strange}"
        );
    }
    // The version that the browser has of another theme is not this one.
    let tag = system.header("etag").to_owned();
    let again = read("/", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    // The browser keeps this policy for the page that it has.
    assert_eq!(
        again.header("content-security-policy"),
        system.header("content-security-policy")
    );
    let other = read(
        "/",
        &[("if-none-match", &tag), ("cookie", "kith_theme=dark")],
    )
    .await;
    assert_eq!(other.status, StatusCode::OK);
    let head = ask(Files(build), Method::HEAD, "/", &[]).await;
    assert_eq!(
        (head.status, head.text.as_str(), head.header("etag")),
        (StatusCode::OK, "", tag.as_str())
    );
}

#[tokio::test]
async fn without_a_build_a_page_says_how_to_make_one() {
    let none = Files(|_| None);
    let page = ask(none, Method::GET, "/objects/people", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("scripts/build-web.sh"), "{}", page.text);
    assert!(!none.are_there() && Files(build).are_there());
    for path in ["/unbuilt.css", "/favicon.svg"] {
        assert_eq!(
            ask(none, Method::GET, path, &[]).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(
        ask(none, Method::GET, "/assets/x.js", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    // Whatever was built or not: what is read from disk is not led elsewhere.
    let built = Files::built();
    for path in [
        "/../Cargo.toml",
        "/assets/../../package.json",
        "/assets/..\\..\\package.json",
    ] {
        let reply = ask(built, Method::GET, path, &[]).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}
