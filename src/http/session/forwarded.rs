//! Credentials that a proxy forwards for forward authentication.
//!
//! The proxy may drop the response's cookies or pass on only one. So the session token is never replaced
//! here, and no cookie is cleared.

use std::time::Duration;

use tokio::time::timeout;

use super::{authenticator::Authenticator, cookies::SessionCookies};
use crate::{
    auth::{
        audit::CredentialRejection,
        sessions::{
            credential::SessionCredential,
            renew::{RenewError, Renewal},
        },
        token::TokenRefusal,
    },
    http::extract::principal::Authentication,
};

/// How long a request with a valid access token waits for the database. The token is enough without it.
pub const DATABASE_WAIT: Duration = Duration::from_millis(200);

/// The access token for the service behind the proxy: the presented one, or one issued for a session token.
/// A presented access token never yields a new one: it could be renewed without end.
#[derive(Clone, Default)]
pub struct UpstreamToken(pub Option<String>);

impl UpstreamToken {
    fn presented(token: &str) -> Self {
        Self(Some(token.to_owned()))
    }

    fn issued(renewal: &Renewal) -> Self {
        Self(renewal.access.as_ref().map(|access| access.token.expose().to_owned()))
    }
}

impl Authenticator<'_> {
    /// Accepts an access token or a session token.
    pub(super) async fn by_forwarded_token(&self, token: &str) -> (Authentication, UpstreamToken) {
        let Some(session) = SessionCredential::of_bearer(token) else {
            return (self.by_access_token(token), UpstreamToken::presented(token));
        };
        match self.auth.sessions.refresh(&session, self.requester).await {
            Ok(renewal) => (Authentication::of(renewal.principal), UpstreamToken::issued(&renewal)),
            Err(error) => (self.refuse_session_token(error), UpstreamToken::default()),
        }
    }

    /// Accepts the access token while it is valid; without a valid one, the session token decides.
    pub(super) async fn by_forwarded_cookies(&self, cookies: &SessionCookies) -> (Authentication, UpstreamToken) {
        let SessionCookies { access_token, session, any } = cookies;
        if !any {
            return (Authentication::Anonymous, UpstreamToken::default());
        }
        let Some(token) = access_token else { return self.by_refresh(session.as_ref()).await };
        match self.auth.tokens.verify(token) {
            Ok(claims) => {
                let valid = (Authentication::of(claims.principal()), UpstreamToken::presented(token));
                let Some(session) = self.due_for_renewal(&claims, session.as_ref()) else { return valid };
                let refresh = self.auth.sessions.refresh(session, self.requester);
                match timeout(DATABASE_WAIT, refresh).await {
                    Ok(Ok(renewal)) => self.refreshed(&renewal),
                    Err(_) | Ok(Err(RenewError::Internal(_) | RenewError::Unknown | RenewError::Stale)) => valid,
                    Ok(Err(error)) => (self.refuse_session_token(error), UpstreamToken::default()),
                }
            }
            Err(refusal) if session.is_none() || matches!(refusal, TokenRefusal::Revoked) => {
                (self.refuse_access_token(&refusal), UpstreamToken::default())
            }
            Err(refusal) => {
                self.refuse_access_token(&refusal);
                self.by_refresh(session.as_ref()).await
            }
        }
    }

    async fn by_refresh(&self, session: Option<&SessionCredential>) -> (Authentication, UpstreamToken) {
        let Some(session) = session else {
            return (self.refuse(CredentialRejection::NotASessionToken), UpstreamToken::default());
        };
        match self.auth.sessions.refresh(session, self.requester).await {
            Ok(renewal) => self.refreshed(&renewal),
            Err(error) => (self.refuse_session_token(error), UpstreamToken::default()),
        }
    }

    /// Sets the access token's cookie too.
    fn refreshed(&self, renewal: &Renewal) -> (Authentication, UpstreamToken) {
        // Never clears a cookie: the proxy may drop that of another answer.
        if renewal.access.is_some() {
            self.changes.renew_session(renewal);
        }
        (Authentication::of(renewal.principal), UpstreamToken::issued(renewal))
    }
}
