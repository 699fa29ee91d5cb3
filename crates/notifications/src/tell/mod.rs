//! Who is told what of what happens.

mod hooks;
mod mention;
mod records;

use std::collections::HashMap;

use kith_kernel::EventId;
use parking_lot::Mutex;

use crate::inbox::NewNotification;
pub(crate) use hooks::Hooks;
pub(crate) use records::Told;

/// What was found out of events before their transaction: users and records can't be asked for
/// within it.
#[derive(Default)]
struct Drafts(Mutex<HashMap<EventId, Vec<NewNotification>>>);

impl Drafts {
    /// Notes what comes of an event, in place of what was noted before.
    fn put(&self, event: EventId, new: Vec<NewNotification>) {
        self.0.lock().insert(event, new);
    }

    /// Takes what was noted of some events, and forgets everything else.
    fn take(&self, events: impl Iterator<Item = EventId>) -> Vec<NewNotification> {
        let mut noted = std::mem::take(&mut *self.0.lock());
        events
            .filter_map(|event| noted.remove(&event))
            .flatten()
            .collect()
    }
}
