//! `kith projections`.

use clap::Subcommand;
use kith_kernel::Failure;

use crate::config::DataFlags;
use crate::offline::{Offline, explain};
use crate::services::Services;
use crate::terminal::{say, warn};

/// How many steps go by between two notes of how far it is.
const NOTED: u32 = 50;

/// What to do with projections.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectionsCommand {
    /// List the projections, with what is being done with them.
    List {
        #[command(flatten)]
        settings: DataFlags,
    },
    /// Build one anew from the logs, with or without a running server. Broken off, it goes on where
    /// it stopped.
    Rebuild {
        /// The projection, as `kith projections list` names it.
        name: String,
        #[command(flatten)]
        settings: DataFlags,
    },
}

impl ProjectionsCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let settings = match &self {
            Self::List { settings } | Self::Rebuild { settings, .. } => settings.settings()?,
        };
        let offline = Offline::open(&settings).await?;
        let done = match self {
            Self::List { .. } => list(&offline.services).await,
            Self::Rebuild { name, .. } => rebuild(&offline.services, &name).await,
        };
        offline.close().await;
        done.map_err(explain)
    }
}

async fn list(services: &Services) -> Result<(), Failure> {
    for one in services.interactions.projections().await? {
        let built = one
            .rebuilt_at
            .map_or_else(|| "never rebuilt".to_owned(), |at| format!("rebuilt {at}"));
        let doing = match (one.phase, one.events) {
            (Some(phase), Some(events)) => format!(", being rebuilt: {phase}, {events} events"),
            _ => String::new(),
        };
        say(&format!("{:<14} {built}{doing}", one.name));
    }
    Ok(())
}

async fn rebuild(services: &Services, name: &str) -> Result<(), Failure> {
    let mut rebuilding = services.interactions.rebuild(name).await?;
    let mut steps = 0;
    while let Some(events) = rebuilding.step().await? {
        steps += 1;
        if steps % NOTED == 0 {
            warn(&format!("{events} events"));
        }
    }
    say(&format!("{name} is rebuilt."));
    Ok(())
}
