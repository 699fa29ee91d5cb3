//! The rows, links and events of what changed.

use kith_contracts::access::Permit;
use kith_store::Tx;

use super::{Work, Writer};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::change::RowError;
use crate::record::event::{Events, Origin};
use crate::record::{Did, Record, Shape, link};
use crate::search::dictionary;

impl Writer<'_> {
    pub(super) async fn write_in(
        &self,
        tx: &Tx,
        permit: &Permit,
        shape: &Shape<'_>,
        object: &Object,
        works: &[Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let workspace = permit.workspace();
        let mut events = Events::new(object);
        let mut created: Vec<&Record> = Vec::new();
        let mut changed: Vec<(&Record, &Record)> = Vec::new();
        let mut pairs: Vec<(Option<&Record>, &Record)> = Vec::new();
        for work in works.iter().flatten() {
            match (work.did, &work.before) {
                (Did::Nothing, _) => continue,
                (Did::Updated | Did::Deleted | Did::Restored, Some(before)) => {
                    changed.push((before, &work.after));
                }
                _ => created.push(&work.after),
            }
            pairs.push((work.before.as_ref(), &work.after));
            events.add(self.clock, work.did, work.before.as_ref(), &work.after);
        }
        let mut writes = Vec::new();
        if !created.is_empty() {
            writes.push(shape.insert(workspace, &created));
        }
        if !changed.is_empty() {
            writes.push(shape.update(workspace, &changed));
        }
        let events = events.append(permit, self.origin, self.clock.now());
        // The records and their events go together.
        writes = match (writes.pop(), events) {
            (Some(last), Some(events)) => writes.into_iter().chain([last.with(events)]).collect(),
            (last, events) => writes.into_iter().chain(last).chain(events).collect(),
        };
        writes.extend(link::write(workspace, object, &pairs));
        if object.searchable {
            let names = pairs.iter().filter_map(|(before, after)| {
                let name = after.text(object, "name")?;
                let was = before.and_then(|before| before.text(object, "name"));
                (was != Some(name)).then_some(name)
            });
            writes.extend(dictionary::remember(workspace, names, self.words));
        }
        match self.origin {
            // The commit follows, and tells.
            Origin::Request => tx.send(writes).await?,
            // A row that fails must fail within its own savepoint.
            _ => tx.pipeline(&writes).await.map(drop)?,
        }
        Ok(())
    }
}
