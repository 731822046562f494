//! End sessions, and list the live ones.

use std::time::Duration;

use crate::{
    auth::{Auth, Principal, Requester, Subject, error::InternalError},
    domain::{
        SessionId, UserId,
        event::EventKind,
        session::{EndReason, Session},
        user::User,
    },
};

/// A session no older than this was opened by whoever is using it, as far as one can tell.
pub const FRESH_AGE: Duration = Duration::from_hours(24);

impl Auth {
    /// Whether its owner has signed in not long ago.
    pub fn is_fresh(&self, session: &Session) -> bool {
        self.clock.now().since(session.created_at) < FRESH_AGE
    }

    /// Signs out: the session ends, and with it every access token of its.
    pub async fn sign_out(&self, principal: Principal, requester: &Requester) -> Result<(), InternalError> {
        if self.end_session(principal, EndReason::SignedOut).await? {
            self.record(EventKind::SessionExpired, Subject::from(principal), requester, Some("sign_out")).await;
        }
        Ok(())
    }

    /// The user's live sessions, the one used last first.
    pub async fn list_sessions(&self, owner: UserId) -> Result<Vec<Session>, InternalError> {
        Ok(self.store.sessions(owner, self.clock.now()).await?)
    }

    /// The session and the user behind a verified token; `None` if the session has since ended.
    pub async fn current_session(&self, principal: Principal) -> Result<Option<(Session, User)>, InternalError> {
        let Principal { user_id, session_id } = principal;
        let Some(session) = self.store.session(user_id, session_id, self.clock.now()).await? else { return Ok(None) };
        Ok(self.store.enabled_user(user_id).await?.map(|user| (session, user)))
    }

    /// Ends one of the user's sessions; `false` if it is not theirs, or has ended already.
    pub async fn revoke_session(
        &self,
        principal: Principal,
        session_id: SessionId,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        let target = Principal { session_id, ..principal };
        let ended = self.end_session(target, EndReason::Revoked).await?;
        if ended {
            self.record(EventKind::TokenRevoked, Subject::from(target), requester, Some("one")).await;
        }
        Ok(ended)
    }

    /// Ends all of the user's sessions but the one asking; says how many.
    pub async fn revoke_other_sessions(
        &self,
        principal: Principal,
        requester: &Requester,
    ) -> Result<usize, InternalError> {
        self.revoke_many(principal, Some(principal.session_id), requester, "others").await
    }

    /// Ends all of the user's sessions, the one asking included; says how many.
    pub async fn revoke_all_sessions(
        &self,
        principal: Principal,
        requester: &Requester,
    ) -> Result<usize, InternalError> {
        self.revoke_many(principal, None, requester, "all").await
    }

    async fn revoke_many(
        &self,
        principal: Principal,
        keep: Option<SessionId>,
        requester: &Requester,
        detail: &str,
    ) -> Result<usize, InternalError> {
        let now = self.clock.now();
        let ended = self.store.end_other_sessions(principal.user_id, keep, EndReason::Revoked, now).await?;
        self.forget_tokens_of(&ended);
        if !ended.is_empty() {
            self.record(EventKind::TokenRevoked, Subject::from(principal), requester, Some(detail)).await;
        }
        Ok(ended.len())
    }

    /// Ends a session in the database and refuses its access tokens from now on.
    pub(crate) async fn end_session(&self, target: Principal, reason: EndReason) -> Result<bool, InternalError> {
        let Principal { user_id, session_id } = target;
        let ended = self.store.end_session(user_id, session_id, reason, self.clock.now()).await?;
        if ended {
            self.forget_tokens_of(&[session_id]);
        }
        Ok(ended)
    }

    pub(crate) fn forget_tokens_of(&self, sessions: &[SessionId]) {
        let forget_at = self.revocations_last_until(self.clock.now());
        for session in sessions {
            self.revocations.insert(*session, forget_at);
        }
    }
}
