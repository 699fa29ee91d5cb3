//! `kith demo`.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::config::{ClientFlags, Settings};
use crate::terminal::{say, warn};

/// How often the server is asked how far it is.
const POLL: Duration = Duration::from_millis(300);

/// Fills a workspace with invented records, or takes them out again.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// How many people. Default: 500.
    #[arg(long, value_name = "N")]
    people: Option<u32>,
    /// How many companies. Default: 4 for 10 people.
    #[arg(long, value_name = "N")]
    companies: Option<u32>,
    /// How many deals. Default: 6 for 10 people.
    #[arg(long, value_name = "N")]
    deals: Option<u32>,
    /// How many tasks. Default: 8 for 10 people.
    #[arg(long, value_name = "N")]
    tasks: Option<u32>,
    /// How many notes. Default: 12 for 10 people.
    #[arg(long, value_name = "N")]
    notes: Option<u32>,
    /// The same seed gives the same data on the same day. Default: 1.
    #[arg(long)]
    seed: Option<u32>,
    /// Take the demo data out again, and nothing else.
    #[arg(long, conflicts_with_all = ["people", "companies", "deals", "tasks", "notes", "seed"])]
    remove: bool,
    #[command(flatten)]
    settings: ClientFlags,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let settings = self.settings.settings()?;
        let client = Client::new(&settings)?;
        if self.remove {
            return remove(&client).await;
        }
        let now: Value = client.get("demo").await?;
        if now["state"] == "filling" {
            warn("Demo data is being made already; following that.");
        } else {
            let _: Value = client.call(Method::POST, "demo", &self.wanted()).await?;
        }
        let demo = follow(&client, "Making", "filling").await?;
        if demo["state"] != "filled" {
            bail!(
                "{}\n  `kith demo --remove` takes out what is there.",
                demo["error"]
                    .as_str()
                    .unwrap_or("the demo data was removed")
            );
        }
        say(&made(&demo, &settings));
        Ok(())
    }

    fn wanted(&self) -> Value {
        let numbers = [
            ("people", self.people),
            ("companies", self.companies),
            ("deals", self.deals),
            ("tasks", self.tasks),
            ("notes", self.notes),
            ("seed", self.seed),
        ];
        let given = numbers
            .into_iter()
            .filter_map(|(name, number)| Some((name.to_owned(), json!(number?))));
        Value::Object(given.collect::<Map<_, _>>())
    }
}

async fn remove(client: &Client) -> anyhow::Result<()> {
    let _: Value = client.call(Method::DELETE, "demo", &json!({})).await?;
    let demo = follow(client, "Removing", "removing").await?;
    if demo["state"] != "removed" {
        bail!(
            "{}",
            demo["error"]
                .as_str()
                .unwrap_or("the demo data could not be removed")
        );
    }
    say(&removed(&demo));
    Ok(())
}

/// Waits until the server has done what it was asked for.
async fn follow(client: &Client, what: &'static str, busy: &str) -> anyhow::Result<Value> {
    let bar = ProgressBar::new(0).with_message(what);
    // A template that can't be read would only look different.
    if let Ok(style) = ProgressStyle::with_template(
        "{msg} {bar:30} {human_pos} of {human_len} records, {per_sec}, {eta} left",
    ) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    let watched = std::io::stderr().is_terminal();
    loop {
        let demo: Value = client.get("demo").await?;
        if watched {
            bar.set_length(demo["progress"]["total"].as_u64().unwrap_or(0));
            bar.set_position(demo["progress"]["done"].as_u64().unwrap_or(0));
        }
        if demo["state"] != busy {
            bar.finish_and_clear();
            return Ok(demo);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// What was made, and what to look at.
fn made(demo: &Value, settings: &Settings) -> String {
    let mut text = String::from("The workspace has demo data now:\n");
    for records in demo["records"].as_array().into_iter().flatten() {
        let count = records["made"].as_u64().unwrap_or(0);
        let object = records["object"].as_str().unwrap_or_default();
        let _ = writeln!(text, "{count:>10} {}", object.replace('_', " "));
    }
    if let Some(refusal) = demo["refusal"].as_str() {
        let left_out = demo["left_out"].as_u64().unwrap_or(0);
        let _ = writeln!(
            text,
            "The workspace's rules refused some values and {left_out} records; the first said: {refusal}"
        );
    }
    let url = settings.text("url").trim_end_matches('/');
    let _ = write!(
        text,
        "\nWhat to look at next:\n  \
         curl -H \"Authorization: Bearer $KITH_TOKEN\" '{url}/api/v1/deals/aggregate?group_by=stage.name&metrics=count,sum(amount)'\n  \
         curl -H \"Authorization: Bearer $KITH_TOKEN\" '{url}/api/v1/search?q=har'\n  \
         kith export people --output people.csv\n  \
         {url}/api/docs describes everything else.\n\
         `kith demo --remove` takes all of it out again."
    );
    text
}

/// What was taken out, and what was not.
fn removed(demo: &Value) -> String {
    let gone = demo["removed"].as_u64().unwrap_or(0);
    let kept = demo["kept"].as_u64().unwrap_or(0);
    let mut text = format!("{gone} demo records are gone.");
    if kept == 0 {
        return text;
    }
    let _ = writeln!(
        text,
        " {kept} stay, because records that are not part of the demo point to them:"
    );
    let shown = demo["kept_records"].as_array();
    for record in shown.into_iter().flatten() {
        let because = &record["because"];
        let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let _ = writeln!(
            text,
            "  {} {:?} because of {} {:?}",
            part(&record["object"]),
            part(&record["name"]),
            part(&because["object"]),
            part(&because["name"]),
        );
    }
    text.push_str("Delete those that point to them, then repeat `kith demo --remove`.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_named_with_its_reason() {
        let demo = json!({"removed": 2_400, "kept": 1, "kept_records": [
            {"object": "company", "name": "Alder Foods", "id": "x",
             "because": {"object": "task", "name": "Call", "id": "y"}}]});
        insta::assert_snapshot!(removed(&demo), @r#"
        2400 demo records are gone. 1 stay, because records that are not part of the demo point to them:
          company "Alder Foods" because of task "Call"
        Delete those that point to them, then repeat `kith demo --remove`.
        "#);
    }
}
