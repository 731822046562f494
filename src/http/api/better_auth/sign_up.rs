//! `POST /sign-up/email`

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    body::{ContractBody, Members},
    description::{NeedsMembers, Posted, SignUpBody, SignUpForm, Throttled},
    error::{ContractError, Failed, Refusal, form_error},
    objects::{UserObject, is_image},
    sign_in::LoginCsrf,
};
use crate::{
    auth::{Auth, Requester, accounts::sign_up::SignUp},
    domain::{form::FormError, password::WeakPassword},
    http::{
        openapi::refusals::{Refusals, Refused},
        session::changes::ResponseChanges,
    },
};

/// A new account's owner, signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedUp {
    /// The session token.
    token: String,
    user: UserObject,
}

/// What a password that is chosen can be refused for.
pub struct ChoosesPassword;

impl Refusals for ChoosesPassword {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        [WeakPassword::Missing, WeakPassword::TooLong, WeakPassword::Common].map(ContractError::password).into()
    }
}

struct AddressTaken;

impl Refusals for AddressTaken {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![form_error(FormError::EmailTaken)]
    }
}

/// Create an account
///
/// Its owner is signed in.
#[utoipa::path(
    post, path = "/sign-up/email", tag = "Signing in", operation_id = "signUp", security(()),
    request_body(content((SignUpBody = "application/json"), (SignUpForm = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The new account; both cookies are set", body = SignedUp, headers(
            ("set-auth-token" = String, description = "The session token"),
        )),
        Failed,
        Refused<((Posted, LoginCsrf), (NeedsMembers, ChoosesPassword), (AddressTaken, Throttled))>,
    ),
)]
pub async fn email(
    State(auth): State<Arc<Auth>>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<SignedUp>, Refusal> {
    let mut members = Members::of_all(&body, &["object", "record"]);
    let name = members.string("name");
    let email = members.email("email");
    let password = members.nonempty_string("password");
    let image = members.optional_string("image");
    if image.is_some_and(|image| !is_image(image)) {
        members.problem("image", "Invalid image address");
    }
    members.optional_string("callbackURL");
    let remember = members.optional_bool("rememberMe").unwrap_or(true);
    members.finish()?;

    let signed_in = auth.sign_up(SignUp { email, name, password, image, remember }, &requester).await?;
    changes.start_session(&signed_in);
    Ok(Json(SignedUp { token: signed_in.session_token.expose(), user: UserObject::from(&signed_in.user) }))
}
