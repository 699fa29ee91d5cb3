//! `kith log`: how far what follows the event logs is.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::config::ClientFlags;
use crate::terminal::say;

/// What follows the event logs, and what it had to leave behind.
#[derive(Debug, Args)]
pub(crate) struct Log {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    settings: ClientFlags,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How far each reader is.
    Readers,
    /// Records whose events a reader can't take.
    Parked,
    /// Try again what a reader left behind.
    Resume {
        /// The reader, as `kith log readers` names it: service.reader.
        reader: String,
        /// One record only, by its id.
        subject: Option<String>,
    },
    /// Jobs that were given up.
    Jobs,
    /// Try a job again that was given up.
    Retry {
        /// The job's id.
        job: String,
    },
}

impl Log {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.settings.settings()?)?;
        match self.what {
            What::Readers => {
                let columns = [
                    "service",
                    "reader",
                    "source",
                    "lanes",
                    "lag_seconds",
                    "parked",
                ];
                show(&client, "log/readers", &columns).await
            }
            What::Parked => {
                let columns = [
                    "service",
                    "reader",
                    "subject_kind",
                    "subject_id",
                    "event_type",
                    "attempts",
                    "retry_at",
                    "error",
                ];
                show(&client, "log/parked", &columns).await
            }
            What::Resume { reader, subject } => {
                let Some((service, reader)) = reader.split_once('.') else {
                    bail!(
                        "{reader:?} is no reader; `kith log readers` names them as service.reader"
                    );
                };
                let body = json!({ "service": service, "reader": reader, "subject_id": subject });
                let answer: Value = client
                    .call(Method::POST, "log/parked/resume", &body)
                    .await?;
                let resumed = answer["resumed"]
                    .as_u64()
                    .context("the answer has no number")?;
                say(&format!("{resumed} will be tried again."));
                Ok(())
            }
            What::Jobs => {
                let columns = ["service", "id", "kind", "attempts", "updated_at", "error"];
                show(&client, "log/jobs", &columns).await
            }
            What::Retry { job } => {
                let path = format!("log/jobs/{job}/retry");
                let _: Value = client.call(Method::POST, &path, &json!({})).await?;
                say("It will be tried again.");
                Ok(())
            }
        }
    }
}

/// Prints a list as a table.
async fn show(client: &Client, path: &str, columns: &[&str]) -> anyhow::Result<()> {
    let answer: Value = client.get(path).await?;
    let rows = answer["data"]
        .as_array()
        .context("the answer has no list")?;
    if rows.is_empty() {
        say("None.");
        return Ok(());
    }
    let mut table = vec![columns.iter().map(ToString::to_string).collect::<Vec<_>>()];
    table.extend(
        rows.iter()
            .map(|row| columns.iter().map(|name| text(&row[*name])).collect()),
    );
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            table
                .iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in &table {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        // On one line, and nothing that a terminal would obey.
        Value::String(text) => text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => format!("{float:.1}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}
