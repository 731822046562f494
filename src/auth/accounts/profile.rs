//! Change what a user says about themselves.

pub use crate::store::credentials::PasswordCredential;
use crate::{
    auth::{Auth, Principal, Requester, Subject, error::InternalError},
    domain::{
        UserId,
        event::EventKind,
        user::{ProfileChange, User},
    },
};

impl Auth {
    /// The profile of `owner`; `None` if the account is gone or disabled.
    pub async fn profile(&self, owner: UserId) -> Result<Option<User>, InternalError> {
        Ok(self.store.enabled_user(owner).await?)
    }

    /// Whether `owner` has a password, and since when.
    pub async fn password_credential(&self, owner: UserId) -> Result<Option<PasswordCredential>, InternalError> {
        Ok(self.store.password_credential(owner).await?)
    }

    /// Changes the profile; `None` if the account is gone.
    pub async fn update_profile(
        &self,
        principal: Principal,
        change: ProfileChange,
        requester: &Requester,
    ) -> Result<Option<User>, InternalError> {
        let now = self.clock.now();
        let user = self.store.change_profile(principal.user_id, change, now).await?;
        if user.is_some() {
            self.record(EventKind::UserUpdated, Subject::from(principal), requester, None).await;
        }
        Ok(user)
    }
}
