//! Listing, renaming and removing passkeys.

use uuid::Uuid;

use crate::{
    auth::{
        error::{InternalError, Interrupted, interruptible},
        factors::{ChangeFactorsError, Factors},
        password::confirm::ConfirmPasswordError,
        principal::Principal,
        requester::Requester,
    },
    domain::{PasskeyId, PasskeyName, UserId, event::EventKind, passkey::Passkey},
    mail::letter::FactorsChange,
    store::{
        StoreError,
        passkeys::{PasskeyRemoved, RemovePasskey},
    },
};

/// Why a passkey was not renamed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasskeyError {
    /// The user has no such passkey.
    #[error("there is no such passkey")]
    NotFound,
    /// Nothing was changed.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// Why a passkey was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemovePasskeyError {
    /// The user has no such passkey.
    #[error("there is no such passkey")]
    NotFound,
    /// The account would have no way to sign in.
    #[error("the passkey is the last way to sign in")]
    LastWayIn,
    /// The session is not recent, and no password was given.
    #[error("the session is not recent")]
    NotRecent,
    /// The password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// Nothing was removed.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ChangePasskeyError: InternalError, StoreError);
interruptible!(RemovePasskeyError: InternalError, StoreError);

impl Factors {
    /// The passkeys of a user, the oldest first.
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<Passkey>, InternalError> {
        Ok(self.store.passkeys(user).await?)
    }

    /// The user of a passkey. `None`: there is no such passkey.
    pub async fn passkey_owner(&self, id: PasskeyId) -> Result<Option<UserId>, InternalError> {
        Ok(self.store.passkey_owner(id).await?)
    }

    /// The handle by which authenticators name a user. `None`: no authenticator does.
    pub async fn passkey_handle(&self, user: UserId) -> Result<Option<Uuid>, InternalError> {
        Ok(self.store.passkey_handle(user).await?)
    }

    /// Renames a passkey of the signed-in user.
    pub async fn rename_passkey(
        &self,
        principal: Principal,
        id: PasskeyId,
        name: PasskeyName,
    ) -> Result<Passkey, ChangePasskeyError> {
        let (_, user) = self.sessions.current(principal).await?.ok_or(ChangePasskeyError::NotFound)?;
        self.store.rename_passkey(user.id, id, &name).await?.ok_or(ChangePasskeyError::NotFound)
    }

    /// Removes a passkey of the signed-in user. The last way to sign in cannot be removed: a password, another passkey, or
    /// sign-in by mail to a verified address. Needs the password or a recent sign-in.
    pub async fn remove_passkey(
        &self,
        principal: Principal,
        id: PasskeyId,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<(), RemovePasskeyError> {
        let (_, user) = self.confirm(principal, password, requester).await.map_err(from_confirm)?;
        let notice = self.notices.factors_changed(&user, FactorsChange::PasskeyRemoved, requester);
        let mail_signs_in = self.settings.mail_signs_in;
        let remove = RemovePasskey { owner: user.id, id, mail_signs_in, notice };
        match self.store.remove_passkey(remove, self.clock.now()).await? {
            PasskeyRemoved::Removed => {}
            PasskeyRemoved::NotFound => return Err(RemovePasskeyError::NotFound),
            PasskeyRemoved::LastWayIn => return Err(RemovePasskeyError::LastWayIn),
        }
        self.audit.record(EventKind::PasskeyRemoved, principal, requester, None);
        Ok(())
    }
}

fn from_confirm(error: ChangeFactorsError) -> RemovePasskeyError {
    match error {
        ChangeFactorsError::NotRecent => RemovePasskeyError::NotRecent,
        ChangeFactorsError::Confirm(error) => error.into(),
        ChangeFactorsError::Interrupted(error) => error.into(),
        // The check returns no other than `Gone`.
        _ => RemovePasskeyError::Gone,
    }
}
