//! Who uses Kith: workspaces, users, sessions, API tokens, and the proof of
//! who somebody is.
//!
//! [`Identity`] is the whole service. It implements [`Authenticator`](kith_contracts::Authenticator),
//! [`UserDirectory`](kith_contracts::UserDirectory) and [`Workspaces`](kith_contracts::Workspaces)
//! for the others.
//!
//! Sessions are carried by the cookie `__Host-kith_session`, which is `Secure`; browsers take it
//! over plain HTTP from `localhost` and `127.0.0.1` only, so any other address needs TLS.

mod activation;
mod audit;
mod authenticator;
mod cursor;
mod error;
mod input;
mod login;
mod operator;
mod page;
mod routes;
mod session;
mod setup;
mod token;
mod user;
mod uses;
mod work;
mod workspace;

use std::num::NonZeroUsize;
use std::sync::Arc;

use kith_crypto::Passwords;
use kith_http::limit::{LoginLimiter, LoginRates};
use kith_kernel::{Clock, UserId, WorkspaceId};
use kith_store::{Class, Migrations, Store, StoreError, Tx, migrations};

use crate::authenticator::cache::ActorCache;
use crate::uses::Uses;

pub use crate::activation::ActivationLink;
pub use crate::error::IdentityError;
pub use crate::operator::{NewOperatorUser, Operator, PasswordReset};
pub use crate::session::Session;
pub use crate::setup::{NewWorkspace, SetUp};
pub use crate::token::ApiToken;
pub use crate::user::{EmailAddress, User};
pub use crate::workspace::{Workspace, WorkspaceDraft};

/// The tables of this service.
pub const MIGRATIONS: Migrations = migrations!("identity", "V1__identity.sql", "V2__theme.sql");

/// What an operator can choose about identity.
#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// Where browsers reach the server, such as `https://crm.example.com`; links begin with it.
    pub public_url: String,
    /// How often anyone may try to sign in.
    pub login_rates: LoginRates,
    /// How many tokens and sessions are remembered for a few seconds each.
    pub cached_actors: NonZeroUsize,
}

impl IdentityConfig {
    /// The usual settings of a server at `public_url`.
    pub fn new(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            login_rates: LoginRates::default(),
            cached_actors: NonZeroUsize::MIN.saturating_add(9_999),
        }
    }
}

/// Called after users of a workspace changed and the change is durable. Must not block; who is
/// poked looks at the world itself, by [`changed_since`](kith_contracts::UserDirectory::changed_since).
pub type OnChange = Arc<dyn Fn(WorkspaceId) + Send + Sync>;

/// What identity works with.
pub struct IdentityDeps {
    /// The database, migrated by [`MIGRATIONS`].
    pub store: Store,
    /// The source of time and ids.
    pub clock: Clock,
    /// The pool that hashes passwords.
    pub passwords: Passwords,
    /// Who is told that users changed.
    pub on_change: OnChange,
}

/// The identity service. Clones share everything.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    config: IdentityConfig,
    deps: IdentityDeps,
    cache: ActorCache,
    uses: Uses,
    login_limiter: LoginLimiter,
}

impl Identity {
    /// The service on a migrated database.
    pub fn open(deps: IdentityDeps, config: IdentityConfig) -> Self {
        Self {
            inner: Arc::new(Inner {
                cache: ActorCache::new(config.cached_actors),
                uses: Uses::default(),
                login_limiter: LoginLimiter::new(config.login_rates),
                config,
                deps,
            }),
        }
    }

    /// What the server's operator does at the command line, without a session.
    pub fn operator(&self) -> Operator<'_> {
        Operator::new(self)
    }

    fn store(&self) -> &Store {
        &self.inner.deps.store
    }

    fn clock(&self) -> &Clock {
        &self.inner.deps.clock
    }

    fn passwords(&self) -> &Passwords {
        &self.inner.deps.passwords
    }

    fn cache(&self) -> &ActorCache {
        &self.inner.cache
    }

    fn uses(&self) -> &Uses {
        &self.inner.uses
    }

    fn login_limiter(&self) -> &LoginLimiter {
        &self.inner.login_limiter
    }

    fn public_url(&self) -> &str {
        self.inner.config.public_url.trim_end_matches('/')
    }

    async fn begin(&self, workspace: WorkspaceId) -> Result<Tx, StoreError> {
        self.store().begin(workspace, Class::Interactive).await
    }

    /// A user changed, durably: forget what their credentials were good for, and tell the others.
    fn changed(&self, workspace: WorkspaceId, user: UserId) {
        self.cache().forget_user(workspace, user);
        self.poke(workspace);
    }

    fn poke(&self, workspace: WorkspaceId) {
        (self.inner.deps.on_change)(workspace);
    }
}
