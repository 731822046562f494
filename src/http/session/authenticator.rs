//! Verifies each kind of credential.

use super::{changes::ResponseChanges, cookies::SessionCookies};
use crate::{
    auth::{
        Auth, Requester,
        audit::CredentialRejection,
        sessions::{credential::SessionCredential, renew::RenewError},
        token::{AccessClaims, TokenRefusal},
    },
    http::extract::principal::Authentication,
};

/// Verifies the credentials of one request and records refusals.
pub(super) struct Authenticator<'a> {
    pub(super) auth: &'a Auth,
    pub(super) requester: &'a Requester,
    pub(super) changes: &'a ResponseChanges,
}

impl Authenticator<'_> {
    pub(super) fn by_access_token(&self, token: &str) -> Authentication {
        match self.auth.tokens.verify(token) {
            Ok(claims) => Authentication::of(claims.principal()),
            Err(refusal) => self.refuse_access_token(&refusal),
        }
    }

    pub(super) async fn by_session_token(&self, token: &str) -> Authentication {
        match SessionCredential::of_bearer(token) {
            Some(session) => self.by_session(&session).await,
            None => self.refuse(CredentialRejection::NotASessionToken),
        }
    }

    /// Accepts the access token while it is valid, and renews the session in time. Without a valid access
    /// token, the session token decides.
    pub(super) async fn by_cookies(&self, cookies: &SessionCookies) -> Authentication {
        if !cookies.any {
            return Authentication::Anonymous;
        }
        let verified = cookies.access_token.as_deref().map(|token| self.auth.tokens.verify(token));
        match (verified, &cookies.session) {
            (Some(Ok(claims)), session) => self.by_valid_access_token(&claims, session.as_ref()).await,
            (Some(Err(refusal @ TokenRefusal::Revoked)), _) => {
                self.changes.end_session();
                self.refuse_access_token(&refusal)
            }
            // The access token may be expired, from a server with another clock, or signed with a former
            // secret. The database decides about the session token.
            (Some(Err(refusal)), Some(session)) => {
                let authentication = self.by_renewal(session).await;
                // At most one incident per request: the refusal of the session token is recorded already.
                if authentication.identity().is_some() {
                    self.refuse_access_token(&refusal);
                }
                authentication
            }
            (None, Some(session)) => self.by_renewal(session).await,
            (Some(Err(refusal)), None) => {
                match refusal {
                    TokenRefusal::Expired(_) => self.changes.end_session(),
                    _ => self.changes.keep_foreign_cookies(),
                }
                self.refuse_access_token(&refusal)
            }
            (None, None) => {
                self.changes.keep_foreign_cookies();
                self.refuse(CredentialRejection::NotASessionToken)
            }
        }
    }

    /// As [`by_cookies`](Self::by_cookies), but an access token without the session token is refused.
    pub(super) async fn by_cookies_with_session_token(&self, cookies: &SessionCookies) -> Authentication {
        let authentication = self.by_cookies(cookies).await;
        let Some(claimed) = authentication.identity() else { return authentication };
        let session = cookies.session.as_ref().filter(|session| !session.names_another_than(claimed.session_id()));
        let Some(session) = session else { return self.refuse(CredentialRejection::NoSessionToken) };
        let authentication = self.by_cookie_session(session).await;
        if authentication.identity().is_some_and(|principal| principal.session() != claimed.session()) {
            return self.refuse(CredentialRejection::NoSessionToken);
        }
        authentication
    }

    /// Renews the session if the access token is about to expire.
    async fn by_valid_access_token(
        &self,
        claims: &AccessClaims,
        session: Option<&SessionCredential>,
    ) -> Authentication {
        let Some(session) = self.due_for_renewal(claims, session) else {
            return Authentication::of(claims.principal());
        };
        match self.auth.sessions.renew(session, self.requester).await {
            Ok(renewal) => {
                self.changes.renew_session(&renewal);
                Authentication::of(renewal.principal)
            }
            // The session may be live, and the access token is valid for some minutes.
            Err(RenewError::Internal(_) | RenewError::Unknown | RenewError::Stale) => {
                Authentication::of(claims.principal())
            }
            Err(error @ (RenewError::Ended | RenewError::Reused)) => {
                self.changes.end_session();
                self.refuse_session_token(error)
            }
        }
    }

    async fn by_renewal(&self, session: &SessionCredential) -> Authentication {
        match self.auth.sessions.renew(session, self.requester).await {
            Ok(renewal) => {
                self.changes.renew_session(&renewal);
                Authentication::of(renewal.principal)
            }
            Err(error) => {
                match error {
                    RenewError::Ended | RenewError::Reused => self.changes.end_session(),
                    RenewError::Unknown => self.changes.keep_foreign_cookies(),
                    RenewError::Internal(_) | RenewError::Stale => {}
                }
                self.refuse_session_token(error)
            }
        }
    }

    /// A browser whose answer with the next token was lost gets another one.
    async fn by_cookie_session(&self, session: &SessionCredential) -> Authentication {
        match self.auth.sessions.authenticate(session, self.requester).await {
            Ok(principal) => Authentication::of(principal),
            Err(RenewError::Stale) => self.by_renewal(session).await,
            Err(error) => self.refuse_session_token(error),
        }
    }

    async fn by_session(&self, session: &SessionCredential) -> Authentication {
        match self.auth.sessions.authenticate(session, self.requester).await {
            Ok(principal) => Authentication::of(principal),
            Err(error) => self.refuse_session_token(error),
        }
    }

    /// The session token, if it is for the session of the access token and the access token is in the last
    /// third of its lifetime, does not say when the user signed in, or was issued before its session was restricted.
    pub(super) fn due_for_renewal<'s>(
        &self,
        claims: &AccessClaims,
        session: Option<&'s SessionCredential>,
    ) -> Option<&'s SessionCredential> {
        let lifetime = claims.expires_at.since(claims.issued_at);
        let is_due = claims.expires_at.since(self.auth.now()) <= lifetime / 3;
        let is_due = is_due || claims.auth_time.is_none() || claims.restricted;
        session.filter(|session| is_due && session.names(claims.session_id))
    }

    pub(super) fn refuse_access_token(&self, refusal: &TokenRefusal) -> Authentication {
        match refusal {
            // Expiry is no incident.
            TokenRefusal::Expired(_) => Authentication::Refused,
            refusal => self.refuse(CredentialRejection::AccessToken(*refusal)),
        }
    }

    pub(super) fn refuse_session_token(&self, error: RenewError) -> Authentication {
        match error {
            RenewError::Unknown => self.refuse(CredentialRejection::UnknownSessionToken),
            RenewError::Ended => self.refuse(CredentialRejection::SessionEnded),
            // Already recorded.
            RenewError::Reused | RenewError::Stale => Authentication::Refused,
            RenewError::Internal(error) => {
                tracing::error!(%error, "a session token could not be verified");
                match error.unavailable() {
                    Some(_) => Authentication::Unavailable,
                    None => Authentication::Failed,
                }
            }
        }
    }

    pub(super) fn refuse(&self, reason: CredentialRejection) -> Authentication {
        self.auth.audit.credential_rejected(reason, self.requester);
        Authentication::Refused
    }
}
