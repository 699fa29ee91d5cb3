//! The effect of a request with an `Idempotency-Key`, and its answer, once.
//!
//! The key is claimed and the answer kept in the transaction of the effect, so that either both
//! are there or neither is. A second request with the same key waits for the first one's commit
//! and then gets its answer again. Keys are forgotten after 24 hours.
//!
//! A service that uses it has this table in its own schema:
//!
//! ```sql
//! CREATE TABLE records.idempotency (
//!   workspace_id uuid NOT NULL,
//!   user_id uuid NOT NULL,
//!   key text NOT NULL,
//!   fingerprint bytea NOT NULL,
//!   status smallint,
//!   headers jsonb,
//!   body bytea,
//!   created_at timestamptz NOT NULL,
//!   PRIMARY KEY (workspace_id, user_id, key)
//! );
//! CREATE INDEX idempotency_created_at ON records.idempotency (created_at);
//! SELECT kith.protect('records.idempotency');
//! ```
//!
//! A handler takes [`OnceJson`](crate::OnceJson) or [`Once`](crate::Once) and goes
//! [`claim_in`], effect, [`complete_in`], commit:
//!
//! ```ignore
//! if let Some(once) = &once
//!     && let Claim::Replay(answer) = claim_in(&tx, "records", &actor, once, now).await?
//! {
//!     return Ok(answer.into_response());
//! }
//! let answer = Stored::json(StatusCode::CREATED, &create_in(&tx, …).await?)?;
//! if let Some(once) = &once {
//!     complete_in(&tx, "records", &actor, once, &answer).await?;
//! }
//! tx.commit().await?;
//! Ok(answer.into_response())
//! ```

mod store;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use kith_kernel::Failure;
use serde::Serialize;

pub use store::{claim_in, complete_in, sweep};

/// The header of an answer that is given again.
pub const REPLAYED: &str = "idempotency-replayed";

/// A request's key and what the request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key; it belongs to one user of one workspace.
    pub key: String,
    /// SHA-256 of method, path, query and body.
    pub fingerprint: [u8; 32],
}

/// What a claim of a key gives.
#[derive(Debug)]
pub enum Claim {
    /// The request is new: do it, and keep its answer by `complete_in`.
    Fresh,
    /// The request was answered before: give this answer again.
    Replay(Stored),
}

/// An answer that can be kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The status.
    pub status: StatusCode,
    /// The headers worth keeping: `Content-Type`, `ETag`, `Location`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Whether it is given again.
    pub replayed: bool,
}

impl Stored {
    /// An answer in JSON.
    ///
    /// # Errors
    /// `Internal` where `body` can't be serialised.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(body).map_err(Failure::internal)?;
        let json = HeaderValue::from_static("application/json");
        Ok(Self {
            body: body.into(),
            ..Self::empty(status).header(header::CONTENT_TYPE, json)
        })
    }

    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            replayed: false,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl IntoResponse for Stored {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.headers, self.body).into_response();
        if self.replayed {
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
