//! `POST /sign-in/email`

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    body::{ContractBody, Members},
    description::{NeedsMembers, Posted, SignInBody, SignInForm, Throttled},
    error::{ContractError, Failed, Refusal, invalid_credentials, invalid_email},
    objects::UserObject,
    redirect,
};
use crate::{
    auth::{
        Auth, Requester,
        sign_in::password::{SignIn, SignInError},
    },
    domain::email::InvalidEmail,
    http::{
        openapi::refusals::{Refusals, Refused},
        session::changes::ResponseChanges,
    },
};

/// A session that was opened.
#[derive(Serialize, ToSchema)]
struct SignedIn {
    /// Whether there is a `url` to go to.
    redirect: bool,
    /// The session token.
    token: String,
    /// The `callbackURL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
    user: UserObject,
}

struct WrongCredentials;

impl Refusals for WrongCredentials {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![invalid_email(), invalid_credentials()]
    }
}

/// What is answered to pages that are not ours.
pub struct LoginCsrf;

impl Refusals for LoginCsrf {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![ContractError::cross_site_navigation()]
    }
}

/// Sign in
///
/// Opens a session. Earlier ones go on: each device has its own.
#[utoipa::path(
    post, path = "/sign-in/email", tag = "Signing in", operation_id = "signIn", security(()),
    request_body(content((SignInBody = "application/json"), (SignInForm = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "A new session; both cookies are set", body = SignedIn, headers(
            ("set-auth-token" = String, description = "The session token"),
            ("Location" = String, description = "The `callbackURL`, if there is one"),
        )),
        Failed,
        Refused<((Posted, LoginCsrf), (NeedsMembers, WrongCredentials), Throttled)>,
    ),
)]
pub async fn email(
    State(auth): State<Arc<Auth>>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(body): Extension<ContractBody>,
) -> Result<Response, Refusal> {
    let mut members = Members::of(&body);
    let email = members.string("email");
    let password = members.string("password");
    let callback = members.optional_string("callbackURL");
    let remember = members.optional_bool("rememberMe").unwrap_or(true);
    members.finish()?;
    if email.trim() != email {
        return Err(Refusal::from(SignInError::Email(InvalidEmail::Malformed)));
    }

    let signed_in = auth.sign_in(SignIn { email, password, remember }, &requester).await?;
    changes.start_session(&signed_in);
    let answer = SignedIn {
        redirect: callback.is_some_and(|callback| !callback.is_empty()),
        token: signed_in.session_token.expose(),
        url: callback.map(str::to_owned),
        user: UserObject::from(&signed_in.user),
    };
    let mut response = Json(answer).into_response();
    let location = callback.filter(|callback| !callback.is_empty()).map(redirect::written);
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
