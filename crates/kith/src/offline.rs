//! Commands that work on the data directory or the database itself, with or without a server.

use std::io::{IsTerminal as _, Read as _};

use anyhow::{Context, bail};
use kith_crypto::Secret;
use kith_kernel::{Clock, Failure};
use kith_store::Store;
use kith_store::embedded;

use crate::config::Settings;
use crate::serve::Database;
use crate::services::Services;

/// The services on the database that the settings name, and how to leave it again.
pub(crate) struct Offline {
    pub(crate) services: Services,
    database: Option<Database>,
}

impl Offline {
    /// Reaches the database. Where a server runs on the data directory, through its PostgreSQL;
    /// where none does, by starting PostgreSQL for the time of the command.
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let (store, database) = if let Some(store) = beside(settings).await {
            (store, None)
        } else {
            let database = Database::open(settings).await?;
            (database.store.clone(), Some(database))
        };
        let services = Services::open(&store, settings.setup(&public_url(settings))?).await?;
        Ok(Self { services, database })
    }

    /// Stops what was started.
    pub(crate) async fn close(self) {
        drop(self.services);
        if let Some(database) = self.database {
            database.close().await;
        }
    }
}

/// The database of a server that runs on the same data directory.
async fn beside(settings: &Settings) -> Option<Store> {
    if !settings.text("database_url").is_empty() {
        return None;
    }
    let connection = embedded::running(&settings.data()).ok()?;
    // Nobody holds the lock: what answers is an orphan, which a start takes care of.
    if embedded::DataLock::acquire(&settings.data()).is_ok() {
        return None;
    }
    let config = settings.store(connection);
    let store = Store::open(config, Clock::system()).await.ok()?;
    store.ready().await.ok()?;
    Some(store)
}

/// Where people reach the server: what the settings say or, without that, what a running server
/// wrote down or would listen on.
pub(crate) fn public_url(settings: &Settings) -> String {
    let set = settings.text("public_url");
    if !set.is_empty() {
        return set.trim_end_matches('/').to_owned();
    }
    let note = settings.data().join("run").join("http.addr");
    let address = std::fs::read_to_string(note);
    let address = address.unwrap_or_else(|_| settings.text("listen").to_owned());
    format!("http://{}", address.trim())
}

/// A failure as a person at a terminal reads it.
pub(crate) fn explain(failure: impl Into<Failure>) -> anyhow::Error {
    let failure: Failure = failure.into();
    // The fields stand right below.
    let mut text = failure
        .message
        .replace(" See `errors` for what each should be.", "");
    for field in &failure.fields {
        if field.message != failure.message {
            text = format!("{text}\n  {}: {}", field.field, field.message);
        }
    }
    match &failure.cause {
        Some(cause) => anyhow::anyhow!("{text} ({cause})"),
        None => anyhow::anyhow!(text),
    }
}

/// A password, from standard input or asked for without showing it.
pub(crate) fn password(from_stdin: bool) -> anyhow::Result<Secret<String>> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(4096)
            .read_to_string(&mut text)
            .context("the password can't be read from standard input")?;
        let line = text.lines().next().unwrap_or_default();
        return Ok(Secret::new(line.to_owned()));
    }
    if !std::io::stdin().is_terminal() {
        bail!("give the password on standard input, with --password-stdin");
    }
    let first = rpassword::prompt_password("Password (12 characters or more): ")?;
    if first != rpassword::prompt_password("Once more: ")? {
        bail!("the two are not the same");
    }
    Ok(Secret::new(first))
}
