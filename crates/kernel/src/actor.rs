//! Who acts, in which workspace, and under which settings.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ApiTokenId, Currency, SessionId, UserId, WorkspaceId};

/// The id that follows a request from the browser to its last job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who acts, authenticated, in one workspace.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The workspace that the actor acts in; nothing outside it exists for them.
    pub workspace: WorkspaceId,
    /// The user on whose behalf all of this happens.
    pub user: UserId,
    /// By what the actor proved who they are.
    pub kind: ActorKind,
    /// The user's role.
    pub role: Role,
    /// What the credentials are good for. A session has all scopes.
    pub scopes: Arc<[Scope]>,
    /// The workspace's settings, as they stood when the actor was authenticated.
    pub settings: Arc<WorkspaceSettings>,
}

/// By what an actor proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A browser session.
    Session(SessionId),
    /// A personal API token.
    Token(ApiTokenId),
    /// The server itself, on the user's behalf: an import that goes on after a restart.
    System,
}

/// A user's role in their workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything, the catalog and the users included.
    Administrator,
    /// May read and write records.
    Member,
    /// May read records.
    ReadOnly,
}

/// What an API token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Read records and the catalog.
    #[serde(rename = "records:read")]
    RecordsRead,
    /// Write records, import files.
    #[serde(rename = "records:write")]
    RecordsWrite,
    /// Shape the catalog, manage users and the workspace.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::RecordsRead, Self::RecordsWrite, Self::Admin];
}

/// What a workspace's administrator chose for all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSettings {
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// The region of phone numbers without a country code: ISO 3166-1 alpha-2, upper case.
    pub region: String,
    /// The IANA time zone in which days begin, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The BCP 47 tag of the language and formats, such as `en-GB`.
    pub locale: String,
}
