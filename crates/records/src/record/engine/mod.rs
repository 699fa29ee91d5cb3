//! The one way in which records change.
//!
//! A set of changes to records of one object is read, checked, completed and written together,
//! whether it is one field of one person or a thousand rows of a file. What is wrong with one of
//! them does not touch the others: the caller decides whether to go on without it.

mod begin;
mod complete;
mod targets;
mod uniques;
mod write;

use std::collections::HashSet;

use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, Clock};
use kith_store::Tx;

use super::change::{Change, Outcome, RowError};
use super::event::Origin;
use super::{Did, Record, Shape};
use crate::catalog::{Catalog, Object};
use crate::error::RecordsError;
use crate::search::dictionary::SeenWords;
use crate::value::Accept;

/// Who writes, under which catalog, and as part of what.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// Who writes.
    pub actor: &'a Actor,
    /// The workspace's catalog.
    pub catalog: &'a Catalog,
    /// The source of the time and of new ids.
    pub clock: &'a Clock,
    /// What the changes are part of.
    pub origin: Origin,
    /// The words of names that need not be brought to the dictionary again.
    pub words: Option<&'a SeenWords>,
}

/// A change in the making.
struct Work {
    before: Option<Record>,
    after: Record,
    did: Did,
}

impl<'a> Writer<'a> {
    /// What values are accepted under.
    pub fn accept(&self) -> Accept<'a> {
        Accept {
            settings: &self.actor.settings,
            catalog: self.catalog,
        }
    }

    /// Makes the changes in `tx`; the answer has their order. No record may be named twice.
    ///
    /// # Errors
    /// When the actor may not make one of the changes, or the store fails: then `tx` has to be
    /// rolled back. What is wrong with single changes stands in the answer.
    pub async fn apply_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        self.run_in(tx, object, changes, true).await
    }

    /// Finds out what [`Writer::apply_in`] would answer, without writing records and events.
    /// `tx` has to be rolled back all the same.
    pub async fn check_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        self.run_in(tx, object, changes, false).await
    }

    async fn run_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
        write: bool,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        let mut permit = None;
        let actions: HashSet<Action> = changes.iter().map(Change::action).collect();
        for action in actions {
            permit = Some(authorise(self.actor, action, Some(&object.key))?);
        }
        let Some(permit) = permit else {
            return Ok(Vec::new());
        };
        let workspace = permit.workspace();
        let shape = Shape::new(object);
        let mut works = self.begin_in(tx, &shape, object, changes).await?;
        self.complete_in(tx, workspace, object, &mut works).await?;
        self.check_targets_in(tx, workspace, object, &mut works)
            .await?;
        self.claim_uniques_in(tx, workspace, object, &mut works)
            .await?;
        if write {
            self.write_in(tx, &permit, &shape, object, &works).await?;
        }
        let outcome = |work: Work| Outcome {
            did: work.did,
            record: work.after,
            before: work.before,
        };
        Ok(works.into_iter().map(|work| work.map(outcome)).collect())
    }
}
