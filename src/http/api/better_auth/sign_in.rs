//! `POST /sign-in/email`

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        ContractError, EmailText, FlagOr, LoginCsrfError, Optional, PasswordText, PostErrors, Text, ValidBody,
        ValidationError, members, redirect,
    },
    models::UserObject,
    two_factor::{self, TwoFactorRedirect},
};
use crate::{
    auth::{
        Requester,
        accounts::link::RequestLinkError,
        error::Interrupted,
        sign_in::{
            SignInStep, SignedIn,
            password::{EmailAndPassword, SignInError},
        },
    },
    http::{
        route_error::route_errors,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

members! {
    /// The credentials of an account.
    pub struct SignInBody: Object {
        email: EmailText = "email",
        password: PasswordText = "password",
        /// The next page: a path on this site or a URL of a trusted site. Returned as `url` and `Location`.
        callback_url: Optional<Text> = "callbackURL",
        /// `false`: the session ends with the browser, or after 24 hours without use. Default: `true`.
        remember: FlagOr<true> = "rememberMe",
    }
    example { "email": "ada@example.com", "password": "violet otter lantern 42", "rememberMe": true }
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub struct SignInResponse {
    /// Whether `url` is set and not empty.
    redirect: bool,
    /// The session token.
    token: String,
    /// The `callbackURL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
    user: UserObject,
}

/// The answer to correct credentials.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum SignInResult {
    SignedIn(Box<SignInResponse>),
    SecondFactor(TwoFactorRedirect),
}

route_errors! {
    /// Errors of `POST /sign-in/email`.
    pub enum SignInRouteError: ContractError {
        InvalidEmail => ContractError::bad_request("INVALID_EMAIL", "Invalid email"),
        InvalidCredentials => ContractError::new(
            StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password",
        ),
        Disabled => ContractError::forbidden(
            "BANNED_USER",
            "You have been banned from this application. Please contact support if you believe this is an error.",
        ),
        NotVerified => ContractError::forbidden("EMAIL_NOT_VERIFIED", "Email not verified"),
        ..LoginCsrf(LoginCsrfError),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<SignInError> for SignInRouteError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Email(_) => Self::InvalidEmail,
            SignInError::Credentials => Self::InvalidCredentials,
            SignInError::Disabled => Self::Disabled,
            SignInError::NotVerified(_) => Self::NotVerified,
            SignInError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<RequestLinkError> for SignInRouteError {
    fn from(error: RequestLinkError) -> Self {
        match error {
            RequestLinkError::NotOffered => Self::NotVerified,
            RequestLinkError::Email(_) => Self::InvalidEmail,
            RequestLinkError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Sign in
///
/// Opens a session. The user's other sessions stay active.
#[utoipa::path(
    post, path = "/sign-in/email", tag = "Sign-in", operation_id = "signIn", security(()),
    request_body = SignInBody,
    responses(
        (status = 200, description = "A new session; both cookies are set. Or the account has a second factor: there is no \
          session yet", body = SignInResult, headers(
            ("set-auth-token" = String, description = "The session token"),
            ("Location" = String, description = "The `callbackURL`, if the request has one"),
        )),
        PostErrors<SignInRouteError>,
    ),
)]
pub async fn email(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<SignInBody, SignInRouteError>,
) -> Result<Response, SignInRouteError> {
    let SignInBody { email, password, remember, callback_url } = body;
    if email.trim() != email {
        return Err(SignInRouteError::InvalidEmail);
    }
    let form = EmailAndPassword { email: &email, password: &password, remember };
    match state.auth.sign_in.with_password(form, &requester).await {
        Ok(SignInStep::Complete(signed_in)) => {
            changes.start_session(&signed_in);
            Ok(response(&signed_in, callback_url))
        }
        Ok(SignInStep::SecondFactor(pending)) => {
            let next = callback_url.as_deref().unwrap_or_default();
            two_factor::keep(&state, &jar, &changes, &pending, next);
            Ok(with_location(SignInResult::SecondFactor(TwoFactorRedirect::TOTP), next))
        }
        Err(error) => {
            if let SignInError::NotVerified(user) = error {
                jar.keep_unverified(user, &state.settings.form_key);
                let return_to = callback_url.filter(|url| !url.is_empty());
                state.auth.accounts.request_verification(&email, return_to, &requester).await?;
            }
            Err(error.into())
        }
    }
}

fn response(signed_in: &SignedIn, url: Option<String>) -> Response {
    let next = url.as_deref().filter(|url| !url.is_empty()).map(redirect::encode);
    let body = SignInResponse {
        redirect: next.is_some(),
        token: signed_in.session_token.expose(),
        url,
        user: UserObject::from(&signed_in.user),
    };
    let location = body.url.clone().unwrap_or_default();
    with_location(SignInResult::SignedIn(Box::new(body)), &location)
}

/// The response, with the `callbackURL` as `Location` if the request has one.
fn with_location(body: SignInResult, url: &str) -> Response {
    let mut response = Json(body).into_response();
    let location = (!url.is_empty()).then(|| redirect::encode(url));
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
