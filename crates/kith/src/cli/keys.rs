//! `kith keys`.

use clap::Subcommand;
use kith_kernel::Failure;

use crate::config::DataFlags;
use crate::offline::{Offline, explain};
use crate::services::Services;
use crate::terminal::say;

/// What to do with the keys that data keys are encrypted with.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the keys, the newest first, with how many data keys each has encrypted.
    List {
        #[command(flatten)]
        settings: DataFlags,
    },
    /// Put a new key in front of those in the file, and encrypt every data key by it. With or without
    /// a running server.
    Rotate {
        #[command(flatten)]
        settings: DataFlags,
    },
    /// Encrypt every data key by the newest key: after the variable was changed, or to go on with a
    /// rotation that was broken off.
    Rewrap {
        #[command(flatten)]
        settings: DataFlags,
    },
}

impl KeysCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let settings = match &self {
            Self::List { settings } | Self::Rotate { settings } | Self::Rewrap { settings } => {
                settings.settings()?
            }
        };
        let offline = Offline::open(&settings).await?;
        let done = match self {
            Self::List { .. } => Ok(()),
            Self::Rotate { .. } => rotate(&offline.services).await,
            Self::Rewrap { .. } => rewrap(&offline.services).await,
        };
        let done = match done {
            Ok(()) => list(&offline.services).await,
            failed => failed,
        };
        offline.close().await;
        done.map_err(explain)
    }
}

async fn rotate(services: &Services) -> Result<(), Failure> {
    let id = services.interactions.rotate_keys()?;
    say(&format!(
        "{id} is the newest key now. Back the file up again."
    ));
    rewrap(services).await
}

async fn rewrap(services: &Services) -> Result<(), Failure> {
    let store = services.bus.store();
    let of_webhooks = kith_integrations::rewrap_keys(store, &services.keyring).await?;
    let done = services.interactions.rewrap_keys().await?.keys + of_webhooks;
    say(&format!("{done} data keys were encrypted anew."));
    Ok(())
}

async fn list(services: &Services) -> Result<(), Failure> {
    for (id, number, known) in services.interactions.key_usage().await? {
        let missing = if known { "" } else { ", MISSING" };
        say(&format!("{id}  {number} data keys{missing}"));
    }
    Ok(())
}
