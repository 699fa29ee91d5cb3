//! A browser session and its life.

use jiff::{SignedDuration, Timestamp};
use kith_kernel::{SessionId, UserId};

/// How long a session lives at most.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a session lives without being used.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A browser session, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The address that signed in.
    pub ip: Option<String>,
    /// The browser that signed in, as it calls itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// From when on a session is over: after [`IDLE`] without use, or at its absolute end.
pub(crate) fn ends_at(last_seen: Timestamp, expires: Timestamp) -> Timestamp {
    last_seen
        .saturating_add(IDLE)
        .map_or(expires, |idle| idle.min(expires))
}

/// What is kept of a browser's name: at most 200 characters without controls.
pub(crate) fn user_agent(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    (!kept.trim().is_empty()).then(|| kept.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_idleness_or_by_age() {
        let start = Timestamp::UNIX_EPOCH;
        let expires = start + ABSOLUTE;
        assert_eq!(ends_at(start, expires), start + IDLE);
        let late = start + SignedDuration::from_hours(29 * 24);
        assert_eq!(ends_at(late, expires), expires);
        assert_eq!(ends_at(Timestamp::MAX, Timestamp::MAX), Timestamp::MAX);
    }

    #[test]
    fn a_browsers_name_is_cut_and_cleaned() {
        assert_eq!(user_agent("Fire\0fox\r\n"), Some("Firefox".to_owned()));
        assert_eq!(user_agent(" \t "), None);
        assert_eq!(user_agent(&"é".repeat(500)).unwrap().chars().count(), 200);
    }
}
