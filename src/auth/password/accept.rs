//! Accepting a new password.

use super::{
    Passwords,
    hasher::HasherError,
    policy::{AboutPerson, NewPassword},
};
use crate::{
    auth::{audit::Subject, requester::Requester, throttle::Network},
    domain::{Email, Name, Password, event::EventKind, password::WeakPassword},
};

impl Passwords {
    /// Checks a new password against the policy, in the queue of the hashes, then against breached passwords if an API
    /// for them is configured.
    ///
    /// If the API fails, the password is accepted and the failure recorded: an outage of another service must not
    /// prevent sign-ups (ASVS 16.5.2).
    pub(in crate::auth) async fn accept(
        &self,
        password: Password,
        email: Option<Email>,
        name: Name,
        requester: &Requester,
    ) -> Result<Result<NewPassword, WeakPassword>, HasherError> {
        let policy = self.policy.clone();
        let check = move || policy.check(password, &AboutPerson { email: email.as_ref(), name: &name });
        let accepted = match self.hasher.check(Network::from(requester), check).await? {
            Ok(accepted) => accepted,
            Err(weak) => return Ok(Err(weak)),
        };
        let Some(breaches) = &self.breaches else { return Ok(Ok(accepted)) };
        Ok(match breaches.contains(accepted.expose()).await {
            Ok(false) => Ok(accepted),
            Ok(true) => Err(WeakPassword::Breached),
            Err(error) => {
                tracing::warn!(%error, "a new password was not compared with breached passwords");
                self.audit.record(EventKind::BreachCheckFail, Subject::unknown(), requester, None);
                Ok(accepted)
            }
        })
    }
}
