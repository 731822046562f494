//! Say who somebody is, to a service that relies on us for it.

use super::{Auth, InternalError, Principal, token::IssuedToken};
use crate::domain::user::User;

/// What another service is told of somebody who is signed in.
#[derive(Debug)]
pub struct Identity {
    /// The account; `None` while the database is out of reach.
    pub user: Option<User>,
    /// A fresh access token, if one was asked for.
    pub access: Option<IssuedToken>,
}

impl Auth {
    /// Who is behind a verified token, `with_token` to hand on to the other service; `None` if the account,
    /// or for a token the session, is no longer there.
    ///
    /// A verified token says enough to open a door, and does so without the database. Only a fresh one
    /// cannot be made without it.
    pub async fn identify(&self, principal: Principal, with_token: bool) -> Result<Option<Identity>, InternalError> {
        if with_token {
            let Some((session, user)) = self.current_session(principal).await? else { return Ok(None) };
            let access = self.issue_access_token(&user, &session)?;
            return Ok(Some(Identity { user: Some(user), access: Some(access) }));
        }
        match self.store.enabled_user(principal.user_id).await {
            Ok(user) => Ok(user.map(|user| Identity { user: Some(user), access: None })),
            Err(error) => {
                tracing::error!(%error, "an account could not be read; its owner's token still counts");
                Ok(Some(Identity { user: None, access: None }))
            }
        }
    }
}
