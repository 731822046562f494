//! Storing that the user of a session has proved their identity again (ASVS 7.5.1).
//!
//! The session keeps its id, its tokens and its lifetimes. Its next access tokens say how and when the user proved their
//! identity. Nothing else changes that: a renewal copies it.

use super::{Sessions, open::detail};
use crate::{
    auth::{error::InternalError, principal::Principal, requester::Requester, token::IssuedToken},
    domain::{
        authentication::{AuthContext, AuthMethods},
        event::EventKind,
        session::{CookieLifetime, Session},
        user::User,
    },
    store::{
        credentials::CredentialsVersion,
        outbox::LimitedMail,
        reauthentication::{NewProof, ProofResult},
        second_step::SecondProof,
    },
};

/// Verified proofs. They are used up with the change of the session.
#[derive(Debug)]
pub(in crate::auth) struct Again {
    /// How the user proved their identity.
    pub(in crate::auth) methods: AuthMethods,
    /// The version of the account's credentials when the password was verified.
    pub(in crate::auth) seen: Option<CredentialsVersion>,
    /// The SHA-256 of the secret of a code in a message.
    pub(in crate::auth) code: Option<[u8; 32]>,
    /// The second factor.
    pub(in crate::auth) second: Option<SecondProof>,
    /// The message that tells the user.
    pub(in crate::auth) notice: Option<LimitedMail>,
}

/// A session whose user has just proved their identity.
#[derive(Debug)]
pub struct Reauthenticated {
    /// The user, with the new strength and time.
    pub principal: Principal,
    /// An access token that says so.
    pub access: IssuedToken,
    /// How long a browser keeps it.
    pub lifetime: CookieLifetime,
}

/// The result of a confirmation.
#[derive(Debug)]
pub(in crate::auth) enum Reauthentication {
    /// The session is confirmed.
    Done(Box<Reauthenticated>),
    /// A proof was used before, or has expired.
    Used,
    /// The session has ended, or the credentials have changed.
    Ended,
}

impl Sessions {
    /// Uses the proofs up, and stores how and when the user of the session proved their identity. Records it.
    pub(in crate::auth) async fn reauthenticated(
        &self,
        session: &Session,
        user: &User,
        again: Again,
        requester: &Requester,
    ) -> Result<Reauthentication, InternalError> {
        let Again { methods, seen, code, second, notice } = again;
        let now = self.clock.now();
        let proof = NewProof { owner: user.id, session: session.id, methods, seen, code, second, notice };
        match self.store.reauthenticate(proof, now).await? {
            ProofResult::Stored => {}
            ProofResult::Used => return Ok(Reauthentication::Used),
            ProofResult::Ended => return Ok(Reauthentication::Ended),
        }
        let session = Session { authentication: AuthContext::new(methods, now), ..session.clone() };
        let principal = Principal::of_session(&session);
        self.audit.record(EventKind::Reauthenticated, principal, requester, detail(methods));
        let access = self.tokens.issue(user, &session)?;
        let lifetime = session.cookie_lifetime();
        Ok(Reauthentication::Done(Box::new(Reauthenticated { principal, access, lifetime })))
    }
}
