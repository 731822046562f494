//! Ending sessions at the user's request. An ended session's access tokens are refused at once on this process, and
//! within a second on others ([`feed`](super::feed)). If an operation fails, this process refuses the sessions all the
//! same (`end`).

use super::{Sessions, end::Ended, queue::SessionEnd};
use crate::{
    auth::{
        audit::EventDetail,
        error::InternalError,
        principal::{Principal, SessionRef},
        requester::Requester,
        token::revocations::SessionSet,
    },
    domain::{SessionId, event::EventKind, session::EndReason},
};

impl Sessions {
    /// Signs out: ends the session of the request.
    pub async fn sign_out(&self, principal: Principal, requester: &Requester) -> Result<(), InternalError> {
        let subject = principal.session();
        self.end(SessionEnd {
            subject,
            sessions: SessionSet::One(subject.session_id),
            reason: EndReason::SignedOut,
            event: EventKind::SessionExpired,
            detail: Some(EventDetail::SignOut),
            requester: requester.clone(),
        })
        .await?;
        Ok(())
    }

    /// Ends one of the user's sessions. `false` if the user has no such session, or it has ended already.
    pub async fn revoke(
        &self,
        principal: Principal,
        session_id: SessionId,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        let ended = self
            .end(SessionEnd {
                subject: SessionRef { session_id, ..principal.session() },
                sessions: SessionSet::One(session_id),
                reason: EndReason::Revoked,
                event: EventKind::TokenRevoked,
                detail: Some(EventDetail::OneSession),
                requester: requester.clone(),
            })
            .await?;
        Ok(match ended {
            Ended::Stored(ended) => !ended.is_empty(),
            Ended::Queued => true,
        })
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
        let ended = self
            .end(SessionEnd {
                subject: principal.session(),
                sessions: SessionSet::AllBut(keep),
                reason: EndReason::Revoked,
                event: EventKind::TokenRevoked,
                detail: Some(detail),
                requester: requester.clone(),
            })
            .await?;
        Ok(match ended {
            Ended::Stored(ended) => ended.len(),
            Ended::Queued => {
                let active = self.store.sessions(principal.user_id(), self.clock.now()).await?;
                active.iter().filter(|session| Some(session.id) != keep).count()
            }
        })
    }
}
