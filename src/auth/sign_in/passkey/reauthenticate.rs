//! A signed-in user proves their identity again with a passkey, before a sensitive change.

use serde_json::Value;

use super::{PasskeySignInError, SignIn};
use crate::{
    auth::{
        audit::EventDetail,
        factors::passkeys::CeremonySecret,
        principal::Principal,
        requester::Requester,
        sessions::reauthenticated::{Again, Reauthenticated, Reauthentication},
        throttle::Purpose,
    },
    domain::{
        LinkPurpose,
        authentication::{AuthMethod, AuthMethods},
        event::EventKind,
    },
    store::second_step::SecondProof,
};

impl SignIn {
    /// Confirms the identity of the signed-in user with one of the user's passkeys, and the challenge of a sign-in. A
    /// passkey is two factors, so nothing else is asked. Only this session gets more recent.
    pub async fn reauthenticate_with_passkey(
        &self,
        principal: Principal,
        secret: &CeremonySecret,
        response: &Value,
        requester: &Requester,
    ) -> Result<Box<Reauthenticated>, PasskeySignInError> {
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let request = self.take_request(LinkPurpose::PasskeySignIn, secret).await?;
        let request = request.ok_or(PasskeySignInError::ChallengeNotFound)?;
        let (session, user) = self.sessions.current(principal).await?.ok_or(PasskeySignInError::Failed)?;
        let (login, verified) = self.check_passkey(request, response, requester).await?;
        if login.user.id != user.id {
            self.audit.record(EventKind::LoginFail, principal, requester, EventDetail::Confirmation);
            return Err(PasskeySignInError::Failed);
        }
        let again = Again {
            methods: AuthMethods::of(AuthMethod::Passkey),
            seen: Some(login.version),
            code: None,
            second: Some(SecondProof::Passkey(verified)),
            notice: None,
        };
        match self.sessions.reauthenticated(&session, &user, again, requester).await? {
            Reauthentication::Done(done) => Ok(done),
            // A copy of the response was faster, or the session has ended.
            Reauthentication::Used | Reauthentication::Ended => Err(PasskeySignInError::Failed),
        }
    }
}
