//! `kith serve`.

mod addresses;
mod app;
mod database;
mod front;
mod readiness;
mod roles;
mod signals;
mod telemetry;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use kith_http::{Edge, layers, openapi, server};
use kith_kernel::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::retention;
use crate::services::Services;
use crate::terminal::say;

pub(crate) use database::Database;
pub(crate) use roles::Roles;

use addresses::Note;
use readiness::Readiness;
use signals::Signals;

/// How long background work may take to end.
const WORKERS_END: Duration = Duration::from_secs(10);

/// Runs the server until it is told to stop. A second signal ends the process at once.
pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let mut serving = std::pin::pin!(serve(settings, stop.clone()));
    let signal = tokio::select! {
        ended = &mut serving => return ended,
        signal = signals.next() => signal,
    };
    tracing::info!(signal, "stopping; a second signal stops at once");
    stop.cancel();
    tokio::select! {
        ended = &mut serving => ended,
        _ = signals.next() => anyhow::bail!("stopped at once, by a second signal"),
    }
}

/// Starts everything, serves until `stop`, and stops everything in reverse order.
async fn serve(settings: Settings, stop: CancellationToken) -> anyhow::Result<()> {
    let roles = Roles::parse(&settings.list("roles"))?;
    let edge = Edge::new(settings.http()?, Clock::system());
    let scraped = telemetry::start()?;
    let readiness = Readiness::starting();

    // Listening comes first: a port that is taken shows at once, and probes see the start.
    let listener = addresses::bind("listen", settings.text("listen")).await?;
    let address = listener.local_addr()?;
    let base = base_url(&settings, address);
    let listening = CancellationToken::new();
    let services: front::Services = Arc::new(OnceLock::new());
    let mut servers = Servers::new(&settings, &listening);
    servers.serve(
        listener,
        front::router(&readiness, Arc::clone(&services), &edge),
    );
    let admin = match settings.text("admin_listen") {
        "off" => None,
        wanted => {
            let listener = addresses::bind("admin_listen", wanted).await?;
            let address = listener.local_addr()?;
            let router = front::health(&readiness).merge(telemetry::router(scraped));
            servers.serve(listener, layers(router, &edge));
            Some(address)
        }
    };

    let started = tokio::select! {
        started = start(&settings, &base, &roles, &readiness) => Some(started?),
        () = stop.cancelled() => None,
    };
    let Some((database, opened)) = started else {
        return Ok(());
    };
    let app = assemble(&opened, &roles, &edge);
    let work_stops = CancellationToken::new();
    let months = u16::try_from(settings.number("events.keep_months"))?;
    retention::keep(&opened.bus, months).map_err(|failure| anyhow::anyhow!(failure.message))?;
    let work = opened.work(&roles, &work_stops);
    let _ = services.set(app);
    readiness.serving();
    let notes = announce(&settings, address, admin)?;
    tracing::info!(
        %address, admin = admin.map(|address| address.to_string()), %roles,
        postgres = database.postgres(), "ready"
    );
    greet(&base, &settings.data(), &opened).await;

    stop.cancelled().await;
    readiness.stopping();
    // Streams would keep their connections open as long as they may.
    opened.live.close();
    listening.cancel();
    servers.end().await;
    work_stops.cancel();
    end(work).await;
    drop(notes);
    database.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn start(
    settings: &Settings,
    base: &str,
    roles: &Roles,
    readiness: &Readiness,
) -> anyhow::Result<(Database, Services)> {
    let database = Database::open(settings).await?;
    readiness.watch(&database.store).await;
    let services = Services::open(&database.store, settings.setup(base)?).await?;
    if roles.has("interactions", "http") || roles.has("interactions", "worker") {
        let checked = services.interactions.check_keys().await;
        checked.map_err(crate::offline::explain)?;
    }
    Ok((database, services))
}

/// Everything under one router.
fn assemble(services: &Services, roles: &Roles, edge: &Edge) -> Router {
    let routed = services.routes(roles);
    let files = app::Files::built();
    let router = Router::new()
        .nest("/api/v1", routed.router)
        .merge(services.pages(roles, files.are_there()))
        .merge(openapi::docs_router())
        .merge(app::router(files));
    layers(router, edge)
}

/// The listeners that run.
struct Servers<'a> {
    settings: &'a Settings,
    stop: &'a CancellationToken,
    running: JoinSet<()>,
}

impl<'a> Servers<'a> {
    fn new(settings: &'a Settings, stop: &'a CancellationToken) -> Self {
        Self {
            settings,
            stop,
            running: JoinSet::new(),
        }
    }

    fn serve(&mut self, listener: TcpListener, router: Router) {
        let config = self.settings.connections();
        let stop = self.stop.clone().cancelled_owned();
        self.running
            .spawn(server::serve(listener, router, config, stop));
    }

    async fn end(mut self) {
        while self.running.join_next().await.is_some() {}
    }
}

/// Writes down where this process listens.
fn announce(
    settings: &Settings,
    address: SocketAddr,
    admin: Option<SocketAddr>,
) -> anyhow::Result<Vec<Note>> {
    let data = settings.data();
    let mut notes = vec![Note::write(&data, "http", address)?];
    if let Some(admin) = admin {
        notes.push(Note::write(&data, "admin", admin)?);
    }
    Ok(notes)
}

/// Where people reach this server.
fn base_url(settings: &Settings, address: SocketAddr) -> String {
    match settings.text("public_url") {
        "" => format!("http://{}", reachable(address)),
        url => url.trim_end_matches('/').to_owned(),
    }
}

/// Tells whoever started the server where to go next, in commands that work where it was started.
async fn greet(base: &str, data: &Path, services: &Services) {
    let kith = std::env::args().next().unwrap_or_else(|| "kith".to_owned());
    let data = data.display();
    say(&format!("Kith runs at {base}"));
    match services.identity.setup_link(base).await {
        Ok(Some(link)) => say(&format!(
            "\nSet up your workspace at this address; it works once, within a day:\n\n    {link}\n\n\
             or in another terminal:\n\n    \
             export KITH_TOKEN=$({kith} init --data {data} --workspace \"My company\" --email me@example.org --print-token)\n    \
             export KITH_URL={base}\n    \
             {kith} demo\n\n\
             The API is described at {base}/api/docs\n"
        )),
        Ok(None) => {}
        // The server is no less up; the link can be had by starting it again.
        Err(error) => tracing::warn!(%error, "the set-up link can't be made"),
    }
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn end(mut work: JoinSet<()>) {
    let all = async { while work.join_next().await.is_some() {} };
    if tokio::time::timeout(WORKERS_END, all).await.is_err() {
        tracing::warn!("some background work did not end in time and was cut off");
    }
}
