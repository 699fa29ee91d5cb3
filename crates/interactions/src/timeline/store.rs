//! The statements by which projections are read.

use jiff::Timestamp;
use jiff::civil::Date;
use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, ReadLimits, Row, Store, StoreError};
use uuid::Uuid;

/// What a row of a timeline is joined with: the interaction's event, in the one partition that its
/// time names. By `event_subject`.
const EVENT: &str = "LEFT JOIN LATERAL (SELECT e.data::text AS data, e.actor::text AS actor FROM interactions.event e \
    WHERE e.workspace_id = $1 AND e.subject_id = t.id AND e.subject_version = 1 AND e.occurred_at = t.recorded_at LIMIT 1) \
    AS e ON t.type = 'interaction' ORDER BY t.occurred_at DESC, t.id DESC";

/// By the primary key of timelines.
const PAGE: &str = "SELECT t.id, t.occurred_at, t.channel, t.type, t.recorded_at, t.detail::text, e.data, e.actor FROM \
    (SELECT * FROM interactions.timeline t WHERE t.workspace_id = $1 AND t.generation = \
       (SELECT generation FROM interactions.projection WHERE name = 'timeline') AND t.record_id = $2 \
     AND (t.occurred_at, t.id) < ($3, $4) AND t.occurred_at >= $5 \
     ORDER BY t.occurred_at DESC, t.id DESC LIMIT $6) AS t ";

/// By `timeline_channel`, once for each channel.
const PAGE_OF_CHANNELS: &str = "SELECT t.id, t.occurred_at, t.channel, t.type, t.recorded_at, t.detail::text, e.data, e.actor FROM \
    (SELECT t.* FROM unnest($7::text[]) AS c(channel) CROSS JOIN LATERAL \
       (SELECT * FROM interactions.timeline t WHERE t.workspace_id = $1 AND t.generation = \
          (SELECT generation FROM interactions.projection WHERE name = 'timeline') AND t.record_id = $2 \
        AND t.channel = c.channel AND (t.occurred_at, t.id) < ($3, $4) AND t.occurred_at >= $5 \
        ORDER BY t.occurred_at DESC, t.id DESC LIMIT $6) AS t \
     ORDER BY t.occurred_at DESC, t.id DESC LIMIT $6) AS t ";

/// By the primary keys.
const SUMMARY: &str = "SELECT \
    (SELECT last_contacted_at FROM interactions.summary WHERE workspace_id = $1 AND generation = \
      (SELECT generation FROM interactions.projection WHERE name = 'summary') AND record_id = $2), \
    (SELECT next_activity_at FROM interactions.summary WHERE workspace_id = $1 AND generation = \
      (SELECT generation FROM interactions.projection WHERE name = 'summary') AND record_id = $2), \
    (SELECT log2_score FROM interactions.engagement WHERE workspace_id = $1 AND generation = \
      (SELECT generation FROM interactions.projection WHERE name = 'engagement') AND record_id = $2)";

/// Who knows a person best, or the people of a company. By the primary key and `belongs_company`.
const RELATIONSHIPS: &str = "SELECT r.person_id, r.user_id, r.log2_score, r.last_at \
    FROM (SELECT $2::uuid AS person_id UNION ALL \
      SELECT b.record_id FROM interactions.belongs b WHERE b.workspace_id = $1 AND b.generation = \
        (SELECT generation FROM interactions.projection WHERE name = 'summary') AND b.company_id = $2) AS p \
    JOIN interactions.relationship r ON r.workspace_id = $1 AND r.generation = \
      (SELECT generation FROM interactions.projection WHERE name = 'relationship') AND r.person_id = p.person_id \
    ORDER BY r.log2_score DESC, r.person_id, r.user_id LIMIT $3";

/// By the primary key.
const COUNTS: &str = "SELECT c.day, c.channel, c.direction, c.number FROM interactions.counts c \
    WHERE c.workspace_id = $1 AND c.generation = \
      (SELECT generation FROM interactions.projection WHERE name = 'counts') \
    AND c.record_id = $2 AND c.day >= $3 AND c.day <= $4 AND ($5::text[] IS NULL OR c.channel = ANY($5))";

/// Which part of a timeline is asked for.
pub(super) struct Part {
    pub(super) record: Uuid,
    /// Before this place.
    pub(super) before: (Timestamp, Uuid),
    pub(super) from: Timestamp,
    pub(super) channels: Vec<String>,
    pub(super) limit: i64,
}

/// A row of a timeline.
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) channel: String,
    pub(super) kind: String,
    pub(super) recorded_at: Timestamp,
    pub(super) detail: Option<String>,
    /// The event's data and actor, of an interaction.
    pub(super) event: Option<(String, String)>,
}

pub(super) async fn page(
    store: &Store,
    workspace: WorkspaceId,
    part: &Part,
) -> Result<Vec<Entry>, StoreError> {
    let (at, id) = part.before;
    let one = [
        &workspace as &(dyn kith_store::ToSql + Sync),
        &part.record,
        &at,
        &id,
        &part.from,
        &part.limit,
    ];
    let rows = if part.channels.is_empty() {
        read(store, workspace, &format!("{PAGE}{EVENT}"), &one).await?
    } else {
        let mut params = one.to_vec();
        params.push(&part.channels);
        read(
            store,
            workspace,
            &format!("{PAGE_OF_CHANNELS}{EVENT}"),
            &params,
        )
        .await?
    };
    let entry = |row: &Row| {
        let data: Option<String> = row.try_get(6)?;
        let actor: Option<String> = row.try_get(7)?;
        Ok(Entry {
            id: row.try_get(0)?,
            at: row.try_get(1)?,
            channel: row.try_get(2)?,
            kind: row.try_get(3)?,
            recorded_at: row.try_get(4)?,
            detail: row.try_get(5)?,
            event: data.zip(actor),
        })
    };
    rows.iter().map(entry).collect()
}

/// Last contact, next activity, and the logarithm of engagement.
pub(super) async fn summary(
    store: &Store,
    workspace: WorkspaceId,
    record: Uuid,
) -> Result<(Option<Timestamp>, Option<Timestamp>, Option<f64>), StoreError> {
    let rows = read(store, workspace, SUMMARY, &[&workspace, &record]).await?;
    let row = rows.first().ok_or(StoreError::RowCount(0))?;
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

/// How well a user and a person know each other.
pub(super) struct Tie {
    pub(super) person: Uuid,
    pub(super) user: Uuid,
    pub(super) log2_score: f64,
    pub(super) last_at: Timestamp,
}

pub(super) async fn relationships(
    store: &Store,
    workspace: WorkspaceId,
    record: Uuid,
    limit: i64,
) -> Result<Vec<Tie>, StoreError> {
    let rows = read(
        store,
        workspace,
        RELATIONSHIPS,
        &[&workspace, &record, &limit],
    )
    .await?;
    let tie = |row: &Row| {
        Ok(Tie {
            person: row.try_get(0)?,
            user: row.try_get(1)?,
            log2_score: row.try_get(2)?,
            last_at: row.try_get(3)?,
        })
    };
    rows.iter().map(tie).collect()
}

/// How many interactions there were on a day.
pub(super) struct Number {
    pub(super) day: Date,
    pub(super) channel: String,
    pub(super) direction: String,
    pub(super) count: i64,
}

pub(super) async fn counts(
    store: &Store,
    workspace: WorkspaceId,
    record: Uuid,
    (from, to): (Date, Date),
    channels: Option<&[String]>,
) -> Result<Vec<Number>, StoreError> {
    let params: Params<'_> = &[&workspace, &record, &from, &to, &channels];
    let rows = read(store, workspace, COUNTS, params).await?;
    let number = |row: &Row| {
        Ok(Number {
            day: row.try_get(0)?,
            channel: row.try_get(1)?,
            direction: row.try_get(2)?,
            count: row.try_get(3)?,
        })
    };
    rows.iter().map(number).collect()
}

async fn read(
    store: &Store,
    workspace: WorkspaceId,
    sql: &str,
    params: Params<'_>,
) -> Result<Vec<Row>, StoreError> {
    let limits = ReadLimits::default();
    store
        .plan_read(workspace, Class::Interactive, sql, params, limits)
        .await
}
