//! How often each workspace was written to, by this process.

use std::collections::HashMap;
use std::sync::Arc;

use kith_kernel::WorkspaceId;
use parking_lot::Mutex;

/// The numbers of committed transactions. Clones count together.
#[derive(Clone, Default)]
pub(crate) struct Writes(Arc<Mutex<HashMap<WorkspaceId, u64>>>);

impl Writes {
    pub(crate) fn of(&self, workspace: WorkspaceId) -> u64 {
        self.0.lock().get(&workspace).copied().unwrap_or_default()
    }

    pub(crate) fn count(&self, workspace: WorkspaceId) {
        *self.0.lock().entry(workspace).or_default() += 1;
    }
}
