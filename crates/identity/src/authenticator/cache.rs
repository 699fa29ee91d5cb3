//! Who stands behind a token, remembered for a few seconds.
//!
//! Every request is authenticated, so this is on the path of each. A change made by this
//! process takes effect at once; one made by another process within [`KNOWN_FOR`].

use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use kith_crypto::TokenHash;
use kith_kernel::{Actor, UserId, WorkspaceId};
use lru::LruCache;
use parking_lot::Mutex;

/// How long a token's owner is believed without asking the database again.
pub(crate) const KNOWN_FOR: SignedDuration = SignedDuration::from_secs(5);
/// How long an unknown token stays unknown.
pub(crate) const UNKNOWN_FOR: SignedDuration = SignedDuration::from_secs(2);
/// How often a token's last use is written down.
pub(crate) const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The owner of a token.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) actor: Actor,
    /// From when on the token or session is over.
    pub(crate) ends_at: Option<Timestamp>,
    /// When it was used last, as far as it was written down.
    pub(crate) touched_at: Option<Timestamp>,
}

/// What the cache knows of a token.
#[derive(Debug)]
pub(crate) enum Found {
    /// Whose it is, and whether its use is to be written down again.
    Known { actor: Actor, touch: bool },
    /// That it is nobody's.
    Unknown,
    /// Nothing: ask the database, and hand this back with the answer.
    Nothing(Generation),
}

/// When a question was asked. An answer that was overtaken by a change is not remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation(u64);

pub(crate) struct ActorCache {
    inner: Mutex<Inner>,
}

struct Inner {
    known: LruCache<TokenHash, Entry>,
    unknown: LruCache<TokenHash, Timestamp>,
    generation: u64,
}

struct Entry {
    known: Known,
    until: Timestamp,
}

impl ActorCache {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self {
            inner: Mutex::new(Inner {
                known: LruCache::new(capacity),
                unknown: LruCache::new(capacity),
                generation: 0,
            }),
        }
    }

    pub(crate) fn find(&self, hash: &TokenHash, now: Timestamp) -> Found {
        let mut inner = self.inner.lock();
        if let Some(entry) = inner.known.get_mut(hash) {
            if now < entry.until {
                let touch = due(entry.known.touched_at, now);
                if touch {
                    entry.known.touched_at = Some(now);
                }
                return Found::Known {
                    actor: entry.known.actor.clone(),
                    touch,
                };
            }
        } else if inner.unknown.get(hash).is_some_and(|&until| now < until) {
            return Found::Unknown;
        }
        Found::Nothing(Generation(inner.generation))
    }

    /// Remembers the database's answer to a question asked at `asked`; whether the use is to be
    /// written down.
    pub(crate) fn remember(
        &self,
        hash: TokenHash,
        mut known: Known,
        asked: Generation,
        now: Timestamp,
    ) -> bool {
        let mut inner = self.inner.lock();
        // Another request may have noted the use while this one asked.
        let noted = inner
            .known
            .peek(&hash)
            .and_then(|entry| entry.known.touched_at);
        known.touched_at = known.touched_at.max(noted);
        let touch = due(known.touched_at, now);
        if touch {
            known.touched_at = Some(now);
        }
        if asked.0 == inner.generation {
            let believed = now.saturating_add(KNOWN_FOR).unwrap_or(Timestamp::MAX);
            let until = known.ends_at.map_or(believed, |ends| ends.min(believed));
            inner.known.put(hash, Entry { known, until });
        }
        touch
    }

    pub(crate) fn remember_unknown(&self, hash: TokenHash, asked: Generation, now: Timestamp) {
        let mut inner = self.inner.lock();
        inner.known.pop(&hash);
        if asked.0 == inner.generation {
            let until = now.saturating_add(UNKNOWN_FOR).unwrap_or(Timestamp::MAX);
            inner.unknown.put(hash, until);
        }
    }

    /// Forgets what a user's tokens and sessions are good for.
    pub(crate) fn forget_user(&self, workspace: WorkspaceId, user: UserId) {
        self.forget(|actor| actor.workspace == workspace && actor.user == user);
    }

    /// Forgets what all of a workspace's tokens and sessions are good for.
    pub(crate) fn forget_workspace(&self, workspace: WorkspaceId) {
        self.forget(|actor| actor.workspace == workspace);
    }

    fn forget(&self, outdated: impl Fn(&Actor) -> bool) {
        let mut inner = self.inner.lock();
        inner.generation += 1;
        let gone: Vec<TokenHash> = inner
            .known
            .iter()
            .filter(|(_, entry)| outdated(&entry.known.actor))
            .map(|(hash, _)| *hash)
            .collect();
        for hash in gone {
            inner.known.pop(&hash);
        }
    }
}

fn due(touched_at: Option<Timestamp>, now: Timestamp) -> bool {
    touched_at.is_none_or(|at| now.duration_since(at) >= TOUCH_EVERY)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kith_crypto::{Token, TokenKind};
    use kith_kernel::{ActorKind, ApiTokenId, Clock, Currency, Role, Scope, WorkspaceSettings};

    use super::*;

    fn known(clock: &Clock) -> Known {
        Known {
            actor: Actor {
                workspace: WorkspaceId::new(clock),
                user: UserId::new(clock),
                kind: ActorKind::Token(ApiTokenId::new(clock)),
                role: Role::Member,
                scopes: Arc::new(Scope::ALL),
                settings: Arc::new(WorkspaceSettings {
                    currency: Currency::EUR,
                    region: "DE".to_owned(),
                    time_zone: "UTC".to_owned(),
                    locale: "en".to_owned(),
                }),
            },
            ends_at: None,
            touched_at: None,
        }
    }

    fn cache() -> (Clock, ActorCache, TokenHash) {
        let cache = ActorCache::new(NonZeroUsize::new(2).unwrap());
        let hash = Token::generate(TokenKind::Api).hash();
        (Clock::fixed(Timestamp::UNIX_EPOCH), cache, hash)
    }

    fn ask(cache: &ActorCache, hash: &TokenHash, clock: &Clock) -> Generation {
        match cache.find(hash, clock.now()) {
            Found::Nothing(generation) => generation,
            other => panic!("{other:?}"),
        }
    }

    fn is_known(cache: &ActorCache, hash: &TokenHash, clock: &Clock) -> bool {
        matches!(cache.find(hash, clock.now()), Found::Known { .. })
    }

    #[test]
    fn an_answer_is_believed_for_five_seconds() {
        let (clock, cache, hash) = cache();
        let asked = ask(&cache, &hash, &clock);
        cache.remember(hash, known(&clock), asked, clock.now());
        clock.advance(KNOWN_FOR - SignedDuration::from_nanos(1));
        assert!(is_known(&cache, &hash, &clock));
        clock.advance(SignedDuration::from_nanos(1));
        assert!(!is_known(&cache, &hash, &clock));
    }

    #[test]
    fn a_token_is_not_believed_beyond_its_end() {
        let (clock, cache, hash) = cache();
        let asked = ask(&cache, &hash, &clock);
        let second = SignedDuration::from_secs(1);
        let mut known = known(&clock);
        known.ends_at = Some(clock.now() + second);
        cache.remember(hash, known, asked, clock.now());
        assert!(is_known(&cache, &hash, &clock));
        clock.advance(second);
        assert!(!is_known(&cache, &hash, &clock));
    }

    #[test]
    fn a_change_is_seen_at_once_and_by_the_answers_that_it_overtook() {
        let (clock, cache, hash) = cache();
        let before = known(&clock);
        let asked = ask(&cache, &hash, &clock);
        cache.remember(hash, before.clone(), asked, clock.now());
        cache.forget_user(before.actor.workspace, before.actor.user);
        let late = asked;
        ask(&cache, &hash, &clock);
        cache.remember(hash, before, late, clock.now());
        assert!(!is_known(&cache, &hash, &clock));
    }

    #[test]
    fn forgetting_one_user_keeps_the_others() {
        let (clock, cache, hash) = cache();
        let other_hash = Token::generate(TokenKind::Api).hash();
        let (one, other) = (known(&clock), known(&clock));
        let asked = ask(&cache, &hash, &clock);
        cache.remember(hash, one.clone(), asked, clock.now());
        cache.remember(other_hash, other.clone(), asked, clock.now());
        cache.forget_user(one.actor.workspace, one.actor.user);
        assert!(!is_known(&cache, &hash, &clock));
        assert!(is_known(&cache, &other_hash, &clock));
        cache.forget_workspace(other.actor.workspace);
        assert!(!is_known(&cache, &other_hash, &clock));
    }

    #[test]
    fn an_unknown_token_is_asked_for_again_after_two_seconds() {
        let (clock, cache, hash) = cache();
        let asked = ask(&cache, &hash, &clock);
        cache.remember_unknown(hash, asked, clock.now());
        assert!(matches!(cache.find(&hash, clock.now()), Found::Unknown));
        clock.advance(UNKNOWN_FOR);
        ask(&cache, &hash, &clock);
    }

    #[test]
    fn made_up_tokens_do_not_push_out_real_ones() {
        let (clock, cache, hash) = cache();
        let asked = ask(&cache, &hash, &clock);
        cache.remember(hash, known(&clock), asked, clock.now());
        for _ in 0..100 {
            let made_up = Token::generate(TokenKind::Api).hash();
            let asked = ask(&cache, &made_up, &clock);
            cache.remember_unknown(made_up, asked, clock.now());
        }
        assert!(is_known(&cache, &hash, &clock));
    }

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        let (clock, cache, hash) = cache();
        let mut writes = 0;
        for _ in 0..120 {
            let touch = match cache.find(&hash, clock.now()) {
                Found::Known { touch, .. } => touch,
                Found::Nothing(asked) => cache.remember(hash, known(&clock), asked, clock.now()),
                Found::Unknown => false,
            };
            writes += u32::from(touch);
            clock.advance(SignedDuration::from_secs(1));
        }
        assert_eq!(writes, 2);
    }
}
