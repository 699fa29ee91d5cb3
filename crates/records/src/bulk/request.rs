//! What clients send.

use std::collections::BTreeSet;

use kith_kernel::{ErrorCode, Failure, RecordId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::model::{Action, Lists, Request};

/// The most ids in one request; a filter has no bound.
pub(super) const IDS: usize = 10_000;

/// A bulk change as a client asks for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkBody {
    pub(super) object: String,
    pub(super) action: Action,
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    ids: Option<Vec<RecordId>>,
    #[serde(default)]
    exclude_ids: Vec<RecordId>,
    #[serde(default)]
    values: Option<Map<String, Value>>,
    #[serde(default)]
    lists: Lists,
}

impl BulkBody {
    /// The request, and the records where they are listed.
    ///
    /// # Errors
    /// `ValidationFailed` or `LimitExceeded`, naming the member.
    pub(super) fn checked(self) -> Result<(Request, Option<Vec<RecordId>>), Failure> {
        let fault = |member: &str, code, message: &str| {
            Err(Failure::new(ErrorCode::ValidationFailed, message).field(member, code))
        };
        let filter = self.filter.filter(|filter| !filter.trim().is_empty());
        match (&filter, &self.ids) {
            (None, None) => {
                let message = "Give a `filter` (\"true\" for all records) or `ids`.";
                return fault("filter", "required", message);
            }
            (Some(_), Some(_)) => {
                let message = "Give either a `filter` or `ids`, not both.";
                return fault("ids", "not_both", message);
            }
            _ => {}
        }
        let too_many = |ids: &[RecordId]| ids.len() > IDS;
        if self.ids.as_deref().is_some_and(too_many) || too_many(&self.exclude_ids) {
            let message = format!("At most {IDS} ids can be listed. Use a filter for more.");
            return Err(Failure::new(ErrorCode::LimitExceeded, message).field("ids", "too_many"));
        }
        let values = self.values.unwrap_or_default();
        match (self.action, values.is_empty()) {
            (Action::Update, true) => {
                return fault("values", "required", "An update needs `values`.");
            }
            (Action::Delete | Action::Restore, false) => {
                return fault("values", "not_taken", "This action takes no `values`.");
            }
            _ => {}
        }
        let exclude: BTreeSet<RecordId> = self.exclude_ids.into_iter().collect();
        let ids = self.ids.map(|ids| {
            let ids: BTreeSet<RecordId> = ids.into_iter().collect();
            ids.difference(&exclude).copied().collect::<Vec<_>>()
        });
        if ids.as_ref().is_some_and(Vec::is_empty) {
            return fault("ids", "required", "There is no record among `ids`.");
        }
        let exclude = if ids.is_some() {
            BTreeSet::new()
        } else {
            exclude
        };
        let request = Request {
            action: self.action,
            filter,
            exclude: exclude.into_iter().collect(),
            values,
            lists: self.lists,
        };
        Ok((request, ids))
    }
}
