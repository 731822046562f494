//! The session middleware: authenticates the request before the handler, sets cookies after it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tower_cookies::Cookies;

use super::{
    authenticator::Authenticator,
    changes::{ResponseChanges, SessionChange},
    cookies::{CookieJar, SessionCookies},
    forwarded::UpstreamToken,
};
use crate::{
    auth::{Requester, audit::CredentialRejection, sessions::token::SessionToken},
    http::{
        extract::{bearer::Bearer, principal::Authentication},
        middleware::{access_log::AccessDetails, cors},
        state::AppState,
    },
};

/// The credentials that a group of routes accepts. An `Authorization` header takes precedence over
/// cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialPolicy {
    /// A bearer access token, or a browser's cookies. Renews the browser's session when due.
    AccessToken,
    /// A bearer session token, or a browser's cookies that include a session token. These routes issue
    /// access tokens: if an access token were enough, a stolen one could be renewed without end.
    SessionToken,
    /// As [`SessionToken`](Self::SessionToken), but a browser's access token is enough: it can be verified while the
    /// database is unavailable, and sign-out issues no token.
    SignOut,
    /// Either bearer token or a browser's cookies, forwarded by a proxy. Never replaces a session token.
    Forwarded,
}

/// Adds the request's `Authentication` and [`ResponseChanges`], and sets the cookies that the renewal or
/// the handler asks for.
pub async fn authenticate(
    State((state, policy)): State<(AppState, CredentialPolicy)>,
    cookies: Cookies,
    mut requester: Requester,
    mut request: Request,
    next: Next,
) -> Response {
    let settings = &state.settings;
    let jar = CookieJar::new(cookies, Arc::clone(&settings.cookie_names), settings.base_url.is_https());
    let imported = jar.imported(request.headers());
    requester.device = jar.device(request.headers());
    requester.trusted = jar.trusted(request.headers());
    let changes = ResponseChanges::default();
    let authenticator = Authenticator { auth: &state.auth, requester: &requester, changes: &changes };
    let cookies = jar.session(request.headers(), &settings.trusted_origins);
    let (authentication, upstream) = verify_credentials(&authenticator, policy, request.headers(), &cookies).await;
    let details = request.extensions().get::<AccessDetails>().cloned().unwrap_or_default();
    if let Some(principal) = authentication.identity() {
        details.set_user(principal.user_id());
    }
    request.extensions_mut().insert(authentication);
    request.extensions_mut().insert(upstream);
    request.extensions_mut().insert(changes.clone());
    request.extensions_mut().insert(jar.clone());
    request.extensions_mut().insert(requester);

    let mut response = next.run(request).await;
    if let Some(user) = changes.new_user() {
        details.set_user(user);
    }

    if let Some(change) = changes.take_session() {
        jar.apply(&change, state.auth.now());
        // A refresh keeps an imported cookie: the response with the session token may be lost.
        if let (SessionChange::Start { .. } | SessionChange::End, Some(token)) = (&change, imported)
            && state.auth.sessions.is_imported(token).await
        {
            jar.remove_imported();
        }
        if let (CredentialPolicy::SessionToken, SessionChange::Start { session, .. }) = (policy, &change) {
            expose_session_token(&mut response, session);
        }
    }
    if let Some(device) = changes.take_device() {
        jar.remember_device(device);
    }
    if let Some(form) = changes.take_form() {
        jar.leave_form(&form, &state.settings.form_key);
    }
    response
}

async fn verify_credentials(
    authenticator: &Authenticator<'_>,
    policy: CredentialPolicy,
    headers: &HeaderMap,
    cookies: &SessionCookies,
) -> (Authentication, UpstreamToken) {
    let authentication = match (policy, Bearer::of(headers)) {
        (_, Bearer::OtherScheme) => Authentication::Anonymous,
        (_, Bearer::Malformed) => authenticator.refuse(CredentialRejection::MalformedAuthorization),

        (CredentialPolicy::AccessToken, Bearer::Token(token)) => authenticator.by_access_token(token),
        (CredentialPolicy::AccessToken | CredentialPolicy::SignOut, Bearer::Absent) => {
            authenticator.by_cookies(cookies).await
        }

        (CredentialPolicy::SessionToken | CredentialPolicy::SignOut, Bearer::Token(token)) => {
            authenticator.by_session_token(token).await
        }
        (CredentialPolicy::SessionToken, Bearer::Absent) => authenticator.by_cookies_with_session_token(cookies).await,

        (CredentialPolicy::Forwarded, Bearer::Token(token)) => return authenticator.by_forwarded_token(token).await,
        (CredentialPolicy::Forwarded, Bearer::Absent) => {
            return authenticator.by_forwarded_cookies(cookies).await;
        }
    };
    (authentication, UpstreamToken::default())
}

/// Programs read a new session token from this header instead of from a cookie.
fn expose_session_token(response: &mut Response, token: &SessionToken) {
    const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");
    if let Ok(mut value) = HeaderValue::from_str(&token.expose()) {
        value.set_sensitive(true);
        response.headers_mut().insert(SET_AUTH_TOKEN, value);
        cors::expose(response.headers_mut(), "set-auth-token");
    }
}
