//! Factors besides the password: passkeys, authenticator apps, recovery codes, and devices that need no second factor.
//!
//! A change needs the password or a recent sign-in (ASVS 7.5.1), ends the sign-ins that wait for the second factor and
//! the trust in all devices, and causes an event and a notice (ASVS 6.3.7). The account's sessions continue.

pub mod devices;
mod imported_codes;
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
    domain::{
        UserId, authentication::Assurance, event::EventKind, factors, second_factor::SecondFactorRule,
        session::Session, user::User,
    },
    mail::letter::FactorsChange,
    store::{
        Store, StoreError,
        factors::{FactorsRemoved, RemoveFactors},
    },
};
pub use imported_codes::ImportedCodes;
use passkeys::RelyingParty;
pub use reset::ResetFactorsError;
pub use totp::TotpSealer;

/// The settings of second factors.
pub struct FactorSettings {
    /// Seals the keys of authenticator apps.
    pub sealer: TotpSealer,
    /// Hashes the recovery codes of another system.
    pub imported_codes: ImportedCodes,
    /// The name of this service in authenticator apps.
    pub issuer: String,
    /// How long a device needs no second factor after a sign-in with one. `None`: trust is not offered.
    pub trust: Option<Duration>,
    /// Whether users must have one.
    pub rule: SecondFactorRule,
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
    /// The service requires a second factor, and the account has no other one.
    #[error("the service requires a second factor")]
    Required,
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

    /// Whether users must have a second factor.
    pub const fn rule(&self) -> SecondFactorRule {
        self.settings.rule
    }

    /// Whether sign-ins of the user have two steps. An authenticator app always asks for the second step. A passkey can be
    /// it, and asks for it where the service requires a second factor: the password alone would open a restricted session.
    pub async fn are_required(&self, user: UserId) -> Result<bool, InternalError> {
        match self.settings.rule {
            SecondFactorRule::Optional => self.has_totp(user).await,
            SecondFactorRule::Required => self.has_any(user).await,
        }
    }

    /// Whether the user has an authenticator app.
    pub async fn has_totp(&self, user: UserId) -> Result<bool, InternalError> {
        Ok(self.store.has_second_factor(user).await?)
    }

    /// Whether the user has an authenticator app or a passkey. Every other kind of second factor joins in here.
    pub async fn has_any(&self, user: UserId) -> Result<bool, InternalError> {
        Ok(self.has_totp(user).await? || self.store.owns_passkey(user).await?)
    }

    /// Whether a sign-in of the user can have this strength.
    pub async fn can_reach(&self, user: UserId, least: Assurance) -> Result<bool, InternalError> {
        Ok(match least {
            Assurance::Aal1 => true,
            Assurance::Aal2 => self.has_any(user).await?,
            Assurance::PhishingResistant => self.store.owns_passkey(user).await?,
        })
    }

    /// Whether a factor can be added in the session. Not in a restricted one of a user who has a factor: a thief of the
    /// password could add one of their own. Signing in again presents the factor.
    async fn can_add(&self, session: &Session) -> Result<bool, InternalError> {
        Ok(!self.settings.rule.restricts(session.authentication) || !self.has_any(session.user_id).await?)
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

    /// Whether the user can turn two-step sign-in off: a passkey, or none, is enough.
    pub async fn can_be_removed(&self, user: UserId) -> Result<bool, InternalError> {
        Ok(self.settings.rule == SecondFactorRule::Optional || self.store.owns_passkey(user).await?)
    }

    /// Removes the authenticator app and the recovery codes of the signed-in user. Refused if the service requires a second
    /// factor and the user has no other one: the user can [replace](Self::replace_totp) the app.
    pub async fn remove(
        &self,
        principal: Principal,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<(), ChangeFactorsError> {
        let (_, user) = self.confirm(principal, password, requester).await?;
        let notice = self.notices.factors_changed(&user, FactorsChange::Removed, requester);
        let required = self.settings.rule == SecondFactorRule::Required;
        let remove = RemoveFactors { owner: user.id, required, notice };
        match self.store.remove_factors(remove, self.clock.now()).await? {
            FactorsRemoved::Removed => {}
            FactorsRemoved::NotOn => return Err(ChangeFactorsError::NotOn),
            FactorsRemoved::Required => return Err(ChangeFactorsError::Required),
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
