//! How often each workspace was written to, by this process.

use std::collections::HashMap;
use std::sync::Arc;

use kith_kernel::WorkspaceId;
use parking_lot::Mutex;
use tokio::sync::watch;

/// The numbers of committed transactions. Clones count together.
#[derive(Clone)]
pub(crate) struct Writes(Arc<Counts>);

struct Counts {
    of: Mutex<HashMap<WorkspaceId, u64>>,
    all: watch::Sender<u64>,
}

impl Default for Writes {
    fn default() -> Self {
        let (all, _) = watch::channel(0);
        let of = Mutex::default();
        Self(Arc::new(Counts { of, all }))
    }
}

impl Writes {
    pub(crate) fn of(&self, workspace: WorkspaceId) -> u64 {
        self.0
            .of
            .lock()
            .get(&workspace)
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn count(&self, workspace: Option<WorkspaceId>) {
        if let Some(workspace) = workspace {
            *self.0.of.lock().entry(workspace).or_default() += 1;
        }
        self.0.all.send_modify(|all| *all += 1);
    }

    pub(crate) fn committed(&self) -> watch::Receiver<u64> {
        self.0.all.subscribe()
    }
}
