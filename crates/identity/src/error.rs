//! What can go wrong, and what the client reads of it.

use kith_crypto::CryptoError;
use kith_kernel::{ErrorCode, Failure};
use kith_store::StoreError;
use serde_json::json;

/// Why identity refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// E-mail address and password don't belong together, or there is no such user.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// Address and password fit users of several workspaces: name and slug of each.
    #[error("the login fits several workspaces")]
    SeveralWorkspaces(Vec<(String, String)>),
    /// The session or token is unknown, expired or revoked.
    #[error("the credentials are not valid")]
    InvalidCredentials,
    /// The request has a session but not its CSRF token.
    #[error("the CSRF token is missing or wrong")]
    CsrfRejected,
    /// The request comes from another site.
    #[error("the request comes from another origin")]
    ForeignOrigin,
    /// Too many logins; seconds to wait.
    #[error("too many logins")]
    TooManyLogins(u32),
    /// The current password, asked for again, is wrong.
    #[error("the current password is wrong")]
    WrongPassword,
    /// There is no such thing in this workspace.
    #[error("not found")]
    NotFound,
    /// `If-Match` names another version than the current one.
    #[error("the version is {current}")]
    VersionMismatch {
        /// The current version.
        current: i64,
    },
    /// Another user of the workspace has the address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// The workspace would be left without an active administrator.
    #[error("this is the last active administrator")]
    LastAdministrator,
    /// A user can't be made active before they have set a password.
    #[error("the user has no password yet")]
    NoPasswordYet,
    /// A deactivated user can't be given a link.
    #[error("the user is deactivated")]
    Deactivated,
    /// A user needs an e-mail address for this.
    #[error("the user has no e-mail address")]
    NoEmail,
    /// Too many workspaces have this name.
    #[error("too many workspaces have this name")]
    TooManyNamesakes,
    /// A user has as many tokens as allowed.
    #[error("the user has too many tokens")]
    TooManyTokens,
    /// This can only be done in a browser session.
    #[error("a session is needed")]
    SessionNeeded,
    /// The activation link is unknown, used or too old.
    #[error("the activation link is not valid")]
    ActivationLink,
    /// The set-up link is unknown, used or too old.
    #[error("the set-up link is not valid")]
    SetupLink,
    /// The request was answered before: permission is missing or values are wrong.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// Hashing or a secret failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for IdentityError {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("user_email_key") => Self::EmailTaken,
            _ => Self::Store(error),
        }
    }
}

impl From<tokio_postgres::Error> for IdentityError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        let (code, message) = match &error {
            IdentityError::WrongCredentials => (
                ErrorCode::Unauthenticated,
                "E-mail address or password is wrong. Check both; an administrator can give \
                 you a link to set a new password.",
            ),
            IdentityError::SeveralWorkspaces(_) => (
                ErrorCode::Conflict,
                "You have accounts in several workspaces. Repeat the request with the slug of \
                 one of them in `workspace`.",
            ),
            IdentityError::InvalidCredentials => (
                ErrorCode::Unauthenticated,
                "The session or API token is not valid or no longer so. Sign in again, or \
                 create a new token.",
            ),
            IdentityError::CsrfRejected => (
                ErrorCode::CsrfRejected,
                "Send the session's CSRF token, from GET /api/v1/session, in the header \
                 X-CSRF-Token.",
            ),
            IdentityError::ForeignOrigin => (
                ErrorCode::CsrfRejected,
                "This request was sent by a page of another site. Open Kith itself and repeat it \
                 there.",
            ),
            IdentityError::TooManyLogins(_) => (
                ErrorCode::RateLimited,
                "Too many logins have been tried. Wait as long as Retry-After says.",
            ),
            IdentityError::WrongPassword => (
                ErrorCode::ValidationFailed,
                "The current password is wrong. Type it again.",
            ),
            IdentityError::NotFound => return Self::not_found(),
            IdentityError::VersionMismatch { .. } => (
                ErrorCode::VersionMismatch,
                "Somebody changed this since you read it. Read it again and repeat your change \
                 on the new version.",
            ),
            IdentityError::EmailTaken => (
                ErrorCode::Duplicate,
                "Another user of this workspace has this e-mail address. Use another address, \
                 or change that user.",
            ),
            IdentityError::LastAdministrator => (
                ErrorCode::Conflict,
                "This is the last active administrator. Make somebody else an administrator \
                 first.",
            ),
            IdentityError::NoPasswordYet => (
                ErrorCode::Conflict,
                "This user has not set a password yet. Create an activation link and pass it on.",
            ),
            IdentityError::Deactivated => (
                ErrorCode::Conflict,
                "This user is deactivated. Make them active again; they still have their \
                 password.",
            ),
            IdentityError::NoEmail => (
                ErrorCode::Conflict,
                "This user has no e-mail address to sign in with. Give them one first.",
            ),
            IdentityError::TooManyNamesakes => (
                ErrorCode::LimitExceeded,
                "Too many workspaces of this server have this name. Choose another one.",
            ),
            IdentityError::TooManyTokens => (
                ErrorCode::LimitExceeded,
                "You have as many API tokens as a user may have. Revoke one first.",
            ),
            IdentityError::SessionNeeded => (
                ErrorCode::Forbidden,
                "This can't be done with an API token. Sign in with a password and use the \
                 session.",
            ),
            IdentityError::ActivationLink => (
                ErrorCode::Conflict,
                "This link was used already, or is too old. Ask an administrator of your \
                 workspace for a new one.",
            ),
            IdentityError::SetupLink => (
                ErrorCode::Conflict,
                "This set-up link was used already, or is too old. The server prints a new one \
                 when it starts without a workspace.",
            ),
            IdentityError::Refused(_) | IdentityError::Crypto(_) | IdentityError::Store(_) => {
                return passed_on(error);
            }
        };
        let failure = Self::new(code, message);
        match error {
            IdentityError::SeveralWorkspaces(found) => {
                let choices: Vec<_> = found
                    .into_iter()
                    .map(|(name, slug)| json!({"name": name, "slug": slug}))
                    .collect();
                failure.detail("workspaces", choices)
            }
            IdentityError::TooManyLogins(seconds) => failure.retry_after(seconds),
            IdentityError::VersionMismatch { current } => {
                failure.detail("current_version", current)
            }
            IdentityError::EmailTaken => failure.field("email", "taken"),
            IdentityError::WrongPassword => failure.field("current_password", "wrong"),
            _ => failure,
        }
    }
}

fn passed_on(error: IdentityError) -> Failure {
    match error {
        IdentityError::Refused(failure) => failure,
        IdentityError::Crypto(error) => error.into(),
        IdentityError::Store(error) => error.into(),
        other => Failure::internal(other),
    }
}
