//! What happened to a record, read from the log.

use std::fmt::Write as _;

use axum::extract::State;
use jiff::Timestamp;
use kith_http::idempotency::Stored;
use kith_http::{Answer, Authenticated, Path, Query};
use kith_kernel::{Actor, ErrorCode, Failure, RecordId};
use kith_store::{Class, StoreError};
use serde::Deserialize;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::log::{Data, undo};
use super::{Shape, object, parse_id, render_record};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::value::canonical_time;

/// A record's events, newest first, below a version. By the index on subject and version.
const EVENTS: &str = "SELECT id, type, subject_version, actor, occurred_at, data FROM records.event \
    WHERE workspace_id = $1 AND subject_id = $2 AND subject_kind = $3 AND subject_version < $4 \
    ORDER BY subject_version DESC LIMIT $5";

/// Events that are read at once when a former state is restored.
const CHUNK: i64 = 500;

/// The parameters of a history.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryQuery {
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    cursor: Option<String>,
}

pub(super) async fn history(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((plural, id)): Path<(String, String)>,
    Query(query): Query<HistoryQuery>,
) -> Answer<Stored> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(
            Failure::new(ErrorCode::InvalidRequest, "`limit` must be from 1 to 200.")
                .field("limit", "out_of_range")
                .into(),
        );
    }
    let before = match query.cursor {
        None => i64::MAX,
        Some(cursor) => cursor.parse().map_err(|_| {
            Failure::new(ErrorCode::InvalidCursor, "This is no cursor of a history.")
                .field("cursor", "invalid_cursor")
        })?,
    };
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let id = parse_id(&id)?;
    let mut rows = (records.store())
        .read(
            actor.workspace,
            Class::Interactive,
            EVENTS,
            &[&actor.workspace, &id, &object.key, &before, &(limit + 1)],
        )
        .await
        .map_err(Failure::from)?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    if rows.is_empty() && before == i64::MAX {
        return Err(Failure::not_found().into());
    }
    let mut body = String::from("{\"data\":[");
    for (position, row) in rows.iter().enumerate() {
        if position > 0 {
            body.push(',');
        }
        show(&catalog, object, row, &mut body)
            .map_err(|error| Failure::from(StoreError::from(error)))?;
    }
    let next = match rows.last() {
        Some(last) if more => format!("\"{}\"", last.get::<_, i64>(2)),
        _ => "null".to_owned(),
    };
    let _ = write!(
        body,
        "],\"page\":{{\"next_cursor\":{next},\"has_more\":{more}}}}}"
    );
    Ok(super::service::json(http::StatusCode::OK, body))
}

/// Appends an event as JSON. Fields are named as they are now; values of fields that are gone or
/// retired are left out.
fn show(
    catalog: &Catalog,
    object: &Object,
    row: &Row,
    out: &mut String,
) -> Result<(), tokio_postgres::Error> {
    let Json(actor): Json<serde_json::Value> = row.try_get(3)?;
    let Json(data): Json<Data<'_>> = row.try_get(5)?;
    let kind: &str = row.try_get(1)?;
    let _ = write!(
        out,
        r#"{{"id":"{}","type":"{}","version":{},"actor":{},"occurred_at":"{}","changes":["#,
        row.try_get::<_, uuid::Uuid>(0)?,
        kind.rsplit('.').next().unwrap_or(kind),
        row.try_get::<_, i64>(2)?,
        actor,
        canonical_time(row.try_get(4)?),
    );
    data.write_changes(catalog, object, out);
    out.push_str("]}");
    Ok(())
}

impl Records {
    /// The record as it was at `moment`, as JSON; `None` where it did not exist then, or was in
    /// the recycle bin.
    pub async fn as_of(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        id: RecordId,
        moment: Timestamp,
    ) -> Result<Option<String>, Failure> {
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        let shape = Shape::new(object);
        let sql = shape.read_sql();
        let Some(row) = tx.query_opt(&sql, &[&actor.workspace, &vec![id]]).await? else {
            return Ok(None);
        };
        let mut found = vec![shape.read(&row).map_err(StoreError::from)?];
        if let Some(links) = super::link::read(actor.workspace, object, &[id]) {
            let rows = tx.pipeline(&[links]).await?;
            super::link::fill(object, &mut found, rows.first().map_or(&[], Vec::as_slice));
        }
        let Some(mut record) = found.pop() else {
            return Ok(None);
        };
        let mut below = record.version + 1;
        let mut exists = true;
        'back: loop {
            let params: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
                [&actor.workspace, &id, &object.key, &below, &CHUNK];
            let rows = tx.query(EVENTS, &params).await?;
            for row in &rows {
                let at: Timestamp = row.get(4);
                if at <= moment {
                    record.version = row.get(2);
                    record.updated_at = at;
                    break 'back;
                }
                let Json(data): Json<Data<'_>> = row.try_get(5).map_err(StoreError::from)?;
                exists = undo(object, &mut record, row.get(1), at, &data);
                if !exists {
                    break 'back;
                }
                below = row.get(2);
            }
            if i64::try_from(rows.len()).unwrap_or(0) < CHUNK {
                break;
            }
        }
        tx.commit().await?;
        let visible = exists && record.deleted_at.is_none();
        Ok(visible.then(|| render_record(catalog, object, &record)))
    }
}

/// A moment in a query.
pub fn parse_moment(text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            ErrorCode::InvalidRequest,
            "`as_of` must be a moment such as 2026-03-01T09:30:00Z.",
        )
        .field("as_of", "invalid_datetime")
    })
}
