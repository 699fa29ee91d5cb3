//! A user, and what one may be called.

use jiff::Timestamp;
use kith_contracts::UserSummary;
use kith_kernel::{Role, UserId};
use serde::{Deserialize, Serialize};

use crate::input::{Fault, line};

/// A user of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The e-mail address, lower case; absent for users that an import made by name.
    pub email: Option<String>,
    /// The full name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Whether the user may sign in.
    pub active: bool,
    /// Whether the user has set a password.
    pub has_password: bool,
    /// The user's own language tag, where it differs from the workspace's.
    pub locale: Option<String>,
    /// The user's own time zone, where it differs from the workspace's.
    pub time_zone: Option<String>,
    /// How the user wants pages to look, where they chose.
    pub theme: Option<Theme>,
    /// Ascends with every change of a user within the workspace.
    pub revision: i64,
    /// Ascends with every change of this user.
    pub version: i64,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user changed last.
    pub updated_at: Timestamp,
}

impl User {
    pub(crate) fn summary(&self) -> UserSummary {
        UserSummary {
            id: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            active: self.active,
            revision: self.revision,
        }
    }
}

pub(crate) fn full_name(text: &str) -> Result<String, Fault> {
    line(text, "a name", 200)
}

/// How pages look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As the user's system says.
    System,
}

impl Theme {
    /// Every theme.
    pub(crate) const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// The name in the database and in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// The theme of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name)
    }
}

/// The role's name in the database and in JSON.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Member => "member",
        Role::ReadOnly => "read_only",
    }
}

/// The role of a name; the least powerful one for a name that a newer version wrote.
pub(crate) fn role_of(name: &str) -> Role {
    match name {
        "administrator" => Role::Administrator,
        "member" => Role::Member,
        _ => Role::ReadOnly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_survive_their_names() {
        for role in [Role::Administrator, Role::Member, Role::ReadOnly] {
            assert_eq!(role_of(role_name(role)), role);
            assert_eq!(
                serde_json::to_value(role).unwrap(),
                serde_json::json!(role_name(role))
            );
        }
        assert_eq!(role_of("emperor"), Role::ReadOnly);
    }
}
