//! Which generation of a projection is in use, and how far another one is built.

use jiff::Timestamp;
use kith_bus::Position;
use kith_kernel::{ErrorCode, Failure};
use kith_store::{Class, Params, Row, Store, StoreError, Tx};

use super::Source;
use crate::error::InteractionsError;

/// By the primary key. Whoever puts another generation in place waits for the lock.
const GENERATION: &str = "SELECT generation, coalesce(held_until > clock_timestamp(), false) \
    FROM interactions.projection WHERE name = $1 FOR SHARE";

/// By the primary keys, as are the others. A generation that was never used.
const BEGIN: &str = "INSERT INTO interactions.rebuild (name, generation, phase, started_at) \
    SELECT name, (generation + 1) % 30000, 'clearing', now() FROM interactions.projection WHERE name = $1 \
    ON CONFLICT (name) DO NOTHING";
const CURSORS: &str = "INSERT INTO interactions.rebuild_cursor (name, source) \
    SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT generation, phase, events FROM interactions.rebuild WHERE name = $1";
const CURSOR: &str =
    "SELECT source, xid::text, seq FROM interactions.rebuild_cursor WHERE name = $1";
const READERS: &str =
    "SELECT name, xid::text, seq FROM interactions.reader WHERE name = ANY($1) AND lane = 0";
const PARKED: &str = "SELECT count(*) FROM interactions.parked WHERE reader = ANY($1)";
const MOVE: &str = "UPDATE interactions.rebuild_cursor SET xid = $3::text::xid8, seq = $4 \
    WHERE name = $1 AND source = $2 AND xid = $5::text::xid8 AND seq = $6";
const COUNT: &str = "UPDATE interactions.rebuild SET events = events + $2 WHERE name = $1";
const PHASE: &str = "UPDATE interactions.rebuild SET phase = $2 WHERE name = $1";
const HOLD: &str = "UPDATE interactions.projection \
    SET held_until = clock_timestamp() + interval '10 seconds' WHERE name = $1";
const RELEASE: &str = "UPDATE interactions.projection SET held_until = NULL WHERE name = $1";
const SWITCH: &str = "UPDATE interactions.projection SET generation = $2, rebuilt_at = now(), held_until = NULL \
    WHERE name = $1 AND held_until > clock_timestamp()";
const END: &str = "DELETE FROM interactions.rebuild WHERE name = $1";
const LIST: &str = "SELECT p.name, p.generation, p.rebuilt_at, r.phase, r.events \
    FROM interactions.projection p LEFT JOIN interactions.rebuild r ON r.name = p.name ORDER BY p.name";

/// The generation that is in use, which stays so until the transaction ends.
///
/// # Errors
/// `Unavailable` while another one is about to take its place.
pub(super) async fn generation_in(tx: &Tx, name: &str) -> Result<i16, Failure> {
    let row = tx.query_one(GENERATION, &[&name]).await?;
    let held: bool = row.try_get(1).map_err(StoreError::from)?;
    if held {
        let message = "The projection is being replaced by one that was built anew.";
        return Err(Failure::new(ErrorCode::Unavailable, message));
    }
    Ok(row.try_get(0).map_err(StoreError::from)?)
}

/// A projection, and what is being done with it.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// The generation that is in use.
    pub generation: i16,
    /// When it was built anew last.
    pub rebuilt_at: Option<Timestamp>,
    /// What is being done to build it anew, if that is so.
    pub phase: Option<String>,
    /// How many events were read for that.
    pub events: Option<i64>,
}

/// Every projection.
pub(super) async fn list(store: &Store) -> Result<Vec<Status>, StoreError> {
    let rows = store.system_read(Class::Background, LIST, &[]).await?;
    let status = |row: &Row| {
        Ok(Status {
            name: row.try_get(0)?,
            generation: row.try_get(1)?,
            rebuilt_at: row.try_get(2)?,
            phase: row.try_get(3)?,
            events: row.try_get(4)?,
        })
    };
    rows.iter().map(status).collect()
}

/// A rebuild that was begun.
pub(super) struct Rebuild {
    pub(super) generation: i16,
    pub(super) phase: String,
    pub(super) events: i64,
}

/// Begins a rebuild, or goes on with the one that was begun.
pub(super) async fn begin_in(
    tx: &Tx,
    name: &str,
    sources: &[Source],
) -> Result<(), InteractionsError> {
    tx.execute(BEGIN, &[&name]).await?;
    let logs: Vec<&str> = sources.iter().map(|source| source.log).collect();
    tx.execute(CURSORS, &[&name, &logs]).await?;
    Ok(())
}

/// The rebuild of a projection, locked.
pub(super) async fn lock_in(tx: &Tx, name: &str) -> Result<Option<Rebuild>, StoreError> {
    let sql = format!("{FIND} FOR UPDATE");
    let row = tx.query_opt(&sql, &[&name]).await?;
    let read = |row: Row| {
        Ok(Rebuild {
            generation: row.try_get(0)?,
            phase: row.try_get(1)?,
            events: row.try_get(2)?,
        })
    };
    row.map(read).transpose()
}

/// Where a rebuild stands in a log.
pub(super) async fn cursor(store: &Store, name: &str, log: &str) -> Result<Position, StoreError> {
    let rows = store
        .system_read(Class::Background, CURSOR, &[&name])
        .await?;
    let row = rows.iter().find(|row| row.get::<_, &str>(0) == log);
    row.map_or(Ok(Position::START), place)
}

/// Where a reader stands; `None` where it has never run.
pub(super) async fn reader(store: &Store, reader: &str) -> Result<Option<Position>, StoreError> {
    let rows = store
        .system_read(Class::Background, READERS, &[&vec![reader]])
        .await?;
    rows.first().map(place).transpose()
}

/// Whether a rebuild stands in each log where its reader does, with nothing left behind.
pub(super) async fn is_level_in(
    tx: &Tx,
    name: &str,
    sources: &[Source],
) -> Result<bool, InteractionsError> {
    let readers: Vec<&str> = sources.iter().map(|source| source.reader).collect();
    let parked: i64 = tx.query_one(PARKED, &[&readers]).await?.try_get(0)?;
    if parked > 0 {
        let message = format!(
            "Subjects are left behind by the readers {}. See to them with `kith log`, then go on.",
            readers.join(" and ")
        );
        return Err(Failure::new(ErrorCode::Conflict, message).into());
    }
    let cursors = tx.query(CURSOR, &[&name]).await?;
    let stands = tx.query(READERS, &[&readers]).await?;
    for source in sources {
        let of = |rows: &[Row], name: &str| {
            let row = rows.iter().find(|row| row.get::<_, &str>(0) == name);
            row.map(place).transpose()
        };
        let reader = of(&stands, source.reader)?;
        let cursor = of(&cursors, source.log)?;
        if reader.is_some_and(|reader| Some(reader) != cursor) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Moves a rebuild on in a log; false where another process has moved it.
pub(super) async fn move_in(
    tx: &Tx,
    (name, log): (&str, &str),
    from: Position,
    to: Position,
    events: i64,
) -> Result<bool, StoreError> {
    tx.execute(COUNT, &[&name, &events]).await?;
    let (from_xid, to_xid) = (from.xid.to_string(), to.xid.to_string());
    let params: Params<'_> = &[&name, &log, &to_xid, &to.seq, &from_xid, &from.seq];
    Ok(tx.execute(MOVE, params).await? == 1)
}

/// Goes over to another phase.
pub(super) async fn phase_in(tx: &Tx, name: &str, phase: &str) -> Result<(), StoreError> {
    tx.execute(PHASE, &[&name, &phase]).await?;
    Ok(())
}

/// Lets the readers wait, for ten seconds at most. Those that are at work end first.
pub(super) async fn hold_in(tx: &Tx, name: &str) -> Result<(), StoreError> {
    tx.execute(HOLD, &[&name]).await?;
    Ok(())
}

/// Lets the readers go on as they did.
pub(super) async fn release_in(tx: &Tx, name: &str) -> Result<(), StoreError> {
    tx.execute(RELEASE, &[&name]).await?;
    Ok(())
}

/// Puts a generation in use; false where the readers don't wait any more.
pub(super) async fn switch_in(tx: &Tx, name: &str, generation: i16) -> Result<bool, StoreError> {
    Ok(tx.execute(SWITCH, &[&name, &generation]).await? == 1)
}

/// The rebuild is over.
pub(super) async fn end_in(tx: &Tx, name: &str) -> Result<(), StoreError> {
    tx.execute(END, &[&name]).await?;
    Ok(())
}

/// Clears away some rows that are not in use; how many there were.
pub(super) async fn clear_in(
    tx: &Tx,
    name: &str,
    tables: &[&str],
    limit: i64,
) -> Result<u64, StoreError> {
    let mut cleared = 0;
    for table in tables {
        // The tables are named by the program. A walk through the table, for as many as there are.
        let sql = format!(
            "DELETE FROM interactions.{table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM interactions.{table} \
             WHERE generation <> (SELECT generation FROM interactions.projection WHERE name = $1) LIMIT $2))"
        );
        cleared += tx.execute(&sql, &[&name, &limit]).await?;
    }
    Ok(cleared)
}

fn place(row: &Row) -> Result<Position, StoreError> {
    let xid: &str = row.try_get(1)?;
    Ok(Position {
        xid: xid.parse().unwrap_or_default(),
        seq: row.try_get(2)?,
    })
}
