//! The machine: folders, disk, programs, ports.

use std::path::Path;
use std::time::Duration;

use kith_store::embedded::{self, ClusterOptions};
use tokio::net::TcpListener;

use super::Finding;
use crate::config::Settings;
use crate::serve::Roles;

/// Below this a server soon stops.
const LOW_DISK: u64 = 1 << 30;

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![configuration(settings), roles(settings)];
    findings.push(folder(&settings.data()));
    if settings.text("database_url").is_empty() {
        findings.push(programs(settings).await);
    }
    findings.push(port(settings, "listen").await);
    if settings.text("admin_listen") != "off" {
        findings.push(port(settings, "admin_listen").await);
    }
    findings
}

fn configuration(settings: &Settings) -> Finding {
    if let Err(error) = settings.http() {
        return Finding::bad(
            format!("configuration: {error:#}"),
            "See `kith config print`",
        );
    }
    Finding::Good(match &settings.file {
        Some(path) => format!("configuration: {}", path.display()),
        None => "configuration: no file, which is fine".to_owned(),
    })
}

fn roles(settings: &Settings) -> Finding {
    match Roles::parse(&settings.list("roles")) {
        Ok(roles) => Finding::Good(format!("roles: {roles}")),
        Err(error) => Finding::bad(format!("roles: {error}"), "Change the setting roles"),
    }
}

fn folder(data: &Path) -> Finding {
    let shown = data.display();
    let existing = data.ancestors().find(|path| path.exists());
    let Some(existing) = existing.filter(|path| !path.as_os_str().is_empty()) else {
        return Finding::Good(format!("data directory: {shown}, made at the first start"));
    };
    let probe = existing.join(format!(".kith-doctor-{}", std::process::id()));
    let writable = std::fs::write(&probe, b"probe");
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = writable {
        return Finding::bad(
            format!(
                "data directory: {} can't be written: {error}",
                existing.display()
            ),
            format!("Give it to this user, or choose another with KITH_DATA (now {shown})"),
        );
    }
    match embedded::free_bytes(existing) {
        Some(free) if free < LOW_DISK => Finding::bad(
            format!(
                "data directory: only {} MiB are free at {shown}",
                free >> 20
            ),
            "Free some space, or choose another directory with KITH_DATA",
        ),
        Some(free) => Finding::Good(format!("data directory: {shown}, {} GiB free", free >> 30)),
        None => Finding::Good(format!("data directory: {shown}")),
    }
}

async fn programs(settings: &Settings) -> Finding {
    let mut options = ClusterOptions::new(settings.data());
    let binaries = settings.text("postgres_bin");
    options.binaries = (!binaries.is_empty()).then(|| binaries.into());
    match embedded::installed(&options).await {
        Ok((major, folder)) => Finding::Good(format!(
            "PostgreSQL's programs: version {major} in {}",
            folder.display()
        )),
        Err(error) => Finding::bad("PostgreSQL's programs", error.to_string()),
    }
}

/// Whether the address is free, or taken by a Kith that runs.
async fn port(settings: &Settings, name: &str) -> Finding {
    let address = settings.text(name);
    let Err(error) = TcpListener::bind(address).await else {
        return Finding::Good(format!("{name}: {address} is free"));
    };
    let health = format!("http://{address}/healthz");
    let answers = async {
        let client = crate::client::plain(false).ok()?;
        client
            .get(health)
            .timeout(Duration::from_secs(2))
            .send()
            .await
            .ok()?
            .text()
            .await
            .ok()
    };
    if answers.await.as_deref() == Some("ok\n") {
        return Finding::Good(format!("{name}: Kith runs at {address}"));
    }
    Finding::bad(
        format!("{name}: {address} can't be listened on: {error}"),
        format!(
            "Stop what runs there, or choose another address with --{}",
            name.replace('_', "-")
        ),
    )
}
