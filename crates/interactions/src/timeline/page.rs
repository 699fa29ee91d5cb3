//! Pages of a timeline.

use std::collections::HashMap;

use jiff::Timestamp;
use kith_contracts::access::{Action, authorise};
use kith_contracts::{RecordFacts, RecordRef};
use kith_kernel::{Actor, ErrorCode, Failure, Page, PageInfo};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{self, Entry, Part};
use crate::Interactions;
use crate::interaction::{Shown, show};

/// The most entries on a page.
pub(super) const LIMIT: i64 = 200;
/// The most channels that are asked for at once.
pub(super) const CHANNELS: usize = 20;

/// What of a timeline is wanted.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) channel: Option<String>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    pub(super) limit: Option<i64>,
    pub(super) cursor: Option<String>,
}

impl Interactions {
    /// The record, where the actor may see it.
    pub(super) async fn visible(
        &self,
        actor: &Actor,
        record: RecordRef,
    ) -> Result<RecordFacts, Failure> {
        authorise(actor, Action::Read, None)?;
        let mut found = self.access().visible(actor, &[record]).await?;
        found.pop().flatten().ok_or_else(Failure::not_found)
    }

    /// A page of a record's timeline, newest first.
    pub(super) async fn timeline(
        &self,
        actor: &Actor,
        record: RecordRef,
        wanted: Wanted,
    ) -> Result<Page<Value>, Failure> {
        let limit = wanted.limit.unwrap_or(50);
        if !(1..=LIMIT).contains(&limit) {
            let message = format!("`limit` must be from 1 to {LIMIT}.");
            let refused = Failure::new(ErrorCode::InvalidRequest, message);
            return Err(refused.field("limit", "invalid_value"));
        }
        let end = wanted.to.unwrap_or(Timestamp::MAX);
        let before = match wanted.cursor.as_deref() {
            Some(cursor) => place(cursor)?,
            // As far as the database's times go.
            None => (end.clamp(Timestamp::UNIX_EPOCH, far()), Uuid::nil()),
        };
        let part = Part {
            record: self.visible(actor, record).await?.id.0,
            before,
            from: wanted
                .from
                .unwrap_or(Timestamp::UNIX_EPOCH)
                .max(Timestamp::UNIX_EPOCH),
            channels: channels(wanted.channel.as_deref())?,
            limit: limit + 1,
        };
        let mut entries = store::page(self.store(), actor.workspace, &part).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = entries.len() > most;
        entries.truncate(most);
        let last = entries.last().filter(|_| has_more);
        let next_cursor =
            last.map(|last| format!("{}.{}", last.at.as_microsecond(), last.id.simple()));
        Ok(Page {
            data: self.render(actor, entries).await?,
            page: PageInfo {
                next_cursor,
                has_more,
            },
            count: None,
        })
    }

    async fn render(&self, actor: &Actor, entries: Vec<Entry>) -> Result<Vec<Value>, Failure> {
        let mut interactions = Vec::new();
        for entry in &entries {
            if let Some((data, by)) = &entry.event {
                interactions.push(Shown::read(entry.id, data, by, entry.recorded_at)?);
            }
        }
        let ids: Vec<Uuid> = interactions.iter().map(|one| one.id).collect();
        let shown = show(self, actor.workspace, &interactions, false).await?;
        let mut shown: HashMap<Uuid, Value> = ids.into_iter().zip(shown).collect();
        let render = |entry: &Entry| shown.remove(&entry.id).or_else(|| change(entry));
        Ok(entries.iter().filter_map(render).collect())
    }
}

/// A change of a record; `None` for an interaction whose event is gone.
fn change(entry: &Entry) -> Option<Value> {
    let mut json = json!({
        "id": entry.id,
        "type": entry.kind,
        "channel": entry.channel,
        "occurred_at": entry.at,
    });
    let detail: Value = serde_json::from_str(entry.detail.as_deref()?).ok()?;
    for (name, value) in detail.as_object()? {
        json[name] = value.clone();
    }
    Some(json)
}

/// Channels separated by commas.
pub(super) fn channels(text: Option<&str>) -> Result<Vec<String>, Failure> {
    let names = text.unwrap_or_default().split(',').map(str::trim);
    let mut names: Vec<String> = names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > CHANNELS {
        let message = format!("`channel` takes at most {CHANNELS} channels.");
        let refused = Failure::new(ErrorCode::InvalidRequest, message);
        return Err(refused.field("channel", "too_many"));
    }
    Ok(names)
}

fn place(cursor: &str) -> Result<(Timestamp, Uuid), Failure> {
    let read = || {
        let (at, id) = cursor.split_once('.')?;
        let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some((at.min(far()), Uuid::parse_str(id).ok()?))
    };
    read()
        .filter(|(at, _)| *at >= Timestamp::UNIX_EPOCH)
        .ok_or_else(|| {
            let message = "The cursor is not one of a timeline. Begin with the first page.";
            Failure::new(ErrorCode::InvalidCursor, message)
        })
}

/// Beyond every interaction.
fn far() -> Timestamp {
    Timestamp::from_second(32_503_680_000).unwrap_or(Timestamp::MAX)
}
