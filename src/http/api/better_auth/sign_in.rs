//! `POST /sign-in/email`

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    body::{ContractBody, Members},
    error::Refusal,
    objects::UserObject,
    redirect,
};
use crate::{
    auth::{
        Auth, Client,
        handover::Handover,
        sign_in::{SignIn, SignInError},
    },
    domain::email::InvalidEmail,
};

#[derive(Serialize)]
struct SignedIn {
    redirect: bool,
    token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    user: UserObject,
}

/// Opens a session. Earlier ones go on: each device has its own.
pub async fn email(
    State(auth): State<Arc<Auth>>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
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

    let signed_in = auth.sign_in(SignIn { email, password, remember }, &client).await?;
    handover.start_session(&signed_in);
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
