//! Around every request: who is asking, is their session due for renewal, and which cookies follow.
//!
//! The one place where tokens are read and session cookies are written.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header::HeaderName},
    middleware::Next,
    response::Response,
};
use tower_cookies::Cookies;

use super::{
    changes::{ResponseChanges, SessionChange},
    cookies::{CookieJar, Presented},
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        sessions::{
            credential::SessionCredential,
            renew::{RenewError, Renewal},
            token::SessionToken,
        },
        token::{AccessClaims, TokenRefusal},
    },
    http::{
        AppState,
        extract::{bearer::Bearer, principal::Authentication},
        middleware::cors,
    },
};

/// The prefix under which a session token is a bearer credential, and an access token is not.
const SIGN_IN_API: &str = "/api/auth/";

/// Where proxies ask who is behind a request, which may carry whatever opens anything here.
pub const VERIFY: &str = "/api/auth/verify";

/// What a path takes as credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CredentialPolicy {
    /// An access token; a browser's session is renewed on the way.
    Routes,
    /// A session token.
    SignInApi,
    /// Either, on behalf of a proxy.
    Verify,
}

impl CredentialPolicy {
    fn at(path: &str) -> Self {
        match path {
            VERIFY => Self::Verify,
            path if path.starts_with(SIGN_IN_API) => Self::SignInApi,
            _ => Self::Routes,
        }
    }
}

/// Authenticates the request, renews the browser's session when due, and writes the cookies that the
/// request's handler, or the renewal, left for the browser.
pub async fn authenticate(
    State(state): State<AppState>,
    cookies: Cookies,
    mut request: Request,
    next: Next,
) -> Response {
    let jar = CookieJar::new(cookies, state.settings.base_url.is_https());
    let requester = request.extensions().get::<Requester>().cloned().unwrap_or_default();
    let changes = ResponseChanges::default();
    let door = CredentialPolicy::at(request.uri().path());
    let authenticator = Authenticator { auth: &state.auth, requester: &requester, changes: &changes };
    let authentication = match (Bearer::of(request.headers()), door) {
        (bearer, CredentialPolicy::Verify) => {
            let (authentication, access) = authenticator.for_proxy(bearer, &jar.presented(request.headers())).await;
            request.extensions_mut().insert(access);
            authentication
        }
        (Bearer::Absent, CredentialPolicy::Routes) => authenticator.by_cookie(&jar.presented(request.headers())).await,
        (Bearer::Absent, CredentialPolicy::SignInApi) => {
            let presented = jar.presented(request.headers());
            authenticator.confirmed(authenticator.by_cookie(&presented).await, &presented).await
        }
        (Bearer::Token(token), CredentialPolicy::Routes) => authenticator.by_access_token(token).await,
        (Bearer::Token(token), CredentialPolicy::SignInApi) => authenticator.by_session_token(token).await,
        (Bearer::Malformed, _) => authenticator.refused("malformed_authorization").await,
        (Bearer::OtherScheme, _) => Authentication::Anonymous,
    };
    request.extensions_mut().insert(authentication);
    request.extensions_mut().insert(changes.clone());
    request.extensions_mut().insert(jar.clone());

    let mut response = next.run(request).await;

    if let Some(change) = changes.take_session() {
        jar.apply(&change, state.auth.now());
        if let (CredentialPolicy::SignInApi, SessionChange::Start { session, .. }) = (door, &change) {
            expose_session_token(&mut response, session);
        }
    }
    if let Some(form) = changes.take_form() {
        jar.leave_form(&form, &state.settings.form_key);
    }
    response
}

/// Programs read the session token from a header whenever a cookie with it is set.
fn expose_session_token(response: &mut Response, token: &SessionToken) {
    const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");
    if let Ok(mut value) = HeaderValue::from_str(&token.expose()) {
        value.set_sensitive(true);
        response.headers_mut().insert(SET_AUTH_TOKEN, value);
        cors::expose(response.headers_mut(), "set-auth-token");
    }
}

pub(super) struct Authenticator<'a> {
    pub(super) auth: &'a Auth,
    pub(super) requester: &'a Requester,
    pub(super) changes: &'a ResponseChanges,
}

impl Authenticator<'_> {
    pub(super) async fn by_access_token(&self, token: &str) -> Authentication {
        match self.auth.verify_access_token(token) {
            Ok(claims) => Authentication::SignedIn(principal(&claims)),
            Err(refusal) => self.access_refused(&refusal).await,
        }
    }

    pub(super) async fn by_session_token(&self, token: &str) -> Authentication {
        let Some(credential) = SessionCredential::of_bearer(token) else {
            return self.refused("not_a_session_token").await;
        };
        match self.auth.authenticate_session(&credential, self.requester).await {
            Ok(principal) => Authentication::SignedIn(principal),
            Err(error) => self.session_refused(error).await,
        }
    }

    /// Browsers: the access token while it is good, the session token when it no longer is.
    pub(super) async fn by_cookie(&self, presented: &Presented) -> Authentication {
        if !presented.any {
            return Authentication::Anonymous;
        }
        let verified = presented.access.as_deref().map(|token| self.auth.verify_access_token(token));
        match (verified, &presented.session) {
            (Some(Ok(claims)), Some(session)) if self.is_due(&claims) && session.names(claims.session_id) => {
                match self.auth.renew(session, self.requester).await {
                    Ok(renewal) => self.hand_over(&renewal),
                    // The access token is good for some minutes yet, and these say nothing about the session.
                    Err(RenewError::Internal(_) | RenewError::Unknown) => {}
                    Err(error @ (RenewError::Ended | RenewError::Reused)) => {
                        self.changes.end_session();
                        return self.session_refused(error).await;
                    }
                }
                Authentication::SignedIn(principal(&claims))
            }
            (Some(Ok(claims)), _) => Authentication::SignedIn(principal(&claims)),
            (Some(Err(refusal @ TokenRefusal::Revoked)), _) | (Some(Err(refusal)), None) => {
                self.changes.end_session();
                self.access_refused(&refusal).await
            }
            // Whatever is wrong with the access token (its age, another machine's clock, a changed
            // secret): the session token speaks for itself, and the database judges it.
            (Some(Err(refusal)), Some(session)) => {
                self.access_refused(&refusal).await;
                self.renew(session).await
            }
            (None, Some(session)) => self.renew(session).await,
            (None, None) => {
                self.changes.end_session();
                self.refused("not_a_session_token").await
            }
        }
    }

    /// The sign-in API hands out access tokens, so an access token alone does not open it, from a cookie
    /// as little as from a header: it would renew itself.
    pub(super) async fn confirmed(&self, authentication: Authentication, presented: &Presented) -> Authentication {
        let Authentication::SignedIn(claimed) = authentication else { return authentication };
        let credential = presented.session.as_ref().filter(|session| !session.names_another_than(claimed.session_id));
        let Some(credential) = credential else { return self.refused("no_session_token").await };
        match self.auth.authenticate_session(credential, self.requester).await {
            Ok(principal) if principal == claimed => Authentication::SignedIn(principal),
            Ok(_) => self.refused("no_session_token").await,
            Err(error) => self.session_refused(error).await,
        }
    }

    pub(super) async fn renew(&self, session: &SessionCredential) -> Authentication {
        match self.auth.renew(session, self.requester).await {
            Ok(renewal) => {
                self.hand_over(&renewal);
                Authentication::SignedIn(renewal.principal)
            }
            Err(error) => {
                if !matches!(error, RenewError::Internal(_)) {
                    self.changes.end_session();
                }
                self.session_refused(error).await
            }
        }
    }

    pub(super) fn hand_over(&self, renewal: &Renewal) {
        let (access, lifetime) = (renewal.access.clone(), renewal.lifetime);
        self.changes.change_session(match renewal.next.clone() {
            Some(session) => SessionChange::Start { session, access, lifetime },
            None => SessionChange::Refresh { access, lifetime },
        });
    }

    /// In its last third an access token is replaced before anybody notices its age.
    pub(super) fn is_due(&self, claims: &AccessClaims) -> bool {
        let life = claims.expires_at.since(claims.issued_at);
        claims.expires_at.since(self.auth.now()) <= life / 3
    }

    pub(super) async fn access_refused(&self, refusal: &TokenRefusal) -> Authentication {
        match refusal {
            // Nothing happened but time.
            TokenRefusal::Expired(_) => Authentication::Refused,
            refusal => self.refused(refusal.as_str()).await,
        }
    }

    pub(super) async fn session_refused(&self, error: RenewError) -> Authentication {
        match error {
            RenewError::Unknown => self.refused("unknown_session_token").await,
            RenewError::Ended => self.refused("session_ended").await,
            // Recorded where the session was ended.
            RenewError::Reused => Authentication::Refused,
            RenewError::Internal(error) => {
                tracing::error!(%error, "a session token could not be judged");
                Authentication::Unavailable
            }
        }
    }

    pub(super) async fn refused(&self, reason: &'static str) -> Authentication {
        self.auth.record_refused_token(reason, self.requester).await;
        Authentication::Refused
    }
}

pub(super) fn principal(claims: &AccessClaims) -> Principal {
    Principal { user_id: claims.user_id, session_id: claims.session_id }
}
