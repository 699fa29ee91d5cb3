//! What the outermost layer knows of a request, for extractors further in.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use http::request::Parts;
use kith_kernel::{Actor, ErrorCode, RequestId, UserId, WorkspaceId};

use crate::Problem;
use crate::limit::{ActorLimiter, Standing};

/// One request, as the layers see it. Present in the request's extensions under
/// [`layers`](crate::layers).
#[derive(Clone)]
pub struct RequestContext(Arc<Inner>);

struct Inner {
    id: RequestId,
    client: IpAddr,
    limiter: Arc<ActorLimiter>,
    actor: OnceLock<(WorkspaceId, UserId)>,
    standing: OnceLock<Standing>,
}

impl RequestContext {
    pub(crate) fn new(id: RequestId, client: IpAddr, limiter: Arc<ActorLimiter>) -> Self {
        Self(Arc::new(Inner {
            id,
            client,
            limiter,
            actor: OnceLock::new(),
            standing: OnceLock::new(),
        }))
    }

    /// The request's id.
    pub fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// The client's address: the socket's, or what a trusted proxy says.
    pub fn client(&self) -> IpAddr {
        self.0.client
    }

    /// Who acts, once that is known.
    pub fn actor(&self) -> Option<(WorkspaceId, UserId)> {
        self.0.actor.get().copied()
    }

    pub(crate) fn standing(&self) -> Option<Standing> {
        self.0.standing.get().copied()
    }

    /// Notes who acts, for the log, and takes one request from their allowance.
    pub(crate) fn admit(&self, actor: &Actor) -> Result<(), Problem> {
        if self.0.actor.set((actor.workspace, actor.user)).is_err() {
            return Ok(());
        }
        let Some(standing) = self.0.limiter.take(actor) else {
            return Ok(());
        };
        let _ = self.0.standing.set(standing);
        if standing.admitted {
            return Ok(());
        }
        let message = "Too many requests. Wait as long as Retry-After says.";
        let mut problem = Problem::new(ErrorCode::RateLimited, message);
        problem.0.retry_after = Some(standing.reset_seconds.max(1));
        Err(problem)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Problem(kith_kernel::Failure::internal(
                "the router runs without kith_http::layers",
            ))
        })
    }
}

/// The client's address; unspecified (`0.0.0.0`) where the router runs without layers.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<RequestContext>();
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Ok(Self(context.map_or(unknown, RequestContext::client)))
    }
}
