//! `POST /sign-up/email`

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        ContractError, EmailAddress, FlagOr, ImageUrl, LoginCsrfError, NameText, NewPassword, NonEmpty, Optional,
        PostErrors, Text, ValidBody, ValidationError, error::sentence, members,
    },
    models::UserObject,
};
use crate::{
    auth::{
        Requester,
        accounts::sign_up::{SignUp, SignUpError, SignedUp},
        error::Interrupted,
    },
    domain::{form::FormError, name::InvalidName, password::WeakPassword},
    http::{
        route_error::{RouteError, route_errors},
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

members! {
    /// A new account.
    pub struct SignUpBody: ObjectAndRecord {
        /// The display name, on one line; may be empty. Surrounding white space is removed.
        name: Optional<NameText> = "name",
        /// The address to sign in with. Its case is ignored; responses have it in lower case.
        email: EmailAddress = "email",
        password: NonEmpty<NewPassword> = "password",
        /// The address of a picture.
        image: Optional<ImageUrl> = "image",
        /// Where the link that verifies the address leads: an address on this site or a trusted site. Default: a page of
        /// this service.
        callback_url: Optional<Text> = "callbackURL",
        /// `false`: the session ends with the browser, or after 24 hours without use. Default: `true`.
        remember: FlagOr<true> = "rememberMe",
    }
    example { "name": "Ada", "email": "ada@example.com", "password": "violet otter lantern 42" }
}

/// A new account, with its first session.
#[derive(Serialize, ToSchema)]
pub struct SignUpResponse {
    /// The session token. `null` if the address must be verified first.
    #[schema(required = true)]
    token: Option<String>,
    user: UserObject,
}

route_errors! {
    /// Errors of `POST /sign-up/email`.
    pub enum SignUpRouteError: ContractError {
        EmailTaken => ContractError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
        InvalidEmail => ContractError::bad_request("VALIDATION_ERROR", "[body.email] Invalid email address"),
        // `LATCHKEY_SIGN_UP=closed`
        Closed => ContractError::bad_request(
            "EMAIL_PASSWORD_SIGN_UP_DISABLED", "Email and password sign up is not enabled",
        ),
        ..LoginCsrf(LoginCsrfError),
        ..InvalidName(InvalidName),
        ..Validation(ValidationError),
        ..WeakPassword(WeakPassword),
        ..Interrupted(Interrupted),
    }
}

impl RouteError<ContractError> for InvalidName {
    fn examples() -> Vec<ContractError> {
        vec![Self::TooLong.into()]
    }
}

impl From<InvalidName> for ContractError {
    fn from(invalid: InvalidName) -> Self {
        Self::bad_request("VALIDATION_ERROR", format!("[body.name] {}", sentence(&invalid.to_string())))
    }
}

impl From<SignUpError> for SignUpRouteError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Closed => Self::Closed,
            SignUpError::Invalid(errors) => errors.first().copied().into(),
            SignUpError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// The contract reports the first error only.
impl From<Option<FormError>> for SignUpRouteError {
    fn from(error: Option<FormError>) -> Self {
        match error {
            Some(FormError::EmailTaken) => Self::EmailTaken,
            Some(FormError::Name(invalid)) => invalid.into(),
            Some(FormError::Password(weak)) => weak.into(),
            _ => Self::InvalidEmail,
        }
    }
}

/// Create an account
///
/// The response opens a session for the new user. If the address must be verified first, there is no session, and the
/// response is the same for an address that has an account.
#[utoipa::path(
    post, path = "/sign-up/email", tag = "Sign-in", operation_id = "signUp", security(()),
    request_body = SignUpBody,
    responses(
        (status = 200, description = "The new account; both cookies are set", body = SignUpResponse, headers(
            ("set-auth-token" = String, description = "The session token"),
        )),
        PostErrors<SignUpRouteError>,
    ),
)]
pub async fn email(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<SignUpBody, SignUpRouteError>,
) -> Result<Json<SignUpResponse>, SignUpRouteError> {
    let SignUpBody { name, email, password, image, callback_url, remember } = &body;
    let return_to = callback_url.as_deref().filter(|target| !target.is_empty());
    let name = name.as_deref().unwrap_or_default();
    let sign_up = SignUp { email, name, password, image: image.as_deref(), remember: *remember, return_to };
    Ok(Json(match state.auth.accounts.sign_up(sign_up, &requester).await? {
        SignedUp::SignedIn(signed_in) => {
            changes.start_session(&signed_in);
            let token = Some(signed_in.session_token.expose());
            SignUpResponse { token, user: UserObject::from(&signed_in.user) }
        }
        SignedUp::CheckMail(user) => {
            jar.keep_unverified(user.id, &state.settings.form_key);
            SignUpResponse { token: None, user: UserObject::from(&*user) }
        }
    }))
}
