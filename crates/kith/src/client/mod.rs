//! Talking to a running server, as `kith import`, `kith export` and `kith demo` do.

mod problem;
mod retry;

use std::time::Duration;

use anyhow::{Context, bail};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use reqwest::{Body, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::Settings;
use crate::terminal::warn;

pub(crate) use problem::Refused;
use retry::Attempts;

/// A client without settings of its own, for probes too. Files may take hours, so that there is
/// no bound on a whole request. Only with `tls` does the machine have to have CA certificates.
pub(crate) fn plain(tls: bool) -> anyhow::Result<reqwest::Client> {
    // Fails where it was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .tcp_keepalive(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("kith/", env!("CARGO_PKG_VERSION")));
    if !tls {
        builder = builder.tls_certs_only([]);
    }
    builder.build().context(
        "the HTTP client can't be set up; are the machine's CA certificates there \
         (on Debian: apt install ca-certificates)?",
    )
}

/// The API of one server, with one token.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: HeaderValue,
}

impl Client {
    /// The server and token that the settings name.
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let url = settings.text("url").trim_end_matches('/');
        let base = Url::parse(&format!("{url}/api/v1/"))
            .ok()
            .filter(|base| matches!(base.scheme(), "http" | "https"))
            .with_context(|| format!("KITH_URL is {url:?}, which is no address of a server"))?;
        let token = settings.text("token");
        if token.is_empty() {
            bail!("KITH_TOKEN is not set; `kith token create EMAIL` makes a token");
        }
        let mut token = HeaderValue::from_str(&format!("Bearer {token}"))
            .context("KITH_TOKEN has characters that no token has")?;
        token.set_sensitive(true);
        Ok(Self {
            http: plain(base.scheme() == "https")?,
            base,
            token,
        })
    }

    /// The address of a path below `/api/v1`, such as `imports/1?x=y`.
    pub(crate) fn address(&self, path: &str) -> anyhow::Result<Url> {
        let joined = self.base.join(path.trim_start_matches('/'));
        joined.with_context(|| format!("{path:?} is no path"))
    }

    /// Sends a request and retries it while the server asks for that, or can't be reached and the
    /// request can be repeated safely. `body` makes the body anew for each attempt.
    ///
    /// # Errors
    /// [`Refused`], with the problem document, where the server refuses.
    pub(crate) async fn send(
        &self,
        method: Method,
        address: Url,
        headers: &HeaderMap,
        mut body: impl AsyncFnMut() -> anyhow::Result<Option<Body>>,
    ) -> anyhow::Result<Response> {
        let repeatable = method.is_idempotent() || headers.contains_key("idempotency-key");
        let mut attempts = Attempts::default();
        loop {
            let mut request = self
                .http
                .request(method.clone(), address.clone())
                .headers(headers.clone())
                .header(header::AUTHORIZATION, self.token.clone());
            if let Some(body) = body().await? {
                request = request.body(body);
            }
            match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let refused = Refused::read(response).await;
                    let Some(wait) = attempts.after_refusal(&refused) else {
                        return Err(refused.into());
                    };
                    tokio::time::sleep(wait).await;
                }
                Err(error) => {
                    let again = repeatable || error.is_connect();
                    let Some(wait) = attempts.after_failure().filter(|_| again) else {
                        return Err(unreachable(error, &address));
                    };
                    if attempts.is_first() {
                        warn("The server can't be reached; trying again for some seconds.");
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// `GET`, as JSON.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let response = self
            .send(
                Method::GET,
                self.address(path)?,
                &HeaderMap::new(),
                async || Ok(None),
            )
            .await?;
        decode(response).await
    }

    /// `GET`, as it comes.
    pub(crate) async fn open(&self, address: Url) -> anyhow::Result<Response> {
        self.send(Method::GET, address, &HeaderMap::new(), async || Ok(None))
            .await
    }

    /// Sends JSON and reads JSON, once however often it has to be tried.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<T> {
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if method == Method::POST {
            headers.insert(IDEMPOTENCY_KEY, new_key()?);
        }
        let text = body.to_string();
        let response = self
            .send(method, self.address(path)?, &headers, async || {
                Ok(Some(Body::from(text.clone())))
            })
            .await?;
        decode(response).await
    }
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key for a request that may have to be sent more than once.
pub(crate) fn new_key() -> anyhow::Result<HeaderValue> {
    let number = u128::from_be_bytes(kith_crypto::random_bytes());
    Ok(HeaderValue::from_str(&format!("{number:032x}"))?)
}

pub(crate) async fn decode<T: DeserializeOwned>(response: Response) -> anyhow::Result<T> {
    let text = response.text().await.context("the answer broke off")?;
    let text = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(text).context("the server answered something that this version can't read")
}

fn unreachable(error: reqwest::Error, address: &Url) -> anyhow::Error {
    let server = address.origin().ascii_serialization();
    let error = error.without_url();
    let what = if error.is_connect() {
        format!("no server answers at {server}; is `kith serve` running, and KITH_URL right?")
    } else if error.is_timeout() {
        format!("the server at {server} did not answer in time")
    } else {
        format!("the connection to {server} broke off")
    };
    anyhow::Error::new(error).context(what)
}
