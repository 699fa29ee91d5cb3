//! Whether a request's body was read to its end.
//!
//! Where it wasn't, the rest is still on its way and the connection can't serve another request.
//! The answer says so, or the client would send its next request into a connection that closes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Version, header};
use http_body::{Frame, SizeHint};

/// A body that tells when it has ended.
pub(super) struct Watched {
    body: Body,
    ended: Arc<AtomicBool>,
}

/// What is known of a body that somebody else reads.
pub(super) struct Rest(Arc<AtomicBool>);

impl Watched {
    pub(super) fn new(body: Body) -> (Self, Rest) {
        let ended = Arc::new(AtomicBool::new(false));
        let rest = Rest(Arc::clone(&ended));
        (Self { body, ended }, rest)
    }
}

impl Rest {
    /// Says in the answer that the connection ends with it, where some of the body is unread.
    pub(super) fn close(&self, version: Version, headers: &mut HeaderMap) {
        if !self.0.load(Ordering::Relaxed) && version < Version::HTTP_2 {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.ended.store(true, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
