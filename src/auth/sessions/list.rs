//! Reading sessions.

use std::sync::Arc;

use super::Sessions;
use crate::{
    auth::{error::InternalError, principal::Principal, token::IssuedToken},
    domain::{UserId, session::Session, user::User},
};

impl Sessions {
    /// The user's active sessions, the most recently used first.
    pub async fn list(&self, owner: UserId) -> Result<Vec<Session>, InternalError> {
        Ok(self.without_refused(self.store.sessions(owner, self.clock.now()).await?))
    }

    /// The session and the user of a verified token. `None` if the session has ended since.
    pub async fn current(&self, principal: Principal) -> Result<Option<(Session, Arc<User>)>, InternalError> {
        let (user_id, session_id) = (principal.user_id(), principal.session_id());
        let session = self.store.recent_session(user_id, session_id, self.clock.now()).await?;
        let Some(session) = session else { return Ok(None) };
        Ok(self.store.enabled_user(user_id).await?.map(|user| (session, user)))
    }

    /// Like [`current`](Self::current), with a new access token unless the session is restricted.
    pub async fn current_with_token(
        &self,
        principal: Principal,
    ) -> Result<Option<(Session, Arc<User>, Option<IssuedToken>)>, InternalError> {
        let Some((session, user)) = self.current(principal).await? else { return Ok(None) };
        let token = self.tokens.issue(&user, &session)?;
        Ok(Some((session, user, token)))
    }
}
