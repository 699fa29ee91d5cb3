//! Password hashes (Argon2id, RFC 9106) computed in a bounded pool.
//!
//! One hash takes 19 MiB and some tens of milliseconds of a core, so an unbounded number
//! of logins would take the server down. At most [`PoolLimits::workers`] are computed at
//! once and [`PoolLimits::queue`] wait; who comes later is asked to come again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{CryptoError, Secret, random_bytes};

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes that could be filled in parallel.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// OWASP's recommendation: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            iterations: 2,
            lanes: 1,
        }
    }
}

/// How much hashing goes on at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Hashes computed at the same time.
    pub workers: usize,
    /// Hashes that may wait for their turn.
    pub queue: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            workers: 2,
            queue: 32,
        }
    }
}

/// Whether a password is the one that was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not, or there was no hash to compare with.
    Wrong,
    /// It is.
    Right {
        /// The stored hash costs less than today's hashes: hash the password again and store it.
        rehash: bool,
    },
}

/// Hashes and verifies passwords. Clones share one pool.
#[derive(Clone)]
pub struct Passwords {
    shared: Arc<Shared>,
}

struct Shared {
    argon: Argon2<'static>,
    cost: PasswordCost,
    /// Verified against where there is no hash, so that this takes as long.
    dummy: String,
    /// Those who compute or wait.
    admitted: Arc<Semaphore>,
    /// Those who compute.
    computing: Arc<Semaphore>,
    verifications: AtomicU64,
}

impl Passwords {
    /// A pool that hashes at `cost`. Computes one hash, so call it once.
    ///
    /// # Errors
    /// [`CryptoError::Cost`] when Argon2 doesn't allow the cost.
    pub fn new(cost: PasswordCost, limits: PoolLimits) -> Result<Self, CryptoError> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.lanes, None)
            .map_err(|error| CryptoError::Cost(error.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon, &random_bytes::<32>())?;
        let workers = limits.workers.max(1);
        Ok(Self {
            shared: Arc::new(Shared {
                argon,
                cost,
                dummy,
                admitted: Arc::new(Semaphore::new(workers + limits.queue)),
                computing: Arc::new(Semaphore::new(workers)),
                verifications: AtomicU64::new(0),
            }),
        })
    }

    /// The PHC string to store for a password.
    ///
    /// # Errors
    /// [`CryptoError::Overloaded`] when too many wait already.
    pub async fn hash(&self, password: Secret<String>) -> Result<String, CryptoError> {
        self.compute(move |shared| hash(&shared.argon, password.expose().as_bytes()))
            .await
    }

    /// Whether `password` belongs to `stored`. Without a stored hash it computes just as
    /// long and answers [`Verdict::Wrong`], so that time doesn't tell who has an account.
    ///
    /// # Errors
    /// [`CryptoError::Overloaded`] when too many wait already; [`CryptoError::StoredHash`]
    /// when the stored text is no hash.
    pub async fn verify(
        &self,
        password: Secret<String>,
        stored: Option<String>,
    ) -> Result<Verdict, CryptoError> {
        self.compute(move |shared| shared.verify(&password, stored.as_deref()))
            .await
    }

    /// How many passwords were verified since the start, existing or not.
    pub fn verifications(&self) -> u64 {
        self.shared.verifications.load(Ordering::Relaxed)
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, CryptoError> + Send + 'static,
    ) -> Result<T, CryptoError> {
        let place = admit(&self.shared.admitted)?;
        let turn = Arc::clone(&self.shared.computing)
            .acquire_owned()
            .await
            .map_err(|_| CryptoError::Overloaded)?;
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || {
            // Held here rather than by the caller: a client that hangs up must not make room
            // while its hash is still being computed.
            let _held = (place, turn);
            work(&shared)
        })
        .await?
    }
}

impl Shared {
    fn verify(
        &self,
        password: &Secret<String>,
        stored: Option<&str>,
    ) -> Result<Verdict, CryptoError> {
        self.verifications.fetch_add(1, Ordering::Relaxed);
        let parsed = PasswordHash::new(stored.unwrap_or(&self.dummy))
            .map_err(|error| CryptoError::StoredHash(error.to_string()))?;
        let matches = match self
            .argon
            .verify_password(password.expose().as_bytes(), &parsed)
        {
            Ok(()) => true,
            Err(HashError::PasswordInvalid) => false,
            Err(error) => return Err(CryptoError::StoredHash(error.to_string())),
        };
        if !matches || stored.is_none() {
            return Ok(Verdict::Wrong);
        }
        let params = Params::try_from(&parsed)
            .map_err(|error| CryptoError::StoredHash(error.to_string()))?;
        Ok(Verdict::Right {
            rehash: params.m_cost() < self.cost.memory_kib
                || params.t_cost() < self.cost.iterations
                || params.p_cost() < self.cost.lanes,
        })
    }
}

fn admit(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, CryptoError> {
    Arc::clone(places)
        .try_acquire_owned()
        .map_err(|_| CryptoError::Overloaded)
}

fn hash(argon: &Argon2<'_>, password: &[u8]) -> Result<String, CryptoError> {
    let hash: PasswordHash = argon
        .hash_password_with_salt(password, &random_bytes::<16>())
        .map_err(|error| CryptoError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost {
        memory_kib: 64,
        iterations: 1,
        lanes: 1,
    };

    fn pool(cost: PasswordCost) -> Passwords {
        Passwords::new(cost, PoolLimits::default()).unwrap()
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn the_default_cost_is_written_into_the_hash() {
        let hash = pool(PasswordCost::default())
            .hash(secret("correct horse battery"))
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let pool = pool(CHEAP);
        let stored = pool.hash(secret("pässword 🔑")).await.unwrap();
        assert_eq!(
            pool.verify(secret("pässword 🔑"), Some(stored.clone()))
                .await
                .unwrap(),
            Verdict::Right { rehash: false }
        );
        assert_eq!(
            pool.verify(secret("password 🔑"), Some(stored))
                .await
                .unwrap(),
            Verdict::Wrong
        );
    }

    #[tokio::test]
    async fn without_a_hash_it_computes_once_and_says_wrong() {
        let pool = pool(CHEAP);
        let verdict = pool.verify(secret("anything"), None).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
        assert_eq!(pool.verifications(), 1);
    }

    #[tokio::test]
    async fn hashes_of_a_lower_cost_ask_to_be_made_again() {
        let stored = pool(CHEAP).hash(secret("a password")).await.unwrap();
        let dearer = PasswordCost {
            iterations: 2,
            ..CHEAP
        };
        assert_eq!(
            pool(dearer)
                .verify(secret("a password"), Some(stored))
                .await
                .unwrap(),
            Verdict::Right { rehash: true }
        );
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        let answer = pool(CHEAP)
            .verify(secret("a password"), Some("$argon2id$nonsense".to_owned()))
            .await;
        assert!(matches!(answer, Err(CryptoError::StoredHash(_))));
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_and_later_takes_again() {
        let limits = PoolLimits {
            workers: 1,
            queue: 1,
        };
        let pool = Passwords::new(CHEAP, limits).unwrap();
        let held = (
            admit(&pool.shared.admitted).unwrap(),
            admit(&pool.shared.admitted).unwrap(),
        );
        assert!(matches!(
            pool.hash(secret("a password")).await,
            Err(CryptoError::Overloaded)
        ));
        drop(held);
        assert!(pool.hash(secret("a password")).await.is_ok());
    }

    #[test]
    fn an_impossible_cost_is_refused() {
        let cost = PasswordCost {
            memory_kib: 1,
            ..CHEAP
        };
        assert!(matches!(
            Passwords::new(cost, PoolLimits::default()),
            Err(CryptoError::Cost(_))
        ));
    }
}
