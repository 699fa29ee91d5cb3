//! `kith doctor`: whether everything that the server needs is there, and what to do if not.

mod database;
mod machine;

use crate::config::Settings;
use crate::terminal::say;

/// One thing that was looked at.
pub(crate) enum Finding {
    /// It is as it should be.
    Good(String),
    /// It can't be told now, which is no fault.
    Open(String),
    /// It keeps the server from working: what it is, and what to do.
    Bad(String, String),
}

impl Finding {
    fn bad(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Bad(what.into(), remedy.into())
    }
}

/// Looks at everything and prints it; fails where anything is missing.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut findings = machine::look(settings).await;
    findings.extend(database::look(settings).await);
    let bad = findings
        .iter()
        .filter(|finding| matches!(finding, Finding::Bad(..)))
        .count();
    for finding in findings {
        match finding {
            Finding::Good(what) => say(&format!("✓ {what}")),
            Finding::Open(what) => say(&format!("- {what}")),
            Finding::Bad(what, remedy) => say(&format!("✗ {what}\n  → {remedy}")),
        }
    }
    match bad {
        0 => Ok(()),
        1 => anyhow::bail!("one thing is missing"),
        many => anyhow::bail!("{many} things are missing"),
    }
}
