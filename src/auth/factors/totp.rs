//! Authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds. All apps support these.
//!
//! The time is that of the server (ASVS 6.5.8). A code is accepted one step before and after its own, and once.

use std::time::Duration;

use totp_rs::{Builder, Totp, TotpError};
use zeroize::Zeroizing;

use super::{ChangeFactorsError, Factors};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::hasher::HasherError,
        principal::Principal,
        requester::Requester,
        throttle::Purpose,
    },
    crypto::{
        random::{NoRandomness, random_bytes},
        seal::{SealError, Sealer},
    },
    domain::{
        RecoveryCode, Timestamp, TotpCode, UserId, event::EventKind, factors::TotpKey, second_factor::SecondFactorRule,
        session::Session, user::User,
    },
    mail::letter::FactorsChange,
    store::{
        StoreError,
        factors::{ConfirmedTotp, NewTotp, ReplacedTotp, StoredTotp},
    },
};

/// How long a set-up waits for the first code.
const SET_UP_LIFETIME: Duration = Duration::from_mins(15);

/// Bytes of a key: as many as of a SHA-1 (RFC 4226 §4).
const KEY_BYTES: usize = 20;

/// Seals the keys of authenticator apps for the database.
pub struct TotpSealer(Sealer);

/// When the recovery codes of a new set-up are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodesAt {
    /// With the key, for applications that show both together.
    Start,
    /// With the first code of the app.
    Completion,
}

/// The beginning of a set-up.
#[derive(Debug)]
pub struct TotpStarted {
    /// The key for the app.
    pub key: TotpKey,
    /// The recovery codes. Empty: the completion makes them.
    pub codes: Vec<RecoveryCode>,
}

/// Why a set-up was not completed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmTotpError {
    /// No set-up waits in this session, or it began too long ago.
    #[error("no set-up waits for a code")]
    NotStarted,
    /// The code is wrong.
    #[error("the code is wrong")]
    Code,
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// The code was not checked.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ConfirmTotpError: InternalError, StoreError, HasherError, NoRandomness);

impl TotpSealer {
    /// Seals under this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        Sealer::new(key).map(Self)
    }

    /// Seals the key of `owner`'s app for the database.
    pub fn seal(&self, owner: UserId, key: &[u8]) -> Result<Vec<u8>, InternalError> {
        self.0.seal(key, context(owner).as_bytes()).map_err(|error| InternalError::Failed(error.to_string()))
    }

    /// The sealed key of `owner`'s app.
    pub fn key(&self, owner: UserId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, InternalError> {
        self.0.open(sealed, context(owner).as_bytes()).map_err(unusable)
    }

    fn open(&self, owner: UserId, sealed: &[u8]) -> Result<Totp, InternalError> {
        app(&self.key(owner, sealed)?, "", "").map_err(unusable)
    }
}

fn unusable(error: impl std::fmt::Display) -> InternalError {
    InternalError::Failed(format!("the key of an authenticator app cannot be used: {error}"))
}

/// A sealed key is bound to its user, so that a row of the database cannot replace another.
fn context(owner: UserId) -> String {
    format!("totp {owner}")
}

impl Factors {
    /// Begins the set-up of an authenticator app, instead of an earlier one that waits. Sign-ins have one step until
    /// [`confirm_totp`](Self::confirm_totp).
    pub async fn begin_totp(
        &self,
        principal: Principal,
        password: Option<&str>,
        codes_at: CodesAt,
        requester: &Requester,
    ) -> Result<TotpStarted, ChangeFactorsError> {
        let (session, user) = self.confirm(principal, password, requester).await?;
        if self.has_totp(user.id).await? || !self.can_add(&session).await? {
            return Err(ChangeFactorsError::AlreadyOn);
        }
        let (bytes, sealed) = self.new_key(user.id)?;
        let (codes, hashes) = match codes_at {
            CodesAt::Start => self.new_codes(requester).await?,
            CodesAt::Completion => (Vec::new(), Vec::new()),
        };
        let new = NewTotp { owner: user.id, sealed, session: session.id, codes: hashes };
        if !self.store.begin_totp(new, self.clock.now()).await? {
            return Err(ChangeFactorsError::AlreadyOn);
        }
        Ok(TotpStarted { key: self.key(&bytes, &user)?, codes })
    }

    /// Replaces the authenticator app: removes the confirmed one with its recovery codes, and begins the set-up of another,
    /// for example on a new device. If the service requires a second factor, the session is restricted until
    /// [`confirm_totp`](Self::confirm_totp), unless the user has a passkey. Returns whether it is.
    pub async fn replace_totp(
        &self,
        principal: Principal,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<bool, ChangeFactorsError> {
        let (session, user) = self.confirm(principal, password, requester).await?;
        let (_, sealed) = self.new_key(user.id)?;
        let replaced = ReplacedTotp {
            new: NewTotp { owner: user.id, sealed, session: session.id, codes: Vec::new() },
            required: self.settings.rule == SecondFactorRule::Required,
            notice: self.notices.factors_changed(&user, FactorsChange::Removed, requester),
        };
        let lowered = self.store.replace_totp(replaced, self.clock.now()).await?.ok_or(ChangeFactorsError::NotOn)?;
        self.audit.record(EventKind::FactorRemoved, principal, requester, None);
        Ok(lowered)
    }

    /// The key of the set-up that waits in this session. `None`: none does.
    pub async fn totp_set_up(&self, session: &Session, user: &User) -> Result<Option<TotpKey>, InternalError> {
        let Some(waiting) = self.waiting(session).await? else { return Ok(None) };
        let totp = self.settings.sealer.open(user.id, &waiting.sealed)?;
        self.key(totp.secret().as_ref(), user).map(Some)
    }

    /// The key of the confirmed authenticator app, for another app of the same user. Needs the password.
    pub async fn totp_key(
        &self,
        principal: Principal,
        password: &str,
        requester: &Requester,
    ) -> Result<TotpKey, ChangeFactorsError> {
        let (_, user) = self.sessions.current(principal).await?.ok_or(ChangeFactorsError::Gone)?;
        let stored = self.store.totp(user.id).await?.filter(|totp| totp.confirmed_at.is_some());
        let stored = stored.ok_or(ChangeFactorsError::NotOn)?;
        self.passwords.confirm(principal, password, requester).await?;
        let totp = self.settings.sealer.open(user.id, &stored.sealed)?;
        Ok(self.key(totp.secret().as_ref(), &user)?)
    }

    /// Completes the set-up with a code of the app. From now on, sign-ins have two steps. The code proves the second factor
    /// of a restricted session. Returns the recovery codes, unless the beginning did.
    pub async fn confirm_totp(
        &self,
        principal: Principal,
        code: &str,
        requester: &Requester,
    ) -> Result<Vec<RecoveryCode>, ConfirmTotpError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(ConfirmTotpError::Gone)?;
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let waiting = self.waiting(&session).await?.ok_or(ConfirmTotpError::NotStarted)?;
        let code = TotpCode::parse(code).ok_or(ConfirmTotpError::Code)?;
        let totp = self.settings.sealer.open(user.id, &waiting.sealed)?;
        let step = step_of(&totp, &code, self.clock.now()).ok_or(ConfirmTotpError::Code)?;
        let (codes, hashes) = match self.store.recovery_code_hash(user.id).await? {
            Some(_) => (Vec::new(), Vec::new()),
            None => self.new_codes(requester).await?,
        };
        let notice = self.notices.factors_changed(&user, FactorsChange::Added, requester);
        let raised = self.settings.rule.restricts(session.authentication).then_some(session.id);
        let confirmed = ConfirmedTotp { owner: user.id, sealed: waiting.sealed, step, codes: hashes, raised, notice };
        if !self.store.confirm_totp(confirmed, self.clock.now()).await? {
            return Err(ConfirmTotpError::NotStarted);
        }
        self.audit.record(EventKind::FactorAdded, principal, requester, EventDetail::Totp);
        Ok(codes)
    }

    /// The step of a right code of the user's app. Does not use the code up.
    pub(in crate::auth) async fn check_totp(
        &self,
        user: UserId,
        code: &TotpCode,
    ) -> Result<Option<i64>, InternalError> {
        let Some(stored) = self.store.totp(user).await?.filter(|totp| totp.confirmed_at.is_some()) else {
            return Ok(None);
        };
        let totp = self.settings.sealer.open(user, &stored.sealed)?;
        Ok(step_of(&totp, code, self.clock.now()))
    }

    /// The set-up that this session has begun, within [`SET_UP_LIFETIME`]. Another session must not see the
    /// key.
    async fn waiting(&self, session: &Session) -> Result<Option<StoredTotp>, InternalError> {
        let stored = self.store.totp(session.user_id).await?;
        Ok(stored.filter(|totp| {
            let is_recent = self.clock.now().since(totp.created_at) < SET_UP_LIFETIME;
            totp.confirmed_at.is_none() && totp.session == session.id && is_recent
        }))
    }

    /// A new key, and the same sealed.
    fn new_key(&self, owner: UserId) -> Result<([u8; KEY_BYTES], Vec<u8>), InternalError> {
        let bytes = random_bytes::<KEY_BYTES>()?;
        let sealed = self.settings.sealer.seal(owner, &bytes)?;
        Ok((bytes, sealed))
    }

    fn key(&self, bytes: &[u8], user: &User) -> Result<TotpKey, InternalError> {
        // The label separates both by a colon.
        let [issuer, account] = [&self.settings.issuer, &user.email].map(|name| name.replace(':', " "));
        let failed = |error: TotpError| InternalError::Failed(format!("no key for an authenticator app: {error}"));
        let totp = app(bytes, &issuer, &account).map_err(failed)?;
        Ok(TotpKey { uri: totp.to_url().map_err(failed)?, key: totp.secret().to_base32() })
    }
}

fn app(key: &[u8], issuer: &str, account: &str) -> Result<Totp, TotpError> {
    let issuer = (!issuer.is_empty()).then_some(issuer);
    Builder::new().with_secret(key.to_vec()).with_skew(1).with_issuer(issuer).with_account_name(account).build()
}

/// The 30-second step whose code this is, compared in constant time: the current one, the one before or the one after.
fn step_of(totp: &Totp, code: &TotpCode, now: Timestamp) -> Option<i64> {
    let seconds = u64::try_from(now.seconds()).ok()?;
    totp.check(code.expose(), seconds).and_then(|step| i64::try_from(step).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B: the last six of eight digits.
    #[test]
    fn codes_match_rfc_6238() {
        let totp = app(KEY, "", "").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let (now, code) = (Timestamp::from_millis(seconds * 1000), TotpCode::parse(code).unwrap());
            assert_eq!(step_of(&totp, &code, now), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn code_is_accepted_one_step_early_and_late() {
        let totp = app(KEY, "", "").unwrap();
        let code = TotpCode::parse("287082").unwrap();
        let accepted = |seconds: i64| step_of(&totp, &code, Timestamp::from_millis(seconds * 1000));
        assert_eq!([0, 30, 59, 60, 89].map(accepted), [Some(1); 5]);
        assert_eq!([90, 120, 3600].map(accepted), [None; 3]);
    }

    #[test]
    fn sealed_key_is_bound_to_its_user() {
        let sealer = TotpSealer::new(&[1; 32]).unwrap();
        let [ada, bob] = [1, 2].map(|number| UserId::new(Timestamp::from_millis(0), [number; 10]));
        let stored = sealer.seal(ada, KEY).unwrap();
        assert!(sealer.open(ada, &stored).is_ok() && sealer.open(bob, &stored).is_err());
        assert!(TotpSealer::new(&[2; 32]).unwrap().open(ada, &stored).is_err());
        assert!(!stored.windows(8).any(|window| KEY.windows(8).any(|key| key == window)));
    }
}
