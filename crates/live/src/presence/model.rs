use std::collections::{BTreeMap, BTreeSet, HashMap};

use kith_kernel::{RecordId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

/// A record that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watched {
    /// The object's plural name.
    pub(crate) object: String,
    pub(crate) record_id: RecordId,
}

/// What somebody does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Viewing,
    Editing,
}

/// A record, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Looking {
    pub(crate) watched: Watched,
    pub(crate) state: State,
}

/// What one stream's client looks at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Present {
    pub(crate) workspace: WorkspaceId,
    pub(crate) stream: Uuid,
    pub(crate) user: UserId,
    pub(crate) looking: Vec<Looking>,
}

impl Present {
    /// Reads what another process told; `None` where it told something else.
    pub(crate) fn read(message: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Told {
            presence: Present,
        }
        serde_json::from_str::<Told>(message)
            .ok()
            .map(|told| told.presence)
    }
}

/// Streams of one user that are taken note of.
const STREAMS: usize = 32;

/// Who looks at what, as far as this process knows.
#[derive(Default)]
pub(crate) struct Seen {
    streams: HashMap<(WorkspaceId, Uuid), (Present, Instant)>,
    of_user: HashMap<(WorkspaceId, UserId), usize>,
    records: HashMap<(WorkspaceId, Watched), BTreeSet<Uuid>>,
    changed: BTreeSet<(WorkspaceId, Watched)>,
}

impl Seen {
    /// Whether a stream may be taken note of: it is nobody else's, and not one too many.
    pub(crate) fn may_note(&self, workspace: WorkspaceId, stream: Uuid, user: UserId) -> bool {
        match self.user_of(workspace, stream) {
            Some(known) => known == user,
            None => self
                .of_user
                .get(&(workspace, user))
                .is_none_or(|streams| *streams < STREAMS),
        }
    }

    /// Takes note; whether anything is other than before.
    pub(crate) fn note(&mut self, present: Present, now: Instant) -> bool {
        if !self.may_note(present.workspace, present.stream, present.user) {
            return false;
        }
        let key = (present.workspace, present.stream);
        let of_user = (present.workspace, present.user);
        let before = self.streams.remove(&key);
        if before.is_some()
            && let Some(streams) = self.of_user.get_mut(&of_user)
        {
            *streams -= 1;
            if *streams == 0 {
                self.of_user.remove(&of_user);
            }
        }
        let before = before
            .map(|(present, _)| present.looking)
            .unwrap_or_default();
        let is_new = before != present.looking;
        if is_new {
            for looking in &before {
                self.detach(present.workspace, present.stream, &looking.watched);
            }
            for looking in &present.looking {
                let record = (present.workspace, looking.watched.clone());
                self.changed.insert(record.clone());
                self.records
                    .entry(record)
                    .or_default()
                    .insert(present.stream);
            }
        }
        if !present.looking.is_empty() {
            *self.of_user.entry(of_user).or_default() += 1;
            self.streams.insert(key, (present, now));
        }
        is_new
    }

    fn detach(&mut self, workspace: WorkspaceId, stream: Uuid, watched: &Watched) {
        let record = (workspace, watched.clone());
        if let Some(streams) = self.records.get_mut(&record) {
            streams.remove(&stream);
            if streams.is_empty() {
                self.records.remove(&record);
            }
        }
        self.changed.insert(record);
    }

    /// Forgets whoever was last heard of before a moment; whether there was anybody.
    pub(crate) fn forget(&mut self, before: Instant) -> bool {
        let old = self.streams.values().filter(|(_, heard)| *heard < before);
        let old: Vec<Present> = old.map(|(present, _)| present.clone()).collect();
        for present in &old {
            let looking = Vec::new();
            self.note(
                Present {
                    looking,
                    ..present.clone()
                },
                before,
            );
        }
        !old.is_empty()
    }

    pub(crate) fn user_of(&self, workspace: WorkspaceId, stream: Uuid) -> Option<UserId> {
        let (present, _) = self.streams.get(&(workspace, stream))?;
        Some(present.user)
    }

    pub(crate) fn take_changed(&mut self) -> Vec<(WorkspaceId, Watched)> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    /// The streams whose clients look at a record.
    pub(crate) fn streams(&self, workspace: WorkspaceId, watched: &Watched) -> Vec<Uuid> {
        let streams = self.records.get(&(workspace, watched.clone()));
        streams.into_iter().flatten().copied().collect()
    }

    /// Who looks at a record: each user once, with the most that they do with it.
    pub(crate) fn show(&self, workspace: WorkspaceId, watched: &Watched) -> Value {
        let mut users: BTreeMap<UserId, State> = BTreeMap::new();
        for stream in self.streams(workspace, watched) {
            let Some((present, _)) = self.streams.get(&(workspace, stream)) else {
                continue;
            };
            let states = (present.looking.iter()).filter(|looking| looking.watched == *watched);
            for looking in states {
                let state = users.entry(present.user).or_insert(looking.state);
                *state = looking.state.max(*state);
            }
        }
        let users = users
            .iter()
            .map(|(id, state)| json!({ "id": id, "state": state }));
        json!({
            "object": watched.object,
            "record_id": watched.record_id,
            "users": users.collect::<Vec<Value>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kith_kernel::Clock;

    use super::*;

    #[test]
    fn somebody_is_shown_once_with_the_most_they_do_until_nothing_is_heard_of_them() {
        let clock = Clock::system();
        let workspace = WorkspaceId::new(&clock);
        let watched = Watched {
            object: "people".to_owned(),
            record_id: RecordId::new(&clock),
        };
        let (ada, alan) = (UserId::new(&clock), UserId::new(&clock));
        let present = |stream: Uuid, user, states: &[State]| Present {
            workspace,
            stream,
            user,
            looking: (states.iter())
                .map(|state| Looking {
                    watched: watched.clone(),
                    state: *state,
                })
                .collect(),
        };
        let (one, two, three) = (clock.next_uuid(), clock.next_uuid(), clock.next_uuid());
        let start = Instant::now();
        let later = start + Duration::from_secs(9);
        let mut seen = Seen::default();
        assert!(seen.note(present(one, ada, &[State::Viewing]), start));
        assert!(
            !seen.note(present(one, ada, &[State::Viewing]), start),
            "nothing new"
        );
        assert!(seen.note(present(two, ada, &[State::Editing]), start));
        assert!(seen.note(present(three, alan, &[State::Viewing]), later));
        let users = |seen: &Seen| seen.show(workspace, &watched)["users"].clone();
        let both = json!([
            { "id": ada, "state": "editing" }, { "id": alan, "state": "viewing" }
        ]);
        assert_eq!(users(&seen), both);
        assert_eq!(seen.take_changed().len(), 1);
        assert!(seen.forget(later));
        assert_eq!(users(&seen), json!([{ "id": alan, "state": "viewing" }]));
        assert_eq!(seen.streams(workspace, &watched), [three]);
        assert!(seen.note(present(three, alan, &[]), later));
        assert_eq!(users(&seen), json!([]));
        assert!(seen.streams.is_empty() && seen.records.is_empty() && seen.of_user.is_empty());

        assert!(seen.note(present(one, ada, &[State::Viewing]), start));
        assert!(
            !seen.note(present(one, alan, &[State::Editing]), start),
            "it is hers"
        );
        for _ in 0..100 {
            seen.note(present(clock.next_uuid(), alan, &[State::Viewing]), start);
        }
        assert_eq!(seen.streams.len(), 1 + STREAMS);
    }
}
