//! Sign-in: from credentials to a session, in steps.

pub mod by_mail;
pub mod passkey;
pub mod password;
pub mod reauthenticate;
pub mod second_factor;
mod step;
mod ways;

use std::sync::Arc;

use super::{
    audit::Audit,
    codes::Codes,
    error::InternalError,
    factors::Factors,
    notices::Notices,
    password::Passwords,
    requester::Requester,
    sessions::{Sessions, open::VerifiedUser},
    throttle::Throttle,
};
use crate::{clock::Clock, domain::authentication::AuthMethod, store::Store};

pub use super::sessions::open::SignedIn;
pub use step::{PENDING_LIFETIME, PendingSignIn, SignInStep};
pub use ways::SecondStepWays;

/// Signs users in. One method per kind of credential.
pub struct SignIn {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) passwords: Arc<Passwords>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) factors: Arc<Factors>,
    pub(super) notices: Arc<Notices>,
    /// Whether a user can sign in with a verified address only.
    pub(super) requires_verification: bool,
    /// `None`: sign-in by mail is not offered.
    pub(super) codes: Option<Arc<Codes>>,
}

impl SignIn {
    /// The step after a first factor: opens a session, or asks for the second factor. Every way to sign in ends here, so
    /// that none bypasses a second factor (ASVS 6.3.4). `None` if the credentials have changed since they were verified.
    /// A factor that is added meanwhile changes them too.
    async fn complete(
        &self,
        verified: VerifiedUser,
        remember: bool,
        requester: &Requester,
    ) -> Result<Option<SignInStep>, InternalError> {
        let mut verified = verified;
        if self.factors.are_required(verified.user.id).await? {
            if !self.factors.is_trusted(&verified, requester).await? {
                return Ok(Some(SignInStep::SecondFactor(self.begin_second_step(&verified, remember).await?)));
            }
            // Not a session that began before the user had a second factor.
            verified.methods = verified.methods.with(AuthMethod::TrustedDevice);
        }
        let Some(opened) = self.sessions.open(&verified, remember, requester).await? else { return Ok(None) };
        let signed_in = self.sessions.complete_sign_in(verified, opened, requester)?;
        Ok(Some(SignInStep::Complete(Box::new(signed_in))))
    }
}
