//! Ending sessions. An ended session's access tokens are refused at once on this process, and within a
//! second on others ([`feed`](super::feed)).

use super::Sessions;
use crate::{
    auth::{
        audit::EventDetail,
        error::InternalError,
        principal::{Principal, SessionRef},
        requester::Requester,
    },
    domain::{SessionId, event::EventKind, session::EndReason},
};

impl Sessions {
    /// Signs out: ends the session of the request.
    pub async fn sign_out(&self, principal: Principal, requester: &Requester) -> Result<(), InternalError> {
        if self.end(principal.session(), EndReason::SignedOut).await? {
            self.audit.record(EventKind::SessionExpired, principal, requester, EventDetail::SignOut);
        }
        Ok(())
    }

    /// Ends one of the user's sessions. `false` if the user has no such session, or it has ended already.
    pub async fn revoke(
        &self,
        principal: Principal,
        session_id: SessionId,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        let target = SessionRef { session_id, ..principal.session() };
        let ended = self.end(target, EndReason::Revoked).await?;
        if ended {
            self.audit.record(EventKind::TokenRevoked, target, requester, EventDetail::OneSession);
        }
        Ok(ended)
    }

    /// Ends all of the user's sessions but the current one. Returns their number.
    pub async fn revoke_others(&self, principal: Principal, requester: &Requester) -> Result<usize, InternalError> {
        let keep = Some(principal.session_id());
        self.revoke_many(principal, keep, requester, EventDetail::OtherSessions).await
    }

    /// Ends all of the user's sessions. Returns their number.
    pub async fn revoke_all(&self, principal: Principal, requester: &Requester) -> Result<usize, InternalError> {
        self.revoke_many(principal, None, requester, EventDetail::AllSessions).await
    }

    async fn revoke_many(
        &self,
        principal: Principal,
        keep: Option<SessionId>,
        requester: &Requester,
        detail: EventDetail,
    ) -> Result<usize, InternalError> {
        let (owner, now) = (principal.user_id(), self.clock.now());
        let ended = self.store.end_other_sessions(owner, keep, EndReason::Revoked, now).await?;
        self.deny_tokens_of(&ended);
        if !ended.is_empty() {
            self.audit.record(EventKind::TokenRevoked, principal, requester, detail);
        }
        Ok(ended.len())
    }

    /// Ends a session in the database and refuses its access tokens. `false` if it has ended already.
    pub(super) async fn end(&self, target: SessionRef, reason: EndReason) -> Result<bool, InternalError> {
        let SessionRef { user_id, session_id } = target;
        let ended = self.store.end_session(user_id, session_id, reason, self.clock.now()).await?;
        if ended {
            self.deny_tokens_of(&[session_id]);
        }
        Ok(ended)
    }

    /// Refuses the access tokens of sessions that have ended in the database.
    pub(in crate::auth) fn deny_tokens_of(&self, sessions: &[SessionId]) {
        let forget_at = self.tokens.last_expiry(self.clock.now());
        for session in sessions {
            self.revocations.insert(*session, forget_at);
        }
    }
}
