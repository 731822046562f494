//! Signing in with another provider, of which none is configured: what such requests are answered.

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

use super::{
    bodies::ProviderBody,
    body::{ContractBody, Members},
    description::{Anything, NeedsMembers, NeedsSession, Posted},
    error::{ContractError, Failed, Refusal},
    query::Query,
    redirect,
    sessions::require_session,
};
use crate::{
    auth::{Auth, Principal},
    http::{
        AppState,
        openapi::refusals::{Refusals, Refused},
    },
};

/// Parameters of an authorization request that are the server's to set (RFC 6749 §4.1.1, RFC 7636).
const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

/// What a provider sends back (RFC 6749 §4.1.2, RFC 9207, and what some add).
const RETURNED: [&str; 7] = ["code", "error", "device_id", "error_description", "state", "user", "iss"];

/// What a path's segment cannot hold as it is; the unreserved characters stay (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

struct NoProvider;

impl Refusals for NoProvider {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![unknown_provider()]
    }
}

/// Sign in with another provider
///
/// None is configured.
#[utoipa::path(
    post, path = "/sign-in/social", tag = "Not available", operation_id = "signInWithProvider", request_body = ProviderBody,
    security(()),
    responses(Failed, Refused<(Posted, NeedsMembers, NoProvider)>),
)]
pub async fn sign_in(Extension(body): Extension<ContractBody>) -> Result<Response, Refusal> {
    let mut members = Members::of(&body);
    for name in ["callbackURL", "newUserCallbackURL", "errorCallbackURL"] {
        members.optional_string(name);
    }
    provider(&mut members);
    members.optional_bool("disableRedirect");
    members.optional_object("idToken", "object", |token| {
        id_token(token);
        token.optional_number("expiresAt");
        token.optional_object("user", "object", |user| {
            user.optional_object("name", "object", |name| {
                name.optional_string("firstName");
                name.optional_string("lastName");
            });
            user.optional_string("email");
        });
    });
    members.optional_strings("scopes");
    members.optional_bool("requestSignUp");
    members.optional_string("loginHint");
    additions(&mut members);
    members.finish()?;
    Err(no_provider())
}

/// Link another provider
///
/// None is configured.
#[utoipa::path(
    post, path = "/link-social", tag = "Not available", operation_id = "linkProvider", request_body = ProviderBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Refused<((Posted, NeedsMembers), NeedsSession, NoProvider)>),
)]
pub async fn link(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Response, Refusal> {
    let mut members = Members::of(&body);
    members.optional_string("callbackURL");
    provider(&mut members);
    members.optional_object("idToken", "object", id_token);
    members.optional_bool("requestSignUp");
    members.optional_strings("scopes");
    members.optional_string("errorCallbackURL");
    members.optional_bool("disableRedirect");
    members.optional_string("loginHint");
    additions(&mut members);
    members.finish()?;
    require_session(&auth, principal).await?;
    Err(no_provider())
}

/// Come back from another provider
///
/// Nothing was ever sent to one, so nothing can come back.
#[utoipa::path(
    get, path = "/callback/{id}", tag = "Not available", operation_id = "providerCallback", security(()),
    params(("id" = String, Path, description = "The provider"), ("state" = Option<String>, Query)),
    responses(
        (status = 302, description = "To the page about errors"),
        Failed,
        Refused<(Anything, NeedsMembers)>,
    ),
)]
pub async fn callback(State(state): State<AppState>, Query(query): Query) -> Result<Response, Refusal> {
    let mut members = Members::of_query(&query);
    let [.., state_given, _, _] = RETURNED.map(|name| members.optional_string(name));
    members.finish()?;
    let error = match state_given {
        None | Some("") => "state_not_found",
        Some(_) => "state_mismatch",
    };
    let base = state.settings.base_url.as_str();
    Ok(redirect::to(&format!("{base}/api/auth/error?error={error}")))
}

/// Come back from another provider, with a form
///
/// What a provider posts is asked for again, as a link.
#[utoipa::path(
    post, path = "/callback/{id}", tag = "Not available", operation_id = "providerPost", security(()),
    params(("id" = String, Path, description = "The provider"), ("state" = Option<String>, Query)),
    responses(
        (status = 302, description = "To the same path, as a GET"),
        Failed,
        Refused<(Posted, NeedsMembers)>,
    ),
)]
pub async fn posted_callback(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query,
    Extension(body): Extension<ContractBody>,
) -> Result<Response, Refusal> {
    let mut members = Members::of_any(&body);
    let posted = RETURNED.map(|name| members.optional_string(name));
    members.finish()?;
    let mut members = Members::of_query(&query);
    let asked = RETURNED.map(|name| members.optional_string(name));
    members.finish()?;
    let mut returned = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in RETURNED.iter().zip(asked.iter().zip(posted).map(|(asked, posted)| asked.or(posted))) {
        if let Some(value) = value {
            returned.append_pair(name, value);
        }
    }
    let id = utf8_percent_encode(&id, SEGMENT);
    let base = state.settings.base_url.as_str();
    Ok(redirect::to(&format!("{base}/api/auth/callback/{id}?{}", returned.finish())))
}

fn provider(members: &mut Members) {
    if !members.has_string("provider") && members.is_object() {
        members.problem("provider", "Invalid input");
    }
}

fn id_token(token: &mut Members) {
    token.string("token");
    for name in ["nonce", "accessToken", "refreshToken"] {
        token.optional_string(name);
    }
}

fn additions(members: &mut Members) {
    let mut reserved = false;
    members.optional_object("additionalParams", "record", |additions| {
        for name in additions.names().collect::<Vec<_>>() {
            additions.string(name);
        }
        reserved = additions.is_sound() && additions.names().any(|name| RESERVED.contains(&name));
    });
    if reserved {
        let message = format!("additionalParams cannot include reserved OAuth parameters: {}", RESERVED.join(", "));
        members.problem("additionalParams", &message);
    }
    members.optional_object("additionalData", "record", |_| {});
}

fn no_provider() -> Refusal {
    unknown_provider().into()
}

fn unknown_provider() -> ContractError {
    ContractError::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found")
}
