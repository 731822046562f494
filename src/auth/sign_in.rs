//! Sign-in: from credentials to a session, in steps.

pub mod by_mail;
pub mod password;

use std::sync::Arc;

use super::{
    audit::Audit,
    codes::Codes,
    error::InternalError,
    password::Passwords,
    requester::Requester,
    sessions::{Sessions, open::VerifiedUser},
    throttle::Throttle,
};
use crate::{clock::Clock, store::Store};

pub use super::sessions::open::SignedIn;

/// Signs users in. One method per kind of credential.
pub struct SignIn {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) passwords: Arc<Passwords>,
    pub(super) sessions: Arc<Sessions>,
    /// Whether a user can sign in with a verified address only.
    pub(super) requires_verification: bool,
    /// `None`: sign-in by mail is not offered.
    pub(super) codes: Option<Arc<Codes>>,
}

/// The state of a sign-in after a correct credential.
#[derive(Debug)]
pub enum SignInStep {
    /// The session is open.
    Complete(Box<SignedIn>),
}

impl SignIn {
    /// The step after a first factor: opens a session. Every way to sign in ends here, so that none bypasses a second
    /// factor. `None` if the credentials have changed since they were verified.
    async fn complete(
        &self,
        verified: VerifiedUser,
        remember: bool,
        requester: &Requester,
    ) -> Result<Option<SignInStep>, InternalError> {
        let Some(opened) = self.sessions.open(&verified, remember, requester).await? else { return Ok(None) };
        let signed_in = self.sessions.complete_sign_in(verified, opened, requester)?;
        Ok(Some(SignInStep::Complete(Box::new(signed_in))))
    }
}
