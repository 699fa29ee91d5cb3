//! A personal API token: what it may be called, what it is good for and for how long.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kith_kernel::{Actor, ActorKind, ApiTokenId, Role, Scope, UserId};

use crate::input::{Fault, line};

/// The longest life of a token in days.
pub(crate) const MAX_DAYS: u32 = 365;

/// A personal API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// The id.
    pub id: ApiTokenId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scopes: Arc<[Scope]>,
    /// The last four characters of its secret.
    pub last_four: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
}

pub(crate) fn name(text: &str) -> Result<String, Fault> {
    line(text, "a name for the token", 100)
}

/// When a token that is to live `days` expires; `None` for one that lives until it is revoked.
/// A token's own creations don't outlive it.
pub(crate) fn expiry(
    now: Timestamp,
    days: Option<u32>,
    bound: Option<Timestamp>,
) -> Result<Option<Timestamp>, Fault> {
    let fault = || {
        Fault::new(
            "out_of_range",
            format!("Give from 1 to {MAX_DAYS} days, or leave it out."),
        )
    };
    let Some(days) = days else {
        return Ok(bound);
    };
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(fault());
    }
    let at = now
        .checked_add(SignedDuration::from_hours(i64::from(days) * 24))
        .map_err(|_| fault())?;
    Ok(Some(bound.map_or(at, |bound| bound.min(at))))
}

/// The scopes of a new token, in their canonical order, if `actor` has all of them.
pub(crate) fn scopes(wanted: &[Scope], actor: &Actor) -> Result<Arc<[Scope]>, Fault> {
    if wanted.is_empty() {
        return Err(Fault::new(
            "required",
            "Name at least one scope: records:read, records:write or admin.",
        ));
    }
    for &scope in wanted {
        if !may_give(actor, scope) {
            return Err(Fault::new(
                "scope_not_held",
                format!(
                    "Leave out the scope {}: you don't have it yourself.",
                    scope_name(scope)
                ),
            ));
        }
    }
    Ok(Scope::ALL
        .into_iter()
        .filter(|scope| wanted.contains(scope))
        .collect())
}

/// Everything that a user of this role may put into a token.
pub(crate) fn scopes_of(role: Role) -> &'static [Scope] {
    match role {
        Role::Administrator => &Scope::ALL,
        Role::Member => &[Scope::RecordsRead, Scope::RecordsWrite],
        Role::ReadOnly => &[Scope::RecordsRead],
    }
}

fn may_give(actor: &Actor, scope: Scope) -> bool {
    let held = !matches!(actor.kind, ActorKind::Token(_)) || actor.scopes.contains(&scope);
    held && scopes_of(actor.role).contains(&scope)
}

/// The scope's name in the database and in JSON.
pub(crate) fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::RecordsRead => "records:read",
        Scope::RecordsWrite => "records:write",
        Scope::Admin => "admin",
    }
}

/// The scope of a name; `None` for one that a newer version wrote.
pub(crate) fn scope_of(name: &str) -> Option<Scope> {
    Scope::ALL
        .into_iter()
        .find(|&scope| scope_name(scope) == name)
}

#[cfg(test)]
mod tests {
    use kith_kernel::{Clock, Currency, SessionId, WorkspaceId, WorkspaceSettings};

    use super::*;

    fn actor(role: Role, token_scopes: Option<&[Scope]>) -> Actor {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        Actor {
            workspace: WorkspaceId::new(&clock),
            user: UserId::new(&clock),
            kind: match token_scopes {
                Some(_) => ActorKind::Token(ApiTokenId::new(&clock)),
                None => ActorKind::Session(SessionId::new(&clock)),
            },
            role,
            scopes: token_scopes.unwrap_or(&Scope::ALL).into(),
            settings: Arc::new(WorkspaceSettings {
                currency: Currency::EUR,
                region: "DE".to_owned(),
                time_zone: "UTC".to_owned(),
                locale: "en".to_owned(),
            }),
        }
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        use Scope::{Admin, RecordsRead, RecordsWrite};
        let allowed = |actor: &Actor, wanted: &[Scope]| scopes(wanted, actor).is_ok();
        assert!(allowed(&actor(Role::Administrator, None), &Scope::ALL));
        assert!(allowed(
            &actor(Role::Member, None),
            &[RecordsWrite, RecordsRead]
        ));
        assert!(!allowed(&actor(Role::Member, None), &[Admin]));
        assert!(!allowed(&actor(Role::ReadOnly, None), &[RecordsWrite]));
        let narrow = actor(Role::Administrator, Some(&[Admin]));
        assert!(allowed(&narrow, &[Admin]));
        assert!(!allowed(&narrow, &[RecordsRead]));
        assert!(!allowed(&narrow, &[]));
    }

    #[test]
    fn scopes_are_stored_once_and_in_order() {
        let given = scopes(
            &[Scope::Admin, Scope::RecordsRead, Scope::Admin],
            &actor(Role::Administrator, None),
        );
        assert_eq!(&*given.unwrap(), [Scope::RecordsRead, Scope::Admin]);
    }

    #[test]
    fn names_are_those_of_json() {
        for scope in Scope::ALL {
            assert_eq!(
                serde_json::to_value(scope).unwrap(),
                serde_json::json!(scope_name(scope))
            );
            assert_eq!(scope_of(scope_name(scope)), Some(scope));
        }
        assert_eq!(scope_of("root"), None);
    }

    #[test]
    fn a_tokens_creations_do_not_outlive_it() {
        let now = Timestamp::UNIX_EPOCH;
        let day = |n: i64| now + SignedDuration::from_hours(24 * n);
        assert_eq!(expiry(now, None, None), Ok(None));
        assert_eq!(expiry(now, Some(30), None), Ok(Some(day(30))));
        assert_eq!(expiry(now, Some(30), Some(day(7))), Ok(Some(day(7))));
        assert_eq!(expiry(now, None, Some(day(7))), Ok(Some(day(7))));
        assert!(expiry(now, Some(0), None).is_err());
        assert!(expiry(now, Some(366), None).is_err());
        assert!(expiry(now, Some(u32::MAX), None).is_err());
    }
}
