//! What a sign-in that waits for the second factor can be completed with.

use super::{PendingSignIn, SignIn};
use crate::{auth::error::InternalError, store::second_step::MAX_ATTEMPTS};

/// The second factors of the account whose sign-in waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondStepWays {
    /// An authenticator app.
    pub totp: bool,
    /// A passkey.
    pub passkey: bool,
}

impl SignIn {
    /// The ways to complete the sign-in. `None`: it does not wait any more.
    pub async fn second_step_ways(&self, pending: &PendingSignIn) -> Result<Option<SecondStepWays>, InternalError> {
        let step = self.store.pending_step(&pending.digest(), self.clock.now()).await?;
        let Some(step) = step.filter(|step| step.attempts < MAX_ATTEMPTS) else { return Ok(None) };
        let user = step.first.user_id;
        let totp = self.factors.of(user).await?.totp_since.is_some();
        let passkey = self.factors.passkeys_are_offered() && !self.factors.passkeys(user).await?.is_empty();
        Ok(Some(SecondStepWays { totp, passkey }))
    }
}
