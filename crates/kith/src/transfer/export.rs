//! `kith export`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use reqwest::Response;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::progress;
use crate::client::Client;
use crate::config::ClientFlags;
use crate::terminal::warn;

/// Take records out as CSV, XLSX or NDJSON.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The object, by its plural name, such as deals.
    object: String,
    /// The kind of file. Default: by the output's name, else CSV.
    #[arg(long, value_parser = ["csv", "xlsx", "ndjson"])]
    format: Option<String>,
    /// Which records, as a CEL expression: 'stage.kind == "open" && amount > 10000'.
    #[arg(long)]
    filter: Option<String>,
    /// In which order: -amount,name.
    #[arg(long)]
    sort: Option<String>,
    /// Which fields, one level of related ones too: name,amount,company(name).
    #[arg(long)]
    fields: Option<String>,
    /// What stands in the first row: the fields' API names, or their labels.
    #[arg(long, value_parser = ["names", "labels"])]
    headers: Option<String>,
    /// Where to write; standard output when absent. The file appears when it is complete.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: ClientFlags,
}

impl Export {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.settings.settings()?)?;
        let mut address = client.address(&format!("{}/export", self.object))?;
        let format = self.format.as_deref().or_else(|| self.format_of_output());
        address.query_pairs_mut().extend_pairs(
            [
                ("format", format),
                ("filter", self.filter.as_deref()),
                ("sort", self.sort.as_deref()),
                ("fields", self.fields.as_deref()),
                ("headers", self.headers.as_deref()),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
        );
        let answer = client.open(address).await?;
        match &self.output {
            None => copy(answer, tokio::io::stdout()).await.map(|_| ()),
            Some(path) => {
                let bytes = to_file(answer, path).await?;
                warn(&format!(
                    "{} bytes are in {}.",
                    super::summary::grouped(bytes),
                    path.display()
                ));
                Ok(())
            }
        }
    }

    fn format_of_output(&self) -> Option<&'static str> {
        let end = self.output.as_ref()?.extension()?.to_str()?;
        match end.to_ascii_lowercase().as_str() {
            "csv" => Some("csv"),
            "xlsx" => Some("xlsx"),
            "ndjson" | "jsonl" => Some("ndjson"),
            _ => None,
        }
    }
}

/// Writes beside the file first: half an export must not look like a whole one.
async fn to_file(answer: Response, path: &Path) -> anyhow::Result<u64> {
    let mut name = path
        .file_name()
        .context("the output is no file")?
        .to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let shown = path.display();
    let written = async {
        let out = tokio::fs::File::create(&part)
            .await
            .with_context(|| format!("{shown} can't be written"))?;
        let bytes = copy(answer, out).await?;
        tokio::fs::rename(&part, path)
            .await
            .with_context(|| format!("{shown} can't be written"))?;
        Ok(bytes)
    }
    .await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&part).await;
    }
    written
}

async fn copy(mut answer: Response, mut out: impl AsyncWrite + Unpin) -> anyhow::Result<u64> {
    let bar = progress::bytes(answer.content_length(), "Exporting");
    let mut bytes = 0;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => {
                out.write_all(&chunk)
                    .await
                    .context("the export can't be written")?;
                bytes += chunk.len() as u64;
                bar.set_position(bytes);
            }
            Ok(None) => break,
            Err(_) => bail!("the export broke off before its end; try again"),
        }
    }
    bar.finish_and_clear();
    out.flush().await.context("the export can't be written")?;
    Ok(bytes)
}
