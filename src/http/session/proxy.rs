//! Credentials that a proxy shows on behalf of somebody.
//!
//! The answer goes to the proxy, which may lose its cookies or hand on only one. So the browser's session
//! token is never replaced here, and no cookie is cleared.

use super::{
    authenticate::{Authenticator, principal},
    cookies::Presented,
};
use crate::{
    auth::{
        sessions::{
            credential::SessionCredential,
            renew::{RenewError, Renewal},
        },
        token::TokenRefusal,
    },
    http::extract::{bearer::Bearer, principal::Authentication},
};

/// The access token that the credentials came to, which the service behind the proxy may see: the one that
/// was shown, or one made from a session token. Never one made from an access token, which would renew
/// itself.
#[derive(Clone, Default)]
pub struct ForUpstream(pub Option<String>);

impl ForUpstream {
    fn shown(token: &str) -> Self {
        Self(Some(token.to_owned()))
    }

    fn made(renewal: &Renewal) -> Self {
        Self::shown(renewal.access.token.expose())
    }
}

impl Authenticator<'_> {
    /// An access token, a session token or a browser's cookies: whatever opens anything here.
    pub(super) async fn for_proxy(&self, bearer: Bearer<'_>, presented: &Presented) -> (Authentication, ForUpstream) {
        match bearer {
            Bearer::Absent if presented.any => self.by_cookie_for_proxy(presented).await,
            Bearer::Absent | Bearer::OtherScheme => (Authentication::Anonymous, ForUpstream::default()),
            Bearer::Token(token) => match SessionCredential::of_bearer(token) {
                Some(session) => match self.auth.refresh(&session, self.requester).await {
                    Ok(renewal) => (Authentication::SignedIn(renewal.principal), ForUpstream::made(&renewal)),
                    Err(error) => (self.session_refused(error).await, ForUpstream::default()),
                },
                None => (self.by_access_token(token).await, ForUpstream::shown(token)),
            },
            Bearer::Malformed => (self.refused("malformed_authorization").await, ForUpstream::default()),
        }
    }

    /// The access token while it is good for some time yet, the session token when it no longer is.
    async fn by_cookie_for_proxy(&self, presented: &Presented) -> (Authentication, ForUpstream) {
        let Presented { access, session, .. } = presented;
        let Some(token) = access else { return self.refreshed(session.as_ref()).await };
        match self.auth.verify_access_token(token) {
            Ok(claims) => {
                let good = (Authentication::SignedIn(principal(&claims)), ForUpstream::shown(token));
                let renewing = session.as_ref().filter(|session| session.names(claims.session_id));
                let Some(session) = renewing.filter(|_| self.is_due(&claims)) else { return good };
                match self.auth.refresh(session, self.requester).await {
                    Ok(renewal) => self.renewed(&renewal),
                    Err(RenewError::Internal(_) | RenewError::Unknown) => good,
                    Err(error) => (self.session_refused(error).await, ForUpstream::default()),
                }
            }
            Err(refusal) if session.is_none() || matches!(refusal, TokenRefusal::Revoked) => {
                (self.access_refused(&refusal).await, ForUpstream::default())
            }
            Err(refusal) => {
                self.access_refused(&refusal).await;
                self.refreshed(session.as_ref()).await
            }
        }
    }

    async fn refreshed(&self, session: Option<&SessionCredential>) -> (Authentication, ForUpstream) {
        let Some(session) = session else {
            return (self.refused("not_a_session_token").await, ForUpstream::default());
        };
        match self.auth.refresh(session, self.requester).await {
            Ok(renewal) => self.renewed(&renewal),
            Err(error) => (self.session_refused(error).await, ForUpstream::default()),
        }
    }

    /// The browser gets the fresh access token as a cookie.
    fn renewed(&self, renewal: &Renewal) -> (Authentication, ForUpstream) {
        self.hand_over(renewal);
        (Authentication::SignedIn(renewal.principal), ForUpstream::made(renewal))
    }
}
