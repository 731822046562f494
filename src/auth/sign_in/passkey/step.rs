//! The second step of a sign-in with a passkey.

use serde_json::Value;

use super::Request;
use crate::{
    auth::{
        audit::EventDetail,
        factors::passkeys::{Assertion, Ceremony, CeremonySecret},
        requester::Requester,
        sign_in::{
            PendingSignIn, SignIn,
            second_factor::{SecondStepDone, SecondStepError, Waiting},
        },
        throttle::Purpose,
    },
    crypto::hex::hex,
    domain::{LinkPurpose, authentication::AuthMethod},
    store::second_step::SecondProof,
};

const PURPOSE: LinkPurpose = LinkPurpose::PasskeySecondStep;

impl SignIn {
    /// Begins the second step with a passkey of the user whose sign-in waits.
    pub async fn begin_passkey_step(
        &self,
        pending: &PendingSignIn,
        requester: &Requester,
    ) -> Result<Ceremony, SecondStepError> {
        let admitted = self.throttle.check_network(Purpose::Ceremony, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let digest = pending.digest();
        let step = self.store.pending_step(&digest, self.clock.now()).await?.ok_or(SecondStepError::Ended)?;
        Ok(self.begin_request(PURPOSE, Some(step.first.user_id), Some(hex(&digest))).await?)
    }

    /// Completes a sign-in with a passkey. With `trust`, the requester's device needs no second factor for a while.
    /// [`Wrong`](SecondStepError::Wrong) too if no challenge waits: the sign-in still waits, and can have another one.
    pub async fn with_passkey_step(
        &self,
        pending: &PendingSignIn,
        secret: &CeremonySecret,
        response: &Value,
        trust: bool,
        requester: &Requester,
    ) -> Result<SecondStepDone, SecondStepError> {
        let waiting = self.waiting(pending, requester).await?;
        let request = self.take_request(PURPOSE, secret).await?;
        let is_of_this_step = |request: &Request| request.pending.as_deref() == Some(&*hex(&pending.digest()));
        let request = request.filter(is_of_this_step).ok_or(SecondStepError::Wrong)?;
        let attempt = self.count_on_account(&waiting, requester).await?;
        let done = match self.check_step(&waiting, request, response, requester).await {
            Ok(proof) => self.finish(&waiting, AuthMethod::Passkey, proof, trust, requester).await,
            Err(error) => Err(error),
        };
        self.settle_attempt(&waiting, attempt, EventDetail::Passkey, &done, requester).await?;
        done
    }

    /// Counts the attempt, then verifies the response. The caller records its use.
    async fn check_step(
        &self,
        waiting: &Waiting,
        request: Request,
        response: &Value,
        requester: &Requester,
    ) -> Result<SecondProof, SecondStepError> {
        self.count_on_sign_in(waiting).await?;
        let assertion = Assertion::parse(response).map_err(|_| SecondStepError::Wrong)?;
        let login = self.store.passkey_login(assertion.credential_id()).await?;
        let login = login.filter(|login| login.user.id == waiting.user.id).ok_or(SecondStepError::Wrong)?;
        let used = self.verify(&assertion, request, &login, requester)?;
        used.map(SecondProof::Passkey).ok_or(SecondStepError::Wrong)
    }
}
