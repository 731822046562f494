//! Forward authentication: a proxy asks about each request before it forwards it (nginx `auth_request`, Caddy
//! `forward_auth`, Traefik `ForwardAuth`).
//!
//! On 2xx the proxy forwards the request, otherwise it does not. The `X-Auth-*` headers of the response identify
//! the user. Such headers of the request are ignored.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode, utf8_percent_encode};
use serde::{Deserialize, Deserializer, de::Error};
use tokio::time::timeout;
use utoipa::{
    IntoParams, IntoResponses,
    openapi::{self, RefOr},
};

use crate::{
    auth::{Principal, Requester, audit::EventDetail},
    domain::{
        ReturnAddress,
        authentication::{Assurance, AuthRequirement},
        event::EventKind,
        user::User,
    },
    http::{
        extract::{
            bearer::Bearer,
            principal::{Authentication, authentication},
        },
        header_values::{Single, elements},
        middleware::{csrf, refused_origin},
        problem::{
            Problem,
            errors::{AccessError, CrossSiteError, LayerError},
        },
        route_error::{RouteError, responses, route_errors},
        session::forwarded::{DATABASE_WAIT, UpstreamToken},
        state::{AppState, HttpSettings},
        step_up,
    },
};

/// Percent-encodes the characters that a header value cannot contain, and `%`.
const HEADER_VALUE: &AsciiSet = &CONTROLS.add(b'%');

const USER_ID: HeaderName = HeaderName::from_static("x-auth-user-id");
const SESSION_ID: HeaderName = HeaderName::from_static("x-auth-session-id");
const EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const EMAIL_VERIFIED: HeaderName = HeaderName::from_static("x-auth-email-verified");
const NAME: HeaderName = HeaderName::from_static("x-auth-name");
const ACR: HeaderName = HeaderName::from_static("x-auth-acr");
const TIME: HeaderName = HeaderName::from_static("x-auth-time");

/// The options of the proxy. A misspelt option is an error: ignoring it could grant access.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VerifyOptions {
    /// The only user that is let through.
    user_id: Option<String>,
    /// Whether the response has an access token for the upstream.
    #[serde(default)]
    bearer: bool,
    /// Whether a browser that requests a page is redirected to the sign-in page.
    #[serde(default)]
    redirect: bool,
    /// The least strength of the sign-in: `aal1`, `aal2` or `phr`.
    #[serde(default, deserialize_with = "assurance")]
    #[param(value_type = Option<String>, pattern = "^(aal1|aal2|phr)$", example = "aal2")]
    acr: Option<Assurance>,
    /// The highest age of the sign-in in seconds.
    #[serde(default, deserialize_with = "age")]
    #[param(value_type = Option<i64>, minimum = 1, example = 900)]
    max_age: Option<u32>,
}

fn assurance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Assurance>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

/// A larger number than a sign-in can be old requires nothing more.
fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let seconds: i64 = String::deserialize(deserializer)?.parse().map_err(D::Error::custom)?;
    if seconds < 1 {
        return Err(D::Error::custom("less than a second"));
    }
    Ok(Some(u32::try_from(seconds).unwrap_or(u32::MAX)))
}

impl VerifyOptions {
    fn required(&self) -> AuthRequirement {
        AuthRequirement { assurance: self.acr, max_age: self.max_age }
    }
}

/// The sign-in does not meet the requirement.
pub struct InsufficientAuthentication(AuthRequirement);

impl RouteError<Problem> for InsufficientAuthentication {
    fn examples() -> Vec<Problem> {
        let required = AuthRequirement { assurance: Some(Assurance::Aal2), max_age: Some(900) };
        vec![Problem::insufficient_authentication(required)]
    }
}

impl From<InsufficientAuthentication> for Problem {
    fn from(InsufficientAuthentication(required): InsufficientAuthentication) -> Self {
        Self::insufficient_authentication(required)
    }
}

route_errors! {
    /// Errors of `GET /api/auth/verify`.
    pub enum VerifyRouteError: Problem {
        InvalidQuery => Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
            .with_detail(
                "It may have `user_id`, `bearer=true`, `redirect=true`, `acr` (`aal1`, `aal2` or `phr`) and `max_age` \
                 (seconds, at least 1), each once",
            ),
        ..Layer(LayerError),
        ..CrossSite(CrossSiteError),
        ..Access(AccessError),
        ..Insufficient(InsufficientAuthentication),
    }
}

impl IntoResponses for VerifyRouteError {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        responses(Self::examples())
    }
}

/// The credentials of the forwarded request.
pub struct ForwardedCredentials {
    authentication: Authentication,
    access_token: Option<String>,
    requester: Requester,
}

impl<S: Sync> FromRequestParts<S> for ForwardedCredentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let upstream = parts.extensions.get::<UpstreamToken>().cloned().unwrap_or_default();
        let requester = parts.extensions.get::<Requester>().cloned().unwrap_or_default();
        Ok(Self { authentication: authentication(parts), access_token: upstream.0, requester })
    }
}

/// Verify a request (forward auth)
///
/// For nginx `auth_request`, Caddy `forward_auth` and Traefik `ForwardAuth`. On 2xx the proxy forwards the request.
#[utoipa::path(
    get, path = "/api/auth/verify", tag = "Backends", operation_id = "verifyForwarded", params(VerifyOptions),
    security(("accessToken" = []), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The request is authenticated", headers(
            ("X-Auth-User-Id" = String, description = "The user's id"),
            ("X-Auth-Session-Id" = String, description = "The session's id"),
            ("X-Auth-Email" = String, description = "The e-mail address; non-ASCII characters are percent-encoded"),
            ("X-Auth-Email-Verified" = String, description = "Whether the address is verified"),
            ("X-Auth-Name" = String, description = "The name; non-ASCII characters are percent-encoded"),
            ("X-Auth-Acr" = String, description = "The strength of the sign-in: aal1, aal2 or phr"),
            ("X-Auth-Time" = String, description = "When the user signed in, in whole seconds since 1970"),
            ("Authorization" = String, description = "With `bearer=true`: an access token for the upstream"),
        )),
        (status = 303, description = "With `redirect=true`, to a browser that requests a page: the sign-in page, or the \
          page that sets up the second factor that the service requires"),
        VerifyRouteError,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    options: Result<Query<VerifyOptions>, QueryRejection>,
    credentials: ForwardedCredentials,
    headers: HeaderMap,
) -> Result<Response, VerifyRouteError> {
    let Query(options) = options.map_err(|_| VerifyRouteError::InvalidQuery)?;
    let original = Original(&headers);
    match identify(&state, &options, &credentials, &original).await {
        Ok(mut identity) => {
            if let Some(bearer) = credentials.access_token.filter(|_| options.bearer).and_then(|token| bearer(&token)) {
                identity.insert(header::AUTHORIZATION, bearer);
            }
            Ok(identity.into_response())
        }
        Err(error) if options.redirect && original.is_page() => match error.page(&original, &state.settings) {
            Some(page) => Ok(Redirect::to(&page).into_response()),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

impl VerifyRouteError {
    /// The page that could help: the sign-in page, which asks a signed-in user to sign in again, or the page that sets up a
    /// second factor. It returns to the original address if its site is trusted. `None`: no page helps.
    fn page(&self, original: &Original<'_>, settings: &HttpSettings) -> Option<String> {
        let next = original.address(settings);
        let next = next.as_ref().map(ReturnAddress::as_str);
        let path = match self {
            Self::Access(AccessError::Unauthenticated | AccessError::InvalidToken) => {
                step_up::sign_in_address(AuthRequirement::default(), next)
            }
            Self::Insufficient(InsufficientAuthentication(required)) => step_up::sign_in_address(*required, next),
            Self::Access(AccessError::SecondFactorRequired) => step_up::set_up_address(next),
            _ => return None,
        };
        Some(format!("{}{path}", settings.base_url.as_str()))
    }
}

/// Authenticates and authorizes the forwarded request. Returns the identity headers.
async fn identify(
    state: &AppState,
    options: &VerifyOptions,
    credentials: &ForwardedCredentials,
    original: &Original<'_>,
) -> Result<HeaderMap, VerifyRouteError> {
    let principal = match credentials.authentication {
        Authentication::SignedIn(principal) => principal,
        Authentication::Restricted(_) => return Err(AccessError::SecondFactorRequired.into()),
        Authentication::Anonymous => return Err(AccessError::Unauthenticated.into()),
        Authentication::Refused => return Err(AccessError::InvalidToken.into()),
        Authentication::Unavailable => return Err(AccessError::Unavailable.into()),
        Authentication::Failed => return Err(LayerError::Internal.into()),
    };
    // Browsers add cookies to requests of other sites, but no bearer token.
    if matches!(Bearer::of(original.0), Bearer::Absent) && original.is_cross_site(&state.settings) {
        refused_origin::log(original.0, state.settings.base_url.as_str());
        state.auth.audit.cross_site_refused(&credentials.requester);
        return Err(CrossSiteError::CrossSite.into());
    }
    let user = authorize(state, options, principal, &credentials.requester).await?;
    let required = options.required();
    if !required.is_met(principal.assurance(), principal.auth_time(), state.auth.now()) {
        return Err(InsufficientAuthentication(required).into());
    }
    Ok(identity(principal, user.as_deref()))
}

/// Checks the required user id, and returns the user. `None` while the database is unavailable or slow: a verified
/// token is enough, and the denylist of ended sessions is in memory.
async fn authorize(
    state: &AppState,
    options: &VerifyOptions,
    principal: Principal,
    requester: &Requester,
) -> Result<Option<Arc<User>>, AccessError> {
    if options.user_id.as_ref().is_some_and(|owner| owner != principal.user_id().as_str()) {
        state.auth.audit.record(EventKind::AuthorizationFail, principal, requester, EventDetail::UserId);
        return Err(AccessError::Forbidden);
    }
    match timeout(DATABASE_WAIT, state.auth.accounts.profile(principal.user_id())).await {
        Ok(Ok(user)) => user.map(Some).ok_or(AccessError::InvalidToken),
        Ok(Err(error)) => {
            tracing::error!(%error, "an account could not be read; its access token is still accepted");
            Ok(None)
        }
        Err(_) => {
            tracing::error!("an account could not be read in time; its access token is still accepted");
            Ok(None)
        }
    }
}

/// The identity headers. Unknown values are empty, not absent: a proxy could pass on the client's own header
/// instead of an absent one.
fn identity(principal: Principal, user: Option<&User>) -> HeaderMap {
    let verified = user.map_or("", |user| if user.email_verified { "true" } else { "false" });
    let session_id = principal.session_id().to_string();
    let auth_time = principal.auth_time().map(|time| time.seconds().to_string()).unwrap_or_default();
    [
        (USER_ID, principal.user_id().as_str()),
        (SESSION_ID, &session_id),
        (EMAIL, user.map_or("", |user| &user.email)),
        (EMAIL_VERIFIED, verified),
        (NAME, user.map_or("", |user| user.name.as_str())),
        (ACR, principal.assurance().as_str()),
        (TIME, &auth_time),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, header_value(value)?)))
    .collect()
}

fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(utf8_percent_encode(text, HEADER_VALUE).to_string()).ok()
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The forwarded request, as its `X-Forwarded-*` headers describe it. A client that forges them affects only its own
/// redirect.
struct Original<'a>(&'a HeaderMap);

impl Original<'_> {
    /// Whether a browser requests a page. Scripts, API clients and forms cannot use the sign-in page.
    fn is_page(&self) -> bool {
        let is_html = |range: &[u8]| {
            let kind = range.split(|byte| *byte == b';').next().unwrap_or_default();
            kind.trim_ascii().eq_ignore_ascii_case(b"text/html")
        };
        matches!(self.text("x-forwarded-method"), Some("GET" | "HEAD")) && elements(self.0, header::ACCEPT).any(is_html)
    }

    /// Whether the request changes state and a page of another site sent it (CSRF): by `Sec-Fetch-Site`, with
    /// `Origin` as fallback. An unknown method counts as one that changes state.
    fn is_cross_site(&self, settings: &HttpSettings) -> bool {
        if matches!(self.text("x-forwarded-method"), Some("GET" | "HEAD" | "OPTIONS")) {
            return false;
        }
        let own = self.origin();
        csrf::is_cross_site(self.0, |origin| own.as_deref() == Some(origin) || settings.trusted_origins.trusts(origin))
    }

    /// The origin of the upstream service.
    fn origin(&self) -> Option<String> {
        let [proto, host] = ["x-forwarded-proto", "x-forwarded-host"].map(|name| self.text(name));
        Some(format!("{}://{}", proto?, host?.to_ascii_lowercase()))
    }

    /// The requested address; a path on this service's own site.
    fn address(&self, settings: &HttpSettings) -> Option<ReturnAddress> {
        let (origin, path) = (self.origin()?, self.path()?);
        settings.return_address(&format!("{origin}{path}"))
    }

    /// The path and query. Bytes that are not ASCII are percent-encoded, as browsers send them; proxies may decode them.
    fn path(&self) -> Option<String> {
        let mut values = self.0.get_all("x-forwarded-uri").iter();
        let value = values.next()?;
        values.next().is_none().then(|| percent_encode(value.as_bytes(), &AsciiSet::EMPTY).to_string())
    }

    /// The value of a header that occurs once, in ASCII. `None` otherwise: an unreadable method counts as one that
    /// changes state, and an unreadable origin matches no other.
    fn text(&self, name: &str) -> Option<&str> {
        Single::of(self.0, name).text()
    }
}
