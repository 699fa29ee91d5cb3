//! What the log says of interactions. Who took part and what was said stands there encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::Direction;

/// An interaction was recorded; its subject is the interaction, its data [`Recorded`].
pub(crate) const RECORDED: &str = "interaction.recorded";
/// A participant of an interaction was found to be a person; its data is [`Linked`].
pub(crate) const LINKED: &str = "interaction.linked";
/// A person was erased: the event's subject.
pub(crate) const ERASED: &str = "person.erased";

/// An interaction as it was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) channel: String,
    pub(crate) direction: Direction,
    /// When it happened.
    pub(crate) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// The records that it belongs to: those it names, the people it was with, their companies.
    pub(crate) records: Vec<Link>,
    /// Our users who took part, or the one who recorded it.
    pub(crate) users: Vec<Uuid>,
    pub(crate) participants: Vec<Participant>,
    /// The keys that together give the key of `content`, in this order.
    pub(crate) keys: Vec<Uuid>,
    pub(crate) content: Bytes,
}

/// A record that an interaction belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    /// The object's key.
    #[serde(rename = "o")]
    pub(crate) object: String,
    #[serde(rename = "i")]
    pub(crate) id: Uuid,
}

/// Somebody who took part.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Participant {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<Uuid>,
    /// The key that `sealed` is encrypted with; that of the content where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Uuid>,
    /// The indexes of the addresses that nobody is known by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) addresses: Vec<Bytes>,
    pub(crate) sealed: Bytes,
}

/// A participant of an earlier interaction, found to be a person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Linked {
    /// The participant's place.
    pub(crate) participant: i16,
    pub(crate) person: Uuid,
    /// The records that the interaction belongs to from now on, besides those from before.
    pub(crate) records: Vec<Link>,
    #[serde(flatten)]
    pub(crate) fact: Fact,
}

/// What projections need to know of an interaction besides its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fact {
    pub(crate) channel: String,
    pub(crate) direction: Direction,
    pub(crate) at: Timestamp,
    pub(crate) recorded_at: Timestamp,
    pub(crate) users: Vec<Uuid>,
}

/// Bytes, in JSON as Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&base64::display::Base64Display::new(
            &self.0,
            &STANDARD_NO_PAD,
        ))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text.as_bytes());
        bytes.map(Self).map_err(serde::de::Error::custom)
    }
}
