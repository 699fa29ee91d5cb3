//! How interactions are encrypted.
//!
//! Each participant whom we could find again stands under a key of their own. The content stands
//! under a key that only all of those keys together give, with the workspace's: destroying any one
//! of them makes it unreadable. Participants without a key of their own (our users, mere names)
//! stand under the content's key.

use std::collections::HashMap;
use std::sync::Arc;

use kith_crypto::DataKey;
use uuid::Uuid;

use super::draft::{Content, Identity};
use super::event::{Bytes, Participant, Recorded};
use crate::error::InteractionsError;
use crate::key::Held;

const CONTENT: &[u8] = b"content";
const PARTICIPANT: &[u8] = b"participant";

/// The key of an interaction's content. `keys` begin with the workspace's.
pub(super) fn content_key(
    interaction: Uuid,
    keys: &[&Held],
) -> Result<(Vec<Uuid>, DataKey), InteractionsError> {
    let ids = keys.iter().map(|held| held.id).collect();
    let keys: Vec<&DataKey> = keys.iter().map(|held| &*held.key).collect();
    Ok((ids, DataKey::joint(&keys, interaction.as_bytes())?))
}

/// Encrypts the content of an interaction.
pub(super) fn content(
    key: &DataKey,
    interaction: Uuid,
    content: &Content,
) -> Result<Bytes, InteractionsError> {
    seal(key, &[CONTENT, interaction.as_bytes()], content)
}

/// Encrypts who a participant is.
pub(super) fn participant(
    key: &DataKey,
    interaction: Uuid,
    identity: &Identity,
) -> Result<Bytes, InteractionsError> {
    seal(key, &[PARTICIPANT, interaction.as_bytes()], identity)
}

/// What can still be read of an interaction.
pub(super) struct Opened {
    /// The content; `None` where somebody who took part was erased.
    pub(super) content: Option<Content>,
    /// The participants, in their order; `None` for who can't be read.
    pub(super) identities: Vec<Option<Identity>>,
}

/// Decrypts an interaction with those of its keys that are left.
pub(super) fn open(
    interaction: Uuid,
    recorded: &Recorded,
    keys: &HashMap<Uuid, Arc<DataKey>>,
) -> Result<Opened, InteractionsError> {
    let all: Option<Vec<&DataKey>> = (recorded.keys.iter())
        .map(|id| keys.get(id).map(|key| &**key))
        .collect();
    let joint = all.map(|keys| DataKey::joint(&keys, interaction.as_bytes()));
    let joint = joint.transpose()?;
    let content = match &joint {
        Some(key) => Some(unseal(
            key,
            &[CONTENT, interaction.as_bytes()],
            &recorded.content,
        )?),
        None => None,
    };
    let identity = |one: &Participant| {
        let key = match one.key {
            Some(id) => keys.get(&id).map(|key| &**key),
            None => joint.as_ref(),
        };
        let context: [&[u8]; 2] = [PARTICIPANT, interaction.as_bytes()];
        key.map(|key| unseal(key, &context, &one.sealed))
            .transpose()
    };
    Ok(Opened {
        content,
        identities: (recorded.participants.iter().map(identity)).collect::<Result<_, _>>()?,
    })
}

/// Every key that an interaction is encrypted with.
pub(super) fn keys_of(recorded: &Recorded) -> impl Iterator<Item = Uuid> {
    let own = recorded.participants.iter().filter_map(|one| one.key);
    recorded.keys.iter().copied().chain(own)
}

fn seal(
    key: &DataKey,
    context: &[&[u8]],
    value: &impl serde::Serialize,
) -> Result<Bytes, InteractionsError> {
    let json = serde_json::to_vec(value).map_err(InteractionsError::stored("a content"))?;
    Ok(Bytes(key.seal(context, &json)?))
}

fn unseal<T: serde::de::DeserializeOwned>(
    key: &DataKey,
    context: &[&[u8]],
    sealed: &Bytes,
) -> Result<T, InteractionsError> {
    let json = key.open(context, &sealed.0)?;
    serde_json::from_slice(&json).map_err(InteractionsError::stored("a content"))
}
