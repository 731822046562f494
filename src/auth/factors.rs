//! Factors besides the password: passkeys, authenticator apps, recovery codes, and devices that need no second factor.
//!
//! A change needs the password or a recent sign-in (ASVS 7.5.1), ends the sign-ins that wait for the second factor and
//! the trust in all devices, and causes an event and a notice (ASVS 6.3.7). The account's sessions continue.

pub mod devices;
pub mod passkeys;
pub mod recovery;
mod reset;
pub mod totp;

use std::{sync::Arc, time::Duration};

use super::{
    audit::Audit,
    error::{InternalError, Interrupted, interruptible},
    notices::Notices,
    password::{Passwords, confirm::ConfirmPasswordError, hasher::HasherError},
    principal::Principal,
    requester::Requester,
    sessions::Sessions,
    throttle::Throttle,
};
use crate::{
    clock::Clock,
    crypto::random::NoRandomness,
    domain::{UserId, event::EventKind, factors, session::Session, user::User},
    mail::letter::FactorsChange,
    store::{Store, StoreError},
};
use passkeys::RelyingParty;
pub use reset::ResetFactorsError;
pub use totp::TotpSealer;

/// The settings of second factors.
pub struct FactorSettings {
    /// Seals the keys of authenticator apps.
    pub sealer: TotpSealer,
    /// The name of this service in authenticator apps.
    pub issuer: String,
    /// How long a device needs no second factor after a sign-in with one. `None`: trust is not offered.
    pub trust: Option<Duration>,
    /// Creates and verifies passkeys. `None`: passkeys are not offered.
    pub relying_party: Option<RelyingParty>,
    /// Whether users with a verified address can sign in by mail.
    pub mail_signs_in: bool,
}

/// Sets up, checks and removes second factors.
pub struct Factors {
    store: Store,
    clock: Clock,
    throttle: Arc<Throttle>,
    audit: Arc<Audit>,
    passwords: Arc<Passwords>,
    sessions: Arc<Sessions>,
    notices: Arc<Notices>,
    settings: FactorSettings,
}

/// Why the factors of an account were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeFactorsError {
    /// The session is not recent, and no password was given.
    #[error("the session is not recent")]
    NotRecent,
    /// The password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// The account has a second factor.
    #[error("the account has a second factor")]
    AlreadyOn,
    /// The account has no second factor.
    #[error("the account has no second factor")]
    NotOn,
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// Nothing was changed.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ChangeFactorsError: InternalError, StoreError, HasherError, NoRandomness);

impl Factors {
    /// The factors of the users whose passwords these are.
    pub(super) fn new(settings: FactorSettings, passwords: &Arc<Passwords>) -> Self {
        Self {
            store: passwords.store.clone(),
            clock: passwords.clock.clone(),
            throttle: Arc::clone(&passwords.throttle),
            audit: Arc::clone(&passwords.audit),
            passwords: Arc::clone(passwords),
            sessions: Arc::clone(&passwords.sessions),
            notices: Arc::clone(&passwords.notices),
            settings,
        }
    }

    /// Whether sign-ins of the user have two steps.
    pub async fn are_required(&self, user: UserId) -> Result<bool, InternalError> {
        Ok(self.store.has_second_factor(user).await?)
    }

    /// The user's second factors.
    pub async fn of(&self, user: UserId) -> Result<factors::Factors, InternalError> {
        let Some(totp_since) = self.store.totp(user).await?.and_then(|totp| totp.confirmed_at) else {
            return Ok(factors::Factors::default());
        };
        Ok(factors::Factors {
            totp_since: Some(totp_since),
            recovery_codes: self.store.unused_recovery_codes(user).await?,
            devices: self.store.trusted_devices(user, self.clock.now()).await?,
        })
    }

    /// Removes all second factors of the signed-in user.
    pub async fn remove(
        &self,
        principal: Principal,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<(), ChangeFactorsError> {
        let (_, user) = self.confirm(principal, password, requester).await?;
        let notice = self.notices.factors_changed(&user, FactorsChange::Removed, requester);
        if !self.store.remove_factors(user.id, notice, self.clock.now()).await? {
            return Err(ChangeFactorsError::NotOn);
        }
        self.audit.record(EventKind::FactorRemoved, principal, requester, None);
        Ok(())
    }

    /// Confirms that the user is present: with the password, or by a recent sign-in.
    async fn confirm(
        &self,
        principal: Principal,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<(Session, Arc<User>), ChangeFactorsError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(ChangeFactorsError::Gone)?;
        match password {
            Some(password) => {
                self.passwords.confirm(principal, password, requester).await?;
            }
            None if self.sessions.is_fresh(&session) => {}
            None => return Err(ChangeFactorsError::NotRecent),
        }
        Ok((session, user))
    }
}
