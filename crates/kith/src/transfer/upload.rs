//! Sending a file.

use std::path::Path;

use anyhow::Context;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderValue, Method, header};
use indicatif::ProgressBar;
use reqwest::{Body, Url};
use serde_json::Value;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::progress;
use crate::client::{Client, decode};

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// Sends `file` (`-` for standard input) to `address`, and gives the answer. Memory doesn't grow
/// with the file.
pub(super) async fn send(client: &Client, address: Url, file: &Path) -> anyhow::Result<Value> {
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static(media_type(file));
    headers.insert(header::CONTENT_TYPE, kind);
    let answer = if file == Path::new("-") {
        let bar = progress::bytes(None, "Sending");
        let body = counted(tokio::io::stdin(), bar.clone());
        let mut body = Some(body);
        let answer = client
            .send(Method::POST, address, &headers, async || {
                let body = body.take();
                body.map(Some)
                    .context("standard input can't be sent twice; try again")
            })
            .await;
        bar.finish_and_clear();
        answer?
    } else {
        let shown = file.display();
        let size = tokio::fs::metadata(file)
            .await
            .with_context(|| format!("{shown} can't be read"))?
            .len();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
        let bar = progress::bytes(Some(size), "Sending");
        let answer = client
            .send(Method::POST, address, &headers, async || {
                bar.reset();
                let opened = File::open(file).await;
                let opened = opened.with_context(|| format!("{shown} can't be read"))?;
                Ok(Some(counted(opened, bar.clone())))
            })
            .await;
        bar.finish_and_clear();
        answer?
    };
    decode(answer).await
}

fn counted(source: impl tokio::io::AsyncRead + Send + 'static, bar: ProgressBar) -> Body {
    let chunks = ReaderStream::with_capacity(source, CHUNK).inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            bar.inc(u64::try_from(chunk.len()).unwrap_or(0));
        }
    });
    Body::wrap_stream(chunks)
}

/// What a file is by its name; the server looks into it anyway.
fn media_type(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|end| end.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv" | "tsv" | "txt") => "text/csv",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("ndjson" | "jsonl") => "application/x-ndjson",
        _ => "application/octet-stream",
    }
}
