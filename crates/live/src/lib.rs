//! What happens, as it happens: one stream of server-sent events for each browser.
//!
//! A [`Hub`](hub::Hub) follows the services' logs once for all streams of the process. An event is
//! shown to each kind of viewer once, by the same rules as a read, and goes out to all of them as
//! the same bytes. A stream that comes back with `Last-Event-ID` is first shown what it missed.

mod frame;
mod hub;
mod place;
mod presence;
mod stream;

use std::sync::Arc;

use axum::extract::FromRef;
use kith_bus::Bus;
use kith_contracts::{Authenticator, LiveEvents, RecordEvents};
use kith_http::{Routed, Routes};
use tokio_util::sync::CancellationToken;

pub use hub::Limits;
use hub::{Hub, Source};
use presence::Presences;

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// What follows the logs.
    pub bus: Bus,
    /// Who turns credentials into actors.
    pub authenticator: Arc<dyn Authenticator>,
    /// Who shows the records' events.
    pub records: Arc<dyn RecordEvents>,
    /// Whose events are shown besides: the log, and who shows it.
    pub others: Vec<(&'static str, Arc<dyn LiveEvents>)>,
    /// How many streams there may be.
    pub limits: Limits,
}

/// Live updates. Clones share everything.
#[derive(Clone)]
pub struct Live {
    inner: Arc<Inner>,
}

struct Inner {
    deps: Deps,
    hub: Hub,
    presences: Presences,
    closed: CancellationToken,
}

impl Live {
    /// The service. Open it before [`Bus::listen`] runs, so that the logs are followed.
    pub fn open(deps: Deps) -> Self {
        let mut sources = vec![Source::records(&deps)];
        let others = deps.others.iter();
        sources.extend(others.map(|(log, shows)| Source::other(&deps.bus, log, shows)));
        Self {
            inner: Arc::new(Inner {
                hub: Hub::new(sources, deps.limits),
                presences: Presences::new(deps.bus.presence().clone()),
                deps,
                closed: CancellationToken::new(),
            }),
        }
    }

    /// The routes, for below `/api/v1`.
    pub fn routes(&self) -> Routed {
        let routes = Routes::new(
            "Live",
            "What happens, as it happens, and who is looking at the same.",
            self.clone(),
        );
        presence::routes(stream::routes(routes)).finish()
    }

    /// Serves the streams of this process, until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        tokio::join!(
            self.inner.hub.run(&stop),
            self.inner.presences.run(&self.inner.hub, &stop),
        );
        self.close();
    }

    /// Ends all streams; their clients come back elsewhere, or when the server is there again.
    pub fn close(&self) {
        self.inner.closed.cancel();
    }

    fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    fn presences(&self) -> &Presences {
        &self.inner.presences
    }

    fn deps(&self) -> &Deps {
        &self.inner.deps
    }

    fn closed(&self) -> &CancellationToken {
        &self.inner.closed
    }
}

impl FromRef<Live> for Arc<dyn Authenticator> {
    fn from_ref(live: &Live) -> Self {
        Arc::clone(&live.inner.deps.authenticator)
    }
}
