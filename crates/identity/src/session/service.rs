//! Beginning, listing and ending sessions.

use jiff::Timestamp;
use kith_crypto::{Token, TokenKind};
use kith_kernel::{Actor, ActorKind, SessionId, UserId, WorkspaceId};
use kith_store::Tx;
use serde_json::json;

use super::model::{ABSOLUTE, user_agent};
use super::{Session, store};
use crate::audit::{self, Event, Leave, Subject};
use crate::{Identity, IdentityError};

/// A user's sessions beyond this number are ended, those unused for longest first.
const MAX_SESSIONS: i64 = 50;

/// Where a login comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) ip: String,
    pub(crate) user_agent: Option<String>,
}

impl Identity {
    /// Begins a session, under a secret that nobody had before.
    pub(crate) async fn begin_session_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        user: UserId,
        origin: &Origin,
    ) -> Result<(Session, Token), IdentityError> {
        let now = self.clock().now();
        let token = Token::generate(TokenKind::Session);
        let session = Session {
            id: SessionId::new(self.clock()),
            user,
            ip: Some(origin.ip.clone()),
            user_agent: origin.user_agent.as_deref().and_then(user_agent),
            created_at: now,
            last_seen_at: now,
            expires_at: now.saturating_add(ABSOLUTE).unwrap_or(Timestamp::MAX),
        };
        store::insert_in(tx, workspace, &session, &token.hash()).await?;
        store::trim_in(tx, workspace, user, MAX_SESSIONS).await?;
        let event = Event {
            kind: "session.created",
            subject: Subject::Session(session.id),
            version: 1,
            data: json!({
                "user": user,
                "ip": session.ip,
                "user_agent": session.user_agent,
            }),
        };
        let leave = Leave::proven(user);
        audit::log_in(tx, self.clock(), workspace, &leave, event).await?;
        Ok((session, token))
    }

    pub(crate) async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, IdentityError> {
        let now = self.clock().now();
        Ok(store::of_user(self.store(), actor.workspace, actor.user, now).await?)
    }

    /// Ends one of the actor's own sessions.
    pub(crate) async fn end_session(
        &self,
        actor: &Actor,
        id: SessionId,
    ) -> Result<(), IdentityError> {
        let tx = self.begin(actor.workspace).await?;
        if !store::end_in(&tx, actor.workspace, actor.user, id).await? {
            return Err(IdentityError::NotFound);
        }
        self.log_ended_in(&tx, actor.workspace, &Leave::own(actor), vec![id])
            .await?;
        tx.commit().await?;
        self.cache().forget_user(actor.workspace, actor.user);
        Ok(())
    }

    /// Ends all of the actor's sessions but the one that asks; how many they were.
    pub(crate) async fn end_other_sessions(&self, actor: &Actor) -> Result<usize, IdentityError> {
        let tx = self.begin(actor.workspace).await?;
        let ended = self
            .end_sessions_in(
                &tx,
                &Leave::own(actor),
                actor.workspace,
                actor.user,
                own_session(actor),
            )
            .await?;
        tx.commit().await?;
        self.cache().forget_user(actor.workspace, actor.user);
        Ok(ended)
    }

    /// Ends a user's sessions but for `keep`. Forget the user in the cache after the commit.
    pub(crate) async fn end_sessions_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        user: UserId,
        keep: Option<SessionId>,
    ) -> Result<usize, IdentityError> {
        let ended = store::end_others_in(tx, workspace, user, keep).await?;
        let count = ended.len();
        self.log_ended_in(tx, workspace, leave, ended).await?;
        Ok(count)
    }

    async fn log_ended_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        leave: &Leave,
        ended: Vec<SessionId>,
    ) -> Result<(), IdentityError> {
        let event = |id| Event {
            kind: "session.ended",
            subject: Subject::Session(id),
            version: 2,
            data: json!({}),
        };
        let events = ended.into_iter().map(event).collect();
        Ok(audit::log_all_in(tx, self.clock(), workspace, leave, events).await?)
    }
}

/// The session that the actor acts by, if it is one.
pub(crate) fn own_session(actor: &Actor) -> Option<SessionId> {
    match actor.kind {
        ActorKind::Session(id) => Some(id),
        ActorKind::Token(_) | ActorKind::System => None,
    }
}
