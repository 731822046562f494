//! Reading and changing the profile.

use std::sync::Arc;

use super::Accounts;
use crate::{
    auth::{error::InternalError, principal::Principal, requester::Requester},
    domain::{
        UserId,
        event::EventKind,
        user::{ProfileChange, User},
    },
};

impl Accounts {
    /// The profile of `owner`. `None` if the account is gone or disabled.
    pub async fn profile(&self, owner: UserId) -> Result<Option<Arc<User>>, InternalError> {
        Ok(self.store.enabled_user(owner).await?)
    }

    /// Changes the profile. `None` if the account is gone or disabled.
    pub async fn update_profile(
        &self,
        principal: Principal,
        change: ProfileChange,
        requester: &Requester,
    ) -> Result<Option<User>, InternalError> {
        let user = self.store.change_profile(principal.user_id(), change, self.clock.now()).await?;
        if user.is_some() {
            self.audit.record(EventKind::UserUpdated, principal, requester, None);
        }
        Ok(user)
    }
}
