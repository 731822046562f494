//! Check access tokens, and hand out fresh ones.

use super::{
    Auth, Principal, Requester, Subject,
    error::InternalError,
    token::{AccessClaims, IssuedToken, TokenRefusal},
};
use crate::domain::{event::EventKind, session::Session, user::User};

impl Auth {
    /// What a token says, if everything about it is right and its session has not ended.
    pub fn verify_access_token(&self, token: &str) -> Result<AccessClaims, TokenRefusal> {
        self.verifier.verify(token, self.clock.now())
    }

    /// A fresh access token for a live session; `None` if it has ended.
    pub async fn access_token(&self, principal: Principal) -> Result<Option<IssuedToken>, InternalError> {
        match self.current_session(principal).await? {
            Some((session, user)) => self.issue_access_token(&user, &session).map(Some),
            None => Ok(None),
        }
    }

    /// The session and the user behind a verified token, with a fresh access token; `None` if the session
    /// has since ended.
    pub async fn current_session_with_token(
        &self,
        principal: Principal,
    ) -> Result<Option<(Session, User, IssuedToken)>, InternalError> {
        let Some((session, user)) = self.current_session(principal).await? else { return Ok(None) };
        let token = self.issue_access_token(&user, &session)?;
        Ok(Some((session, user, token)))
    }

    /// Notes that a presented token was refused, and why; never the token. Not for an access token past
    /// its time, which is no incident.
    pub async fn record_refused_token(&self, reason: &'static str, requester: &Requester) {
        self.record(EventKind::TokenInvalid, Subject::unknown(), requester, Some(reason)).await;
    }

    /// Notes that a state-changing request came from another site and was refused.
    pub async fn record_cross_site(&self, requester: &Requester) {
        self.record(EventKind::MaliciousCsrf, Subject::unknown(), requester, None).await;
    }
}
