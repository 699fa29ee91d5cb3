//! The streams of one workspace.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use kith_kernel::UserId;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Wish;
use super::source::Group;

/// A stream that has joined.
pub(super) struct Member {
    pub(super) sender: mpsc::Sender<Bytes>,
    pub(super) wish: Wish,
}

/// The streams of a workspace, and which of them are shown the same.
#[derive(Default)]
pub(super) struct Room {
    members: HashMap<Uuid, Member>,
}

impl Room {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn streams_of(&self, user: UserId) -> usize {
        let members = self.members.values();
        members
            .filter(|member| member.wish.actor.user == user)
            .count()
    }

    pub(super) fn enter(&mut self, stream: Uuid, member: Member) {
        self.members.insert(stream, member);
    }

    pub(super) fn remove(&mut self, stream: Uuid) {
        self.members.remove(&stream);
    }

    /// Those who are shown the same of a source, with what one of them wishes.
    pub(super) fn groups(&self, source: usize) -> Vec<(Wish, Arc<[Uuid]>)> {
        let mut groups: HashMap<Group<'_>, (&Wish, Vec<Uuid>)> = HashMap::new();
        for (stream, member) in &self.members {
            if let Some(group) = member.wish.group(source) {
                let (_, streams) = groups
                    .entry(group)
                    .or_insert_with(|| (&member.wish, Vec::new()));
                streams.push(*stream);
            }
        }
        let groups = groups.into_values();
        groups
            .map(|(wish, streams)| (wish.clone(), streams.into()))
            .collect()
    }

    /// Sends a chunk to some of the streams. One that doesn't keep up is cut off, rather than
    /// remembered for.
    pub(super) fn send(&mut self, streams: impl Iterator<Item = Uuid>, chunk: &Bytes) {
        for stream in streams {
            let Some(member) = self.members.get(&stream) else {
                continue;
            };
            match member.sender.try_send(chunk.clone()) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(_)) => {
                    metrics::counter!("kith_live_streams_cut_off_total").increment(1);
                    self.members.remove(&stream);
                }
                Err(mpsc::error::TrySendError::Closed(_)) => {
                    self.members.remove(&stream);
                }
            }
        }
    }

    pub(super) fn send_all(&mut self, chunk: &Bytes) {
        let all: Vec<Uuid> = self.members.keys().copied().collect();
        self.send(all.into_iter(), chunk);
    }
}
