//! Where a reader stands: a row for each of its lanes, beside what it writes.

use kith_store::{Class, Params, Store, StoreError, Tx};

use super::Begin;
use crate::log::{Log, Position};

/// One process at a time decides how many lanes a reader has.
const LAYING_OUT: &str = "SELECT pg_advisory_xact_lock(hashtext('kith.reader'), hashtext($1))";

/// The cursors of one reader.
#[derive(Clone)]
pub(crate) struct Cursors {
    store: Store,
    reader: &'static str,
    /// By the primary key, as are the others.
    read: String,
    insert: String,
    advance: String,
    clear: String,
}

impl Cursors {
    pub(crate) fn new(store: Store, owner: &str, reader: &'static str) -> Self {
        Self {
            store,
            reader,
            read: format!(
                "SELECT lane, lanes, xid::text, seq FROM {owner}.reader WHERE name = $1 ORDER BY lane"
            ),
            insert: format!(
                "INSERT INTO {owner}.reader (name, lane, lanes, source, xid, seq) \
                 SELECT $1, lane, $2, $3, $4::text::xid8, $5 FROM generate_series(0, $2 - 1) AS lane \
                 ON CONFLICT DO NOTHING"
            ),
            advance: format!(
                "UPDATE {owner}.reader SET xid = $4::text::xid8, seq = $5, advanced_at = now() \
                 WHERE name = $1 AND lane = $2 AND lanes = $3 AND xid = $6::text::xid8 AND seq = $7"
            ),
            clear: format!("DELETE FROM {owner}.reader WHERE name = $1"),
        }
    }

    /// How many lanes the reader has: `wanted`, unless it was left in the midst of work with
    /// another number. It changes only where all lanes stand at one place, so that no event falls
    /// to a lane that is past it, or to two.
    pub(crate) async fn lay_out(
        &self,
        log: &Log,
        begin: Begin,
        wanted: u8,
    ) -> Result<u8, StoreError> {
        let start = match begin {
            Begin::First => Position::START,
            Begin::Now => log.end().await?,
        };
        let wanted = i16::from(wanted.max(1));
        let tx = self.store.begin_system(Class::Background).await?;
        tx.execute(LAYING_OUT, &[&self.reader]).await?;
        let rows = tx.query(&self.read, &[&self.reader]).await?;
        let places = rows.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let lanes = match places.first() {
            None => {
                self.insert_in(&tx, wanted, log, start).await?;
                wanted
            }
            Some((lanes, first))
                if *lanes != wanted && places.iter().all(|(_, place)| place == first) =>
            {
                tx.execute(&self.clear, &[&self.reader]).await?;
                self.insert_in(&tx, wanted, log, *first).await?;
                wanted
            }
            Some((lanes, _)) => *lanes,
        };
        tx.commit().await?;
        Ok(u8::try_from(lanes).unwrap_or(u8::MAX))
    }

    async fn insert_in(
        &self,
        tx: &Tx,
        lanes: i16,
        log: &Log,
        at: Position,
    ) -> Result<(), StoreError> {
        let params: Params<'_> = &[
            &self.reader,
            &i32::from(lanes),
            &log.service(),
            &at.xid_text(),
            &at.seq,
        ];
        tx.execute(&self.insert, params).await?;
        Ok(())
    }

    /// Where a lane stands.
    pub(crate) async fn of(&self, lane: u8) -> Result<Position, StoreError> {
        let places = self.all().await?;
        Ok(places.get(usize::from(lane)).copied().unwrap_or_default())
    }

    /// Where all lanes stand; none before it was laid out.
    pub(crate) async fn all(&self) -> Result<Vec<Position>, StoreError> {
        let rows = (self.store)
            .system_read(Class::Background, &self.read, &[&self.reader])
            .await?;
        (rows.iter())
            .map(|row| place(row).map(|(_, place)| place))
            .collect()
    }

    /// Moves a lane on, and holds it until the transaction ends. `false` where it does not stand
    /// where it was thought to: another process has moved it.
    pub(crate) async fn advance_in(
        &self,
        tx: &Tx,
        (lane, lanes): (u8, u8),
        from: Position,
        to: Position,
    ) -> Result<bool, StoreError> {
        let params: Params<'_> = &[
            &self.reader,
            &i16::from(lane),
            &i16::from(lanes),
            &to.xid_text(),
            &to.seq,
            &from.xid_text(),
            &from.seq,
        ];
        Ok(tx.execute(&self.advance, params).await? == 1)
    }
}

/// How many lanes there are, and where this one stands.
fn place(row: &kith_store::Row) -> Result<(i16, Position), StoreError> {
    let xid: &str = row.try_get(2)?;
    let position = Position {
        xid: xid.parse().unwrap_or_default(),
        seq: row.try_get(3)?,
    };
    Ok((row.try_get(1)?, position))
}
