//! Posting to addresses that users name.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::{SignedDuration, Timestamp};

use super::Allowed;
use super::connect::Connector;

/// How much of an answer is kept, in bytes.
const KEPT: usize = 1_024;
/// How much of an answer is read, so that its connection can be used again.
const READ: usize = 64 * 1024;
/// Who sends.
const USER_AGENT: &str = concat!("Kith/", env!("CARGO_PKG_VERSION"));

/// The bounds of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long connecting may take, TLS included.
    pub connect: Duration,
    /// How long all of it may take.
    pub total: Duration,
    /// How many idle connections to one host are kept.
    pub idle: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(15),
            idle: 64,
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The status, where there was an answer.
    pub status: Option<StatusCode>,
    /// The first bytes of the answer, as text.
    pub body: String,
    /// Why there was none.
    pub error: Option<String>,
    /// When the receiver asks to come again.
    pub retry_after: Option<Duration>,
}

/// Why a URL is not sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or has no host.
    NotAUrl,
    /// Its scheme is neither `https` nor, where that is possible, `http`.
    Scheme,
    /// It has a user name or password.
    Credentials,
    /// Its address is not a public one.
    Closed,
}

/// Posts, and follows no redirects. Clones share the connections.
#[derive(Clone)]
pub struct Client {
    pooled: Pooled<Connector, Full<Bytes>>,
    allowed: Arc<Allowed>,
    limits: Limits,
}

impl Client {
    /// A client that reaches public addresses and those of `allowed`.
    ///
    /// # Errors
    /// Where TLS can't be set up.
    pub fn new(allowed: Allowed, limits: Limits) -> Result<Self, rustls::Error> {
        let allowed = Arc::new(allowed);
        let connector = Connector::new(Arc::clone(&allowed), limits.connect)?;
        let pooled = Pooled::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(limits.idle)
            .build(connector);
        Ok(Self {
            pooled,
            allowed,
            limits,
        })
    }

    /// Whether `url` could be sent to, as far as can be told without asking a name server.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(&self, url: &str) -> Result<(), Refusal> {
        let uri: Uri = url.parse().map_err(|_| Refusal::NotAUrl)?;
        let authority = uri.authority().ok_or(Refusal::NotAUrl)?;
        if authority.as_str().contains('@') {
            return Err(Refusal::Credentials);
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(Refusal::NotAUrl);
        }
        let literal: Option<IpAddr> = (host.trim_start_matches('[').trim_end_matches(']'))
            .parse()
            .ok();
        if literal.is_some_and(|address| !self.allowed.admits(address)) {
            return Err(Refusal::Closed);
        }
        match uri.scheme_str() {
            Some("https") => Ok(()),
            // Which address a name has is looked at when it is connected to.
            Some("http")
                if literal.map_or(!self.allowed.is_empty(), |at| self.allowed.names(at)) =>
            {
                Ok(())
            }
            _ => Err(Refusal::Scheme),
        }
    }

    /// Posts `body` as JSON. Never fails: what goes wrong is an outcome, too. `now` is what a date
    /// in `Retry-After` is compared with.
    pub async fn post(
        &self,
        url: &str,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
        now: Timestamp,
    ) -> Outcome {
        if let Err(refusal) = self.check(url) {
            return Outcome::failed(format!("The URL can't be used: {refusal:?}."));
        }
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        match url.parse() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return Outcome::failed("The URL is not valid.".to_owned()),
        }
        let out = request.headers_mut();
        out.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        out.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        out.extend(headers);
        let exchange = async {
            match self.pooled.request(request).await {
                Ok(answer) => {
                    let (parts, body) = answer.into_parts();
                    Outcome {
                        status: Some(parts.status),
                        body: first_bytes(body).await,
                        error: None,
                        retry_after: retry_after(&parts.headers, now),
                    }
                }
                Err(error) => Outcome::failed(reason(&error)),
            }
        };
        (tokio::time::timeout(self.limits.total, exchange).await).unwrap_or_else(|_| {
            let seconds = self.limits.total.as_secs_f32();
            Outcome::failed(format!("There was no answer within {seconds} s."))
        })
    }
}

impl Outcome {
    fn failed(error: String) -> Self {
        Self {
            status: None,
            body: String::new(),
            error: Some(error),
            retry_after: None,
        }
    }
}

/// The innermost reason says most.
fn reason(error: &hyper_util::client::legacy::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let text: String = deepest.to_string().chars().take(300).collect();
    if error.source().is_some() || error.is_connect() {
        text
    } else {
        "The connection ended without an answer.".to_owned()
    }
}

/// The beginning of an answer, without characters that neither people nor the database can read.
async fn first_bytes(mut body: Incoming) -> String {
    let mut kept = Vec::new();
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        read += data.len();
        let room = KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&data[..data.len().min(room)]);
        // A connection with more than that on it is not worth keeping.
        if read > READ || body.size_hint().lower() > READ as u64 {
            break;
        }
    }
    String::from_utf8_lossy(&kept).replace('\0', "\u{fffd}")
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait: SignedDuration = at.duration_since(now);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(allowed: &[&str]) -> Client {
        let networks = allowed.iter().map(|net| net.parse().unwrap()).collect();
        Client::new(Allowed::new(networks), Limits::default()).unwrap()
    }

    #[test]
    fn a_url_is_judged_before_it_is_kept() {
        let strict = client(&[]);
        for (url, said) in [
            ("https://example.com/hook?a=1", Ok(())),
            ("https://example.com:8443/", Ok(())),
            ("https://93.184.216.34/", Ok(())),
            ("http://example.com/", Err(Refusal::Scheme)),
            ("ftp://example.com/", Err(Refusal::Scheme)),
            ("/hook", Err(Refusal::NotAUrl)),
            ("example", Err(Refusal::Scheme)),
            ("https://", Err(Refusal::NotAUrl)),
            ("https://me:secret@example.com/", Err(Refusal::Credentials)),
            ("https://127.0.0.1/", Err(Refusal::Closed)),
            ("https://[::1]/", Err(Refusal::Closed)),
            ("https://[::ffff:a9fe:a9fe]/", Err(Refusal::Closed)),
            (
                "http://169.254.169.254/latest/meta-data",
                Err(Refusal::Closed),
            ),
        ] {
            assert_eq!(strict.check(url), said, "{url}");
        }
        let home = client(&["127.0.0.0/8"]);
        assert_eq!(home.check("http://127.0.0.1:8080/"), Ok(()));
        assert_eq!(home.check("http://1.1.1.1/"), Err(Refusal::Scheme));
        assert_eq!(home.check("http://10.0.0.1/"), Err(Refusal::Closed));
    }

    #[tokio::test]
    async fn names_are_judged_by_what_they_resolve_to() {
        for url in ["https://localhost:1/", "https://LocalHost:1/"] {
            let now = Timestamp::UNIX_EPOCH;
            let outcome = client(&[]).post(url, Vec::new(), Bytes::new(), now).await;
            let error = outcome.error.unwrap();
            assert!(error.contains("is not a public one"), "{url}: {error}");
        }
    }

    #[test]
    fn a_receiver_says_when_to_come_again() {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let after = |text: &'static str| {
            let headers = [(header::RETRY_AFTER, HeaderValue::from_static(text))];
            retry_after(&headers.into_iter().collect(), now)
        };
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(
            after("Mon, 01 Jun 2026 12:01:00 GMT"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(after("Mon, 01 Jun 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-1"), None);
    }
}
