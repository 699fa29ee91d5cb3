//! What may change about a user.

use kith_kernel::{Failure, Role};
use serde_json::{Map, Value, json};

use super::model::{Theme, full_name};
use super::{EmailAddress, User};
use crate::input::{Change, Faults};
use crate::workspace::model::{locale, time_zone};

/// A change of a user; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserPatch {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) active: Option<bool>,
    pub(crate) locale: Change<String>,
    pub(crate) time_zone: Change<String>,
    pub(crate) theme: Change<Theme>,
}

/// The patch with its values as they are stored.
pub(super) fn checked(patch: &UserPatch) -> Result<UserPatch, Failure> {
    let mut faults = Faults::default();
    let email = patch.email.as_deref().map(EmailAddress::parse);
    let email = faults.check_some("email", email);
    let name = faults.check_some("name", patch.name.as_deref().map(full_name));
    let locale = faults.check_change("locale", &patch.locale, locale);
    let time_zone = faults.check_change("time_zone", &patch.time_zone, time_zone);
    faults.none_or_fail()?;
    Ok(UserPatch {
        email: email.map(|email| email.as_str().to_owned()),
        name,
        role: patch.role,
        active: patch.active,
        locale,
        time_zone,
        theme: patch.theme.clone(),
    })
}

/// The user as the patch makes them.
pub(super) fn applied(before: &User, patch: UserPatch) -> User {
    let mut after = before.clone();
    if let Some(email) = patch.email {
        after.email = Some(email);
    }
    if let Some(name) = patch.name {
        after.name = name;
    }
    after.role = patch.role.unwrap_or(after.role);
    after.active = patch.active.unwrap_or(after.active);
    patch.locale.apply(&mut after.locale);
    patch.time_zone.apply(&mut after.time_zone);
    patch.theme.apply(&mut after.theme);
    after
}

/// What the log tells of a user.
pub(super) fn facts(user: &User) -> Map<String, Value> {
    let facts = json!({
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "active": user.active,
        "locale": user.locale,
        "time_zone": user.time_zone,
        "theme": user.theme,
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}
