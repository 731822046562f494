//! The second step of a sign-in: a code of an authenticator app, a recovery code, or a [passkey](super::passkey).
//!
//! A sign-in has five attempts, and an account has the budgets of a sign-in, counted apart: an attacker needs the first
//! factor for each attempt (NIST SP 800-63B-4 §3.2.2). Failures never affect sessions.

use std::sync::Arc;

use super::{
    SignIn, SignedIn,
    step::{PENDING_LIFETIME, PendingSignIn},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        factors::devices::DeviceTrust,
        principal::Principal,
        requester::Requester,
        sessions::open::VerifiedUser,
        throttle::{Attempt, AttemptTarget, Purpose},
    },
    crypto::{opaque::OpaqueToken, random::random_bytes},
    domain::{
        Email, MailId, RecoveryCode, TotpCode, UserId,
        authentication::{AuthContext, AuthMethod},
        event::EventKind,
        user::User,
    },
    mail::letter::FactorsChange,
    store::{
        StoreError,
        second_step::{FirstStep, MAX_ATTEMPTS, SecondProof, SecondStep, SecondStepResult},
    },
};

/// A presented second factor.
#[derive(Clone, Debug)]
pub enum SecondFactor {
    /// The code of an authenticator app.
    Totp(TotpCode),
    /// A recovery code.
    RecoveryCode(RecoveryCode),
}

/// A completed sign-in.
#[derive(Debug)]
pub struct SecondStepDone {
    /// The user with a new session.
    pub signed_in: Box<SignedIn>,
    /// The device needs no second factor from now on.
    pub trust: Option<DeviceTrust>,
    /// The remaining recovery codes, if one was used.
    pub recovery_codes_left: Option<u64>,
}

/// Why the second step failed.
#[derive(Debug, thiserror::Error)]
pub enum SecondStepError {
    /// The sign-in was completed, has expired, never existed, or the credentials have changed: begin again.
    #[error("no sign-in waits for the second factor")]
    Ended,
    /// The code is wrong, or was used. The sign-in still waits.
    #[error("the code is wrong")]
    Wrong,
    /// The sign-in has had too many wrong codes: begin again.
    #[error("the sign-in had too many wrong codes")]
    Exhausted,
    /// The code was not checked.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(SecondStepError: InternalError, StoreError);

/// A sign-in that waits, and its user.
pub(super) struct Waiting {
    digest: [u8; 32],
    first: FirstStep,
    pub(super) user: Arc<User>,
}

impl SecondFactor {
    /// Parses what a user types: the code of an authenticator app, or a recovery code. A text that is neither is no guess,
    /// and not counted.
    pub fn parse(text: &str) -> Option<Self> {
        TotpCode::parse(text).map(Self::Totp).or_else(|| RecoveryCode::parse(text).map(Self::RecoveryCode))
    }

    pub(super) const fn method(&self) -> AuthMethod {
        match self {
            Self::Totp(_) => AuthMethod::Totp,
            Self::RecoveryCode(_) => AuthMethod::RecoveryCode,
        }
    }

    pub(super) const fn detail(&self) -> EventDetail {
        match self {
            Self::Totp(_) => EventDetail::Totp,
            Self::RecoveryCode(_) => EventDetail::RecoveryCode,
        }
    }
}

impl SignIn {
    /// Lets a sign-in with a correct first factor wait for the second one.
    pub(super) async fn begin_second_step(
        &self,
        verified: &VerifiedUser,
        remember: bool,
    ) -> Result<PendingSignIn, InternalError> {
        let token = OpaqueToken::generate()?;
        let now = self.clock.now();
        let VerifiedUser { user, methods, version } = verified;
        let first = FirstStep { user_id: user.id, methods: *methods, remember, version: *version };
        let (id, expires_at) = (MailId::new(now, random_bytes()?), now.plus(PENDING_LIFETIME));
        self.store.begin_second_step(id, &token.digest(), first, now, expires_at).await?;
        Ok(PendingSignIn::new(token))
    }

    /// Whether the sign-in still waits for the second factor.
    pub async fn is_pending(&self, pending: &PendingSignIn) -> Result<bool, InternalError> {
        let step = self.store.pending_step(&pending.digest(), self.clock.now()).await?;
        Ok(step.is_some_and(|step| step.attempts < MAX_ATTEMPTS))
    }

    /// Completes a sign-in. With `trust`, the requester's device needs no second factor for a while.
    pub async fn with_second_factor(
        &self,
        pending: &PendingSignIn,
        factor: &SecondFactor,
        trust: bool,
        requester: &Requester,
    ) -> Result<SecondStepDone, SecondStepError> {
        let waiting = self.waiting(pending, requester).await?;
        let attempt = self.count_on_account(&waiting, requester).await?;
        let done = match self.check(&waiting, factor, requester).await {
            Ok(proof) => self.finish(&waiting, factor.method(), proof, trust, requester).await,
            Err(error) => Err(error),
        };
        self.settle_attempt(&waiting, attempt, factor.detail(), &done, requester).await?;
        done
    }

    /// The sign-in that waits, and its user.
    pub(super) async fn waiting(
        &self,
        pending: &PendingSignIn,
        requester: &Requester,
    ) -> Result<Waiting, SecondStepError> {
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let digest = pending.digest();
        let step = self.store.pending_step(&digest, self.clock.now()).await?.ok_or(SecondStepError::Ended)?;
        let user = self.store.enabled_user(step.first.user_id).await?.ok_or(SecondStepError::Ended)?;
        Ok(Waiting { digest, first: step.first, user })
    }

    /// Counts an attempt on the account.
    pub(super) async fn count_on_account(
        &self,
        waiting: &Waiting,
        requester: &Requester,
    ) -> Result<Attempt, SecondStepError> {
        let email = Email::presented(&waiting.user.email).map_err(|_| SecondStepError::Ended)?;
        let counted = self.throttle.count_attempt(AttemptTarget::SecondStep(&email), requester).await;
        Ok(self.audit.record_throttled(counted, EventDetail::Account, None, requester)?)
    }

    /// Clears, keeps or withdraws the attempt, by the result of the step.
    pub(super) async fn settle_attempt(
        &self,
        waiting: &Waiting,
        attempt: Attempt,
        detail: EventDetail,
        done: &Result<SecondStepDone, SecondStepError>,
        requester: &Requester,
    ) -> Result<(), InternalError> {
        match done {
            Ok(_) => self.throttle.clear(attempt).await,
            Err(SecondStepError::Wrong) => self.record_wrong(waiting, detail, requester).await?,
            // No factor was compared.
            Err(_) => self.throttle.undo(attempt).await,
        }
        Ok(())
    }

    /// Checks a second factor of a signed-in user, and uses it up. The session stays as it is.
    pub async fn verify_second_factor(
        &self,
        principal: Principal,
        factor: &SecondFactor,
        requester: &Requester,
    ) -> Result<(), SecondStepError> {
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let owner = principal.user_id();
        let user = self.store.enabled_user(owner).await?.ok_or(SecondStepError::Ended)?;
        let email = Email::presented(&user.email).map_err(|_| SecondStepError::Ended)?;
        let counted = self.throttle.count_attempt(AttemptTarget::SecondStep(&email), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, principal, requester)?;
        let proof = match self.proof_of(owner, factor, requester).await {
            Ok(proof) => proof,
            Err(error) => {
                self.throttle.undo(attempt).await;
                return Err(error.into());
            }
        };
        let is_right = match proof {
            Some(proof) => self.store.use_second_factor(owner, &proof, self.clock.now()).await?,
            None => false,
        };
        if !is_right {
            self.audit.record(EventKind::SecondStepFail, principal, requester, factor.detail());
            return Err(SecondStepError::Wrong);
        }
        self.throttle.clear(attempt).await;
        Ok(())
    }

    /// Counts the attempt, then compares the code. The caller uses the proof up.
    async fn check(
        &self,
        waiting: &Waiting,
        factor: &SecondFactor,
        requester: &Requester,
    ) -> Result<SecondProof, SecondStepError> {
        self.count_on_sign_in(waiting).await?;
        self.proof_of(waiting.user.id, factor, requester).await?.ok_or(SecondStepError::Wrong)
    }

    /// Counts an attempt on the sign-in.
    pub(super) async fn count_on_sign_in(&self, waiting: &Waiting) -> Result<(), SecondStepError> {
        let (digest, now) = (&waiting.digest, self.clock.now());
        if self.store.count_second_step(digest, now).await? {
            return Ok(());
        }
        let is_pending = self.store.pending_step(digest, now).await?.is_some();
        Err(if is_pending { SecondStepError::Exhausted } else { SecondStepError::Ended })
    }

    /// What a presented factor is, if it can be right. Uses nothing up.
    pub(super) async fn proof_of(
        &self,
        user: UserId,
        factor: &SecondFactor,
        requester: &Requester,
    ) -> Result<Option<SecondProof>, Interrupted> {
        Ok(match factor {
            SecondFactor::Totp(code) => self.factors.check_totp(user, code).await?.map(SecondProof::Totp),
            SecondFactor::RecoveryCode(code) => {
                let hash = self.factors.recovery_hash(user, code, requester).await?;
                hash.map(SecondProof::RecoveryCode)
            }
        })
    }

    /// Uses the sign-in and the second factor up, and opens the session.
    pub(super) async fn finish(
        &self,
        waiting: &Waiting,
        method: AuthMethod,
        proof: SecondProof,
        trust: bool,
        requester: &Requester,
    ) -> Result<SecondStepDone, SecondStepError> {
        let (first, user, now) = (waiting.first, &waiting.user, self.clock.now());
        let methods = first.methods.with(method);
        self.sessions.settle(user.id).await?;
        let authentication = AuthContext::new(methods, now);
        let session = self.sessions.prepare(user.id, authentication, first.remember, requester)?;
        let trusted = if trust { self.factors.new_trust(requester)? } else { None };
        let (trust, trusted) = trusted.unzip();
        let left = match method {
            AuthMethod::RecoveryCode => Some(self.store.unused_recovery_codes(user.id).await?.saturating_sub(1)),
            _ => None,
        };
        let change = left.map(|left| FactorsChange::CodeUsed { left });
        let notice = change.and_then(|change| self.notices.factors_changed(user, change, requester));
        let notices =
            self.notices.new_sign_in(user, first.version, requester).await?.into_iter().chain(notice).collect();
        let step = SecondStep {
            digest: waiting.digest,
            version: first.version,
            proof,
            session: &session.new,
            trusted,
            notices,
        };
        let surplus = match self.store.complete_second_step(step, now).await? {
            SecondStepResult::Opened(surplus) => surplus,
            SecondStepResult::Used => return Err(SecondStepError::Wrong),
            SecondStepResult::Ended => return Err(SecondStepError::Ended),
        };
        self.sessions.deny_tokens_of(&surplus);
        let events = [left.map(|_| EventKind::RecoveryCodeUsed), trust.as_ref().map(|_| EventKind::DeviceTrusted)];
        for kind in events.into_iter().flatten() {
            self.audit.record(kind, user.id, requester, None);
        }
        let verified = VerifiedUser { user: user.as_ref().clone(), methods, version: first.version };
        let signed_in = Box::new(self.sessions.complete_sign_in(verified, session, requester)?);
        Ok(SecondStepDone { signed_in, trust, recovery_codes_left: left })
    }

    /// Records a wrong code. The last one of a sign-in notifies the user: another person may know the password (ASVS
    /// 6.3.5).
    async fn record_wrong(
        &self,
        waiting: &Waiting,
        detail: EventDetail,
        requester: &Requester,
    ) -> Result<(), InternalError> {
        let (user, now) = (&waiting.user, self.clock.now());
        self.audit.record(EventKind::SecondStepFail, user.id, requester, detail);
        let step = self.store.pending_step(&waiting.digest, now).await?;
        if step.is_some_and(|step| step.attempts >= MAX_ATTEMPTS)
            && let Some(notice) = self.notices.factors_changed(user, FactorsChange::StepFailed, requester)
        {
            self.store.request_mail(notice.mail, notice.limit, now).await?;
        }
        Ok(())
    }
}
