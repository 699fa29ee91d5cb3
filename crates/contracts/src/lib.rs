//! What one service may know of another: data shapes, query traits and the
//! one place where permission is decided.

pub mod access;
mod auth;
mod directory;
mod interactions;
mod live;
mod record_events;
mod records;

pub use auth::{Authenticator, Credentials, Workspaces};
pub use directory::{NewUser, UserDirectory, UserSummary};
pub use interactions::{ContactSummaries, ContactSummary};
pub use live::{LiveEvent, LiveEvents};
pub use record_events::{Interest, LoggedEvent, ObjectNames, RecordEvents, ShownEvent, Sifted};
pub use records::{RecordAccess, RecordFacts, RecordRef};
