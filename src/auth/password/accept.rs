//! Accepting a new password.

use super::{Passwords, policy::NewPassword};
use crate::{
    auth::{audit::Subject, requester::Requester},
    domain::{Email, Name, Password, event::EventKind, password::WeakPassword},
};

impl Passwords {
    /// Checks a new password against the policy, then against breached passwords if an API for them is configured.
    ///
    /// If the API fails, the password is accepted and the failure recorded: an outage of another service must not
    /// prevent sign-ups (ASVS 16.5.2).
    pub(in crate::auth) async fn accept(
        &self,
        password: Password,
        email: Option<Email>,
        name: Name,
        requester: &Requester,
    ) -> Result<NewPassword, WeakPassword> {
        let accepted = self.policy.check_off_thread(password, email, name).await?;
        let Some(breaches) = &self.breaches else { return Ok(accepted) };
        match breaches.contains(accepted.expose()).await {
            Ok(false) => Ok(accepted),
            Ok(true) => Err(WeakPassword::Breached),
            Err(error) => {
                tracing::warn!(%error, "a new password was not compared with breached passwords");
                self.audit.record(EventKind::BreachCheckFail, Subject::unknown(), requester, None);
                Ok(accepted)
            }
        }
    }
}
