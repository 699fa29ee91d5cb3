//! `kith import`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use http::Method;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::options::PlanOptions;
use super::{progress, summary, upload};
use crate::client::Client;
use crate::config::ClientFlags;
use crate::terminal::{say, warn};

/// How often the server is asked how far it is.
const POLL: Duration = Duration::from_millis(300);

/// Import a file of records: CSV of any delimiter and encoding, XLSX, or NDJSON.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The object whose records the rows become, by its plural name, such as companies.
    #[arg(required_unless_present_any = ["resume", "undo"])]
    object: Option<String>,
    /// The file; - for standard input.
    #[arg(required_unless_present_any = ["resume", "undo"])]
    file: Option<PathBuf>,
    /// Whose export the file is, where that should not be found out: salesforce, hubspot,
    /// pipedrive, espocrm, suitecrm, odoo, zoho.
    #[arg(long)]
    preset: Option<String>,
    #[command(flatten)]
    plan: PlanOptions,
    /// Only find out what the import would do.
    #[arg(long)]
    dry_run: bool,
    /// Print the plan as JSON and import nothing.
    #[arg(long, conflicts_with = "dry_run")]
    show_plan: bool,
    /// Write the rejected rows, with reasons, to a CSV file.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Fail when rows were rejected.
    #[arg(long)]
    strict: bool,
    /// Go on with an import that stopped.
    #[arg(long, value_name = "ID", conflicts_with_all = ["object", "undo"])]
    resume: Option<String>,
    /// Undo an import.
    #[arg(long, value_name = "ID", conflicts_with = "object")]
    undo: Option<String>,
    #[command(flatten)]
    settings: ClientFlags,
}

impl Import {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.settings.settings()?)?;
        if let Some(id) = &self.undo {
            return undo(&client, id).await;
        }
        let id = if let Some(id) = &self.resume {
            id.clone()
        } else {
            let import = self.send(&client).await?;
            let id = text(&import, "id")?;
            if self.show_plan || self.dry_run {
                let done = self.look(&client, &import, &id).await;
                // Nothing was imported, so nothing is kept.
                let _: anyhow::Result<Value> = call(&client, Method::DELETE, &id, "").await;
                return done;
            }
            self.set_plan(&client, &import, &id).await?;
            id
        };
        let _: Value = call(&client, Method::POST, &id, "/start").await?;
        let import = follow(&client, &id, "Importing").await?;
        self.conclude(&client, &import, &id).await
    }

    /// Sends the file.
    async fn send(&self, client: &Client) -> anyhow::Result<Value> {
        let (Some(object), Some(file)) = (&self.object, &self.file) else {
            bail!("name an object and a file");
        };
        let mut address = client.address("imports")?;
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        address
            .query_pairs_mut()
            .append_pair("object", object)
            .extend_pairs(
                name.filter(|name| name != "-")
                    .map(|name| ("filename", name)),
            )
            .extend_pairs(self.preset.as_ref().map(|preset| ("preset", preset)));
        let import = upload::send(client, address, file).await?;
        for warning in import["analysis"]["warnings"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if let Some(warning) = warning.as_str().or_else(|| warning["message"].as_str()) {
                warn(&format!("note: {warning}"));
            }
        }
        Ok(import)
    }

    fn planned(&self, import: &Value) -> anyhow::Result<Value> {
        let columns = import["analysis"]["columns"].as_array();
        let header: Vec<String> = columns
            .into_iter()
            .flatten()
            .filter_map(|column| Some(column["name"].as_str()?.to_owned()))
            .collect();
        self.plan.plan(&import["proposal"], &header)
    }

    async fn set_plan(&self, client: &Client, import: &Value, id: &str) -> anyhow::Result<()> {
        let plan = self.planned(import)?;
        let path = format!("imports/{id}/plan");
        let _: Value = client.call(Method::PUT, &path, &plan).await?;
        Ok(())
    }

    /// Shows what would be done.
    async fn look(&self, client: &Client, import: &Value, id: &str) -> anyhow::Result<()> {
        if self.show_plan {
            say(&serde_json::to_string_pretty(&self.planned(import)?)?);
            return Ok(());
        }
        self.set_plan(client, import, id).await?;
        let _: Value = call(client, Method::POST, id, "/dry-run").await?;
        let import = follow(client, id, "Checking").await?;
        let found = &import["dry_run"];
        if found.is_null() {
            bail!(
                "{}",
                import["error"]
                    .as_str()
                    .unwrap_or("the dry run was given up")
            );
        }
        let counts = if found["counts"].is_object() {
            &found["counts"]
        } else {
            found
        };
        say(&format!("It would be: {}", summary::counts(counts)));
        say(&serde_json::to_string_pretty(found)?);
        Ok(())
    }

    /// Says what became of it.
    async fn conclude(&self, client: &Client, import: &Value, id: &str) -> anyhow::Result<()> {
        let progress = &import["progress"];
        let counts = summary::counts(progress);
        match import["state"].as_str() {
            Some("completed") => {}
            Some("cancelled") => {
                bail!("the import was cancelled: {counts}. Go on with --resume {id}")
            }
            _ => bail!(
                "the import stopped: {} So far: {counts}. Go on with --resume {id}",
                import["error"].as_str().unwrap_or_default()
            ),
        }
        warn(&format!(
            "Done: {counts}. To undo it: kith import --undo {id}"
        ));
        let rejected = progress["rejected"].as_u64().unwrap_or(0);
        if let Some(file) = &self.rejected {
            download_rejected(client, id, file).await?;
            if rejected > 0 {
                warn(&format!("The rejected rows are in {}.", file.display()));
            }
        } else if rejected > 0 {
            warn(&format!(
                "Why rows were rejected stands in GET /api/v1/imports/{id}/rejected; --rejected FILE writes it."
            ));
        }
        if self.strict && rejected > 0 {
            bail!("{} rows were rejected", summary::grouped(rejected));
        }
        Ok(())
    }
}

async fn undo(client: &Client, id: &str) -> anyhow::Result<()> {
    let _: Value = call(client, Method::POST, id, "/undo").await?;
    let import = follow(client, id, "Undoing").await?;
    if import["state"] != "undone" {
        bail!(
            "{}",
            import["error"]
                .as_str()
                .unwrap_or("the import could not be undone")
        );
    }
    let done = &import["undo"];
    let count = |key: &str| {
        let value = &done[key];
        let number = value
            .as_u64()
            .or_else(|| value.as_array().map(|all| all.len() as u64));
        summary::grouped(number.unwrap_or(0))
    };
    warn(&format!(
        "Undone: {} deleted, {} restored to what they were, {} left because they were changed since.",
        count("deleted"),
        count("restored"),
        count("left")
    ));
    Ok(())
}

/// Waits until the server has done what it was asked for.
async fn follow(client: &Client, id: &str, what: &'static str) -> anyhow::Result<Value> {
    let bar = progress::share(what);
    let watched = std::io::stderr().is_terminal();
    loop {
        let import: Value = client.get(&format!("imports/{id}")).await?;
        let busy = matches!(
            import["state"].as_str(),
            Some("running" | "checking" | "undoing")
        );
        if watched {
            show(&bar, &import["progress"]);
        }
        if !busy {
            bar.finish_and_clear();
            return Ok(import);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn show(bar: &ProgressBar, progress: &Value) {
    if let Some(share) = progress["share"].as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to thousandths"
        )]
        bar.set_position((share.clamp(0.0, 1.0) * 1000.0) as u64);
    }
    let rate = progress["rows_per_second"].as_f64().unwrap_or(0.0);
    bar.set_message(format!("{}, {rate:.0} rows/s", summary::counts(progress)));
}

async fn download_rejected(
    client: &Client,
    id: &str,
    file: &std::path::Path,
) -> anyhow::Result<()> {
    let address = client.address(&format!("imports/{id}/rejected"))?;
    let mut answer = client.open(address).await?;
    let shown = file.display();
    let mut out = tokio::fs::File::create(file)
        .await
        .with_context(|| format!("{shown} can't be written"))?;
    while let Some(chunk) = answer.chunk().await.context("the answer broke off")? {
        out.write_all(&chunk)
            .await
            .with_context(|| format!("{shown} can't be written"))?;
    }
    out.flush()
        .await
        .with_context(|| format!("{shown} can't be written"))
}

async fn call<T: serde::de::DeserializeOwned>(
    client: &Client,
    method: Method,
    id: &str,
    what: &str,
) -> anyhow::Result<T> {
    client
        .call(method, &format!("imports/{id}{what}"), &json!({}))
        .await
}

fn text(value: &Value, key: &str) -> anyhow::Result<String> {
    let text = value[key].as_str().map(str::to_owned);
    text.with_context(|| format!("the server's answer has no {key}"))
}
