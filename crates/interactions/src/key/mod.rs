//! Data keys: each person has one, and each address of somebody who isn't known yet.
//!
//! Contents are encrypted with them; destroying a key makes its contents unreadable. A workspace
//! has a key of its own too, for what is nobody's, and for finding addresses without storing them.

mod rewrap;
mod service;
mod store;

pub use rewrap::Rewrapped;
pub(crate) use service::Keys;
pub(crate) use store::destroy_in;

use std::sync::Arc;

use kith_crypto::DataKey;
use uuid::Uuid;

/// Whose key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// The workspace.
    Workspace,
    /// A person.
    Person(Uuid),
    /// An address that nobody is known by, by its index.
    Address(AddressIndex),
}

/// What stands for an e-mail address or phone number: equal for equal ones, and telling nothing
/// without the workspace's key.
pub(crate) type AddressIndex = [u8; 32];

impl Owner {
    fn kind(&self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Person(_) => "person",
            Self::Address(_) => "address",
        }
    }

    fn subject(&self) -> &[u8] {
        match self {
            Self::Workspace => &[],
            Self::Person(id) => id.as_bytes(),
            Self::Address(index) => index,
        }
    }

    fn person(&self) -> Option<Uuid> {
        match self {
            Self::Person(id) => Some(*id),
            Self::Workspace | Self::Address(_) => None,
        }
    }
}

/// A key that is there to be used.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The key's id, which stands beside what it encrypts.
    pub(crate) id: Uuid,
    /// The key.
    pub(crate) key: Arc<DataKey>,
}
