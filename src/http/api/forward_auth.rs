//! Forward authentication: a proxy asks about each request it is about to let through (nginx
//! `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`).
//!
//! 2xx lets it through, everything else does not. What the proxy hands on about the person stands in
//! `X-Auth-*` headers of the answer; such headers of the request are never looked at.

use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    auth::{Principal, Requester, Subject},
    domain::{ReturnAddress, event::EventKind, return_address::with_next, user::User},
    http::{
        AppState, HttpSettings,
        extract::bearer::Bearer,
        middleware::csrf,
        openapi::refusals::{Refusals, Refused},
        problem::{
            Problem,
            description::{Anything, CrossSite},
        },
        session::forwarded::UpstreamToken,
    },
};

/// What a header's value cannot hold, and the sign that says so.
const HEADER_VALUE: &AsciiSet = &CONTROLS.add(b'%');

const USER_ID: HeaderName = HeaderName::from_static("x-auth-user-id");
const SESSION_ID: HeaderName = HeaderName::from_static("x-auth-session-id");
const EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const EMAIL_VERIFIED: HeaderName = HeaderName::from_static("x-auth-email-verified");
const NAME: HeaderName = HeaderName::from_static("x-auth-name");

/// What the proxy asks for besides "is anybody signed in". A word it misspells must not go unnoticed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Demands {
    /// Whose path it is; nobody else is let through.
    user_id: Option<String>,
    /// Whether the upstream is to get an access token.
    #[serde(default)]
    bearer: bool,
    /// Whether a browser that asks for a page is sent to the sign-in page.
    #[serde(default)]
    redirect: bool,
}

struct Unidentified;

impl Refusals for Unidentified {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![unusable_demands(), Problem::unauthenticated(), Problem::invalid_token(), Problem::forbidden()]
    }
}

fn unusable_demands() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
        .with_detail("It may have `user_id`, `bearer=true` and `redirect=true`, each once")
}

/// Who is behind a request, for a proxy
///
/// Asked by nginx `auth_request`, Caddy `forward_auth` or Traefik `ForwardAuth` about each request that is to be
/// let through. 2xx lets it through.
#[utoipa::path(
    get, path = "/api/auth/verify", tag = "Service", operation_id = "verifyForwarded", params(Demands),
    security(("accessToken" = []), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "Somebody signed in", headers(
            ("X-Auth-User-Id" = String, description = "The user"),
            ("X-Auth-Session-Id" = String, description = "The session"),
            ("X-Auth-Email" = String, description = "The address, percent-encoded where it is not ASCII"),
            ("X-Auth-Email-Verified" = String, description = "Whether it has been shown to be theirs"),
            ("X-Auth-Name" = String, description = "The name, percent-encoded where it is not ASCII"),
            ("Authorization" = String, description = "With `bearer=true`: an access token for the upstream"),
        )),
        (status = 303, description = "With `redirect=true`, where a browser asks for a page: to the sign-in page"),
        Refused<(Anything, CrossSite, Unidentified)>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    demands: Result<Query<Demands>, QueryRejection>,
    principal: Result<Principal, Problem>,
    Extension(requester): Extension<Requester>,
    Extension(UpstreamToken(access)): Extension<UpstreamToken>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Ok(Query(demands)) = demands else {
        return Err(unusable_demands());
    };
    let original = Original(&headers);
    let admitted = match principal {
        // Browsers send cookies along whoever made them ask; a bearer token only its holder sends.
        Ok(_) if matches!(Bearer::of(&headers), Bearer::Absent) && original.is_cross_site(&state.settings) => {
            state.auth.record_cross_site(&requester).await;
            Err(Problem::cross_site())
        }
        Ok(principal) => {
            admit(&state, &demands, principal, &requester).await.map(|user| describe(principal, user.as_ref()))
        }
        Err(problem) => Err(problem),
    };
    match admitted {
        Ok(mut identity) => {
            if let Some(bearer) = access.filter(|_| demands.bearer).and_then(|token| bearer(&token)) {
                identity.insert(header::AUTHORIZATION, bearer);
            }
            Ok(identity.into_response())
        }
        Err(problem) if problem.asks_to_sign_in() && demands.redirect && original.is_page() => {
            Ok(Redirect::to(&sign_in_page(&original, &state.settings)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// Whether the path is this person's, and who they are; `None` while the database is out of reach: a
/// verified token opens the door all the same.
async fn admit(
    state: &AppState,
    demands: &Demands,
    principal: Principal,
    requester: &Requester,
) -> Result<Option<User>, Problem> {
    if demands.user_id.as_ref().is_some_and(|owner| owner != principal.user_id.as_str()) {
        state.auth.record(EventKind::AuthorizationFail, Subject::from(principal), requester, Some("user_id")).await;
        return Err(Problem::forbidden());
    }
    match state.auth.profile(principal.user_id).await {
        Ok(user) => user.map(Some).ok_or_else(Problem::invalid_token),
        Err(error) => {
            tracing::error!(%error, "an account could not be read; its owner's token still counts");
            Ok(None)
        }
    }
}

/// The identity as headers: always all of them, since a proxy may leave a client's own standing where
/// ours is missing. What is not known is empty.
fn describe(principal: Principal, user: Option<&User>) -> HeaderMap {
    let verified = user.map_or("", |user| if user.email_verified { "true" } else { "false" });
    let session_id = principal.session_id.to_string();
    [
        (USER_ID, principal.user_id.as_str()),
        (SESSION_ID, &session_id),
        (EMAIL, user.map_or("", |user| &user.email)),
        (EMAIL_VERIFIED, verified),
        (NAME, user.map_or("", |user| user.name.as_str())),
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

/// The sign-in page, which leads back to where the person was going if that is a trusted site.
fn sign_in_page(original: &Original<'_>, settings: &HttpSettings) -> String {
    let next = original.address(settings);
    with_next(&format!("{}/sign-in", settings.base_url.as_str()), next.as_ref().map(ReturnAddress::as_str))
}

/// The request that the proxy asks about, as it says in `X-Forwarded-*`. Whoever else writes these can
/// only send themselves to the sign-in page.
struct Original<'a>(&'a HeaderMap);

impl Original<'_> {
    /// Whether a browser wants a page: a script, an API's client or a form would not know what to do with
    /// one.
    fn is_page(&self) -> bool {
        let accepts = self.0.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut kinds = accepts.flat_map(|value| value.split(',')).filter_map(|range| range.split(';').next());
        matches!(self.text("x-forwarded-method"), Some("GET" | "HEAD"))
            && kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
    }

    /// Whether a page of another site made a browser send it, to change something there: the service must not
    /// take that for the person's wish. Judged as requests to our own routes are, by `Sec-Fetch-Site` with
    /// `Origin` as fallback; a method that the proxy does not tell may be any.
    fn is_cross_site(&self, settings: &HttpSettings) -> bool {
        if matches!(self.text("x-forwarded-method"), Some("GET" | "HEAD" | "OPTIONS")) {
            return false;
        }
        let own = self.origin();
        csrf::is_cross_site(self.0, |origin| own.as_deref() == Some(origin) || settings.trusted_origins.trusts(origin))
    }

    /// The origin of the service it is for.
    fn origin(&self) -> Option<String> {
        let [proto, host] = ["x-forwarded-proto", "x-forwarded-host"].map(|name| self.text(name));
        Some(format!("{}://{}", proto?, host?.to_ascii_lowercase()))
    }

    /// Its address, a path where it is on the service's own site.
    fn address(&self, settings: &HttpSettings) -> Option<ReturnAddress> {
        let (origin, path) = (self.origin()?, self.text("x-forwarded-uri")?);
        let origin = if origin == settings.base_url.as_str() { "" } else { &origin };
        let trusts = |origin: &str| settings.trusted_origins.trusts(origin);
        ReturnAddress::parse(&format!("{origin}{path}"), trusts)
    }

    /// A header that is there once.
    fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}
