//! Verification of the e-mail address, and the link that changes it. Without mail, no link is sent and every token is
//! invalid.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        CallbackError, ContractError, EmailAddress, GetErrors, Optional, PostErrors, Text, ValidBody, ValidQuery,
        ValidationError, check_callback, members, redirect,
    },
    models::{StatusResponse, UserObject},
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        accounts::{
            change_email::ChangeLink,
            link::{LinkState, RequestLinkError},
        },
        error::{InternalError, Interrupted},
    },
    domain::{Email, LinkPurpose, user::User},
    http::{
        extract::principal::Authentication, route_error::route_errors, session::cookies::CookieJar, state::AppState,
    },
};

members! {
    /// The address to verify.
    pub struct SendVerificationBody: Object {
        email: EmailAddress = "email",
        /// Where the link leads: a path, or a URL of a trusted origin. Default: a page of this service.
        callback_url: Optional<Text> = "callbackURL",
    }
    example { "email": "ada@example.com" }
}

route_errors! {
    /// Errors of `POST /send-verification-email`.
    pub enum SendVerificationRouteError: ContractError {
        Disabled => ContractError::bad_request("VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled"),
        Mismatch => ContractError::bad_request("EMAIL_MISMATCH", "Email mismatch"),
        AlreadyVerified => ContractError::bad_request("EMAIL_ALREADY_VERIFIED", "Email is already verified"),
        InvalidEmail => ContractError::bad_request("VALIDATION_ERROR", "[body.email] Invalid email address"),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<InternalError> for SendVerificationRouteError {
    fn from(error: InternalError) -> Self {
        Interrupted::from(error).into()
    }
}

impl From<RequestLinkError> for SendVerificationRouteError {
    fn from(error: RequestLinkError) -> Self {
        match error {
            RequestLinkError::NotOffered => Self::Disabled,
            RequestLinkError::Email(_) => Self::InvalidEmail,
            RequestLinkError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Request a link that verifies an e-mail address
///
/// Without a session, the answer is the same for every address. With a session, the address must be the user's.
#[utoipa::path(
    post, path = "/send-verification-email", tag = "Account", operation_id = "sendVerificationEmail",
    request_body = SendVerificationBody, security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The request is accepted", body = StatusResponse),
        PostErrors<SendVerificationRouteError>,
    ),
)]
pub async fn send_verification(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    principal: Option<Principal>,
    ValidBody(body, ..): ValidBody<SendVerificationBody, SendVerificationRouteError>,
) -> Result<Json<StatusResponse>, SendVerificationRouteError> {
    if !auth.accounts.mail_is_offered() {
        return Err(SendVerificationRouteError::Disabled);
    }
    if let Some(principal) = principal
        && let Some((_, user)) = auth.sessions.current(principal).await?
    {
        check_own(&user, &body.email)?;
    }
    let return_to = body.callback_url.filter(|target| !target.is_empty());
    auth.accounts.request_verification(&body.email, return_to, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}

/// A signed-in user verifies their own address only.
fn check_own(user: &User, email: &str) -> Result<(), SendVerificationRouteError> {
    let key = |text: &str| Email::presented(text).ok().map(|email| email.key().to_owned());
    if key(&user.email) != key(email) {
        Err(SendVerificationRouteError::Mismatch)
    } else if user.email_verified {
        Err(SendVerificationRouteError::AlreadyVerified)
    } else {
        Ok(())
    }
}

members! {
    /// The parameters of a mailed link.
    pub struct VerifyEmailQuery: Object {
        token: Text = "token",
        callback_url: Optional<Text> = "callbackURL",
    }
}

/// The address is verified or changed.
#[derive(Serialize, ToSchema)]
pub struct VerifyEmailResponse {
    /// Always true.
    status: bool,
    /// The user with the new address, if it is changed. Otherwise null.
    #[schema(required = true)]
    user: Option<UserObject>,
}

route_errors! {
    /// Errors of `GET /verify-email`.
    pub enum VerifyEmailRouteError: ContractError {
        UnknownToken => ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token"),
        ExpiredToken => ContractError::new(StatusCode::UNAUTHORIZED, "TOKEN_EXPIRED", "Token expired"),
        AnotherUser => ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_USER", "Invalid user"),
        Taken => ContractError::new(StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS", "User already exists."),
        ..Validation(ValidationError),
        ..Callback(CallbackError),
        ..Interrupted(Interrupted),
    }
}

impl From<InternalError> for VerifyEmailRouteError {
    fn from(error: InternalError) -> Self {
        Interrupted::from(error).into()
    }
}

/// Follow a link that verifies or changes an e-mail address
///
/// Verifies or changes the address in a session of its user. Without one, the request redirects to a page of this service.
/// To verify, that page asks for a new password: another person could have created the account. To change, it asks to
/// sign in.
#[utoipa::path(
    get, path = "/verify-email", tag = "Account", operation_id = "verifyEmail",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    responses(
        (status = 200, description = "The address is verified or changed, and there is no `callbackURL`", body = VerifyEmailResponse),
        (status = 302, description = "Redirects to `callbackURL`, with `error` if the token is not valid"),
        GetErrors<VerifyEmailRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    requester: Requester,
    authentication: Authentication,
    Extension(jar): Extension<CookieJar>,
    ValidQuery(query, ..): ValidQuery<VerifyEmailQuery, VerifyEmailRouteError>,
) -> Result<Response, VerifyEmailRouteError> {
    let callback = query.callback_url.as_deref();
    check_callback(callback, &state.settings.trusted_origins)?;
    let callback = callback.filter(|callback| !callback.is_empty());
    let accounts = &state.auth.accounts;
    match accounts.link_state(LinkPurpose::VerifyEmail, &query.token).await? {
        LinkState::Valid { user_id, .. } => {
            let unverified = jar.unverified(&state.settings.form_key);
            // A restricted session tells whose browser this is.
            let known = authentication.identity().map(Principal::user_id).or(unverified);
            if known != Some(user_id) {
                let base = state.settings.base_url.as_str();
                return Ok(redirect::to(&format!("{base}/verify-email?token={}", query.token)));
            }
            if !accounts.verify_email(user_id, &query.token, &requester).await? {
                return failed(callback, "INVALID_TOKEN", VerifyEmailRouteError::UnknownToken);
            }
        }
        LinkState::Used => {}
        LinkState::Expired => return failed(callback, "TOKEN_EXPIRED", VerifyEmailRouteError::ExpiredToken),
        LinkState::Unknown => {
            return change(&state, &requester, authentication.principal(), &query.token, callback).await;
        }
    }
    Ok(succeeded(callback, None))
}

/// Follows the link to a new address. Stricter than the contract: it creates no session, and works in a session of the user
/// only.
async fn change(
    state: &AppState,
    requester: &Requester,
    principal: Option<Principal>,
    token: &str,
    callback: Option<&str>,
) -> Result<Response, VerifyEmailRouteError> {
    let accounts = &state.auth.accounts;
    let owner = match accounts.change_link(token).await? {
        ChangeLink::Valid { user_id, .. } => user_id,
        ChangeLink::Taken => return failed(callback, "USER_ALREADY_EXISTS", VerifyEmailRouteError::Taken),
        ChangeLink::Expired => return failed(callback, "TOKEN_EXPIRED", VerifyEmailRouteError::ExpiredToken),
        ChangeLink::Used | ChangeLink::Unknown => {
            return failed(callback, "INVALID_TOKEN", VerifyEmailRouteError::UnknownToken);
        }
    };
    let Some(principal) = principal else {
        return Ok(redirect::to(&format!("{}/change-email?token={token}", state.settings.base_url.as_str())));
    };
    if principal.user_id() != owner {
        return failed(callback, "INVALID_USER", VerifyEmailRouteError::AnotherUser);
    }
    if !accounts.change_email(principal, token, requester).await? {
        // Another request was faster.
        return match accounts.change_link(token).await? {
            ChangeLink::Taken => failed(callback, "USER_ALREADY_EXISTS", VerifyEmailRouteError::Taken),
            _ => failed(callback, "INVALID_TOKEN", VerifyEmailRouteError::UnknownToken),
        };
    }
    let user = accounts.profile(owner).await?;
    Ok(succeeded(callback, user.as_deref().map(UserObject::from)))
}

fn succeeded(callback: Option<&str>, user: Option<UserObject>) -> Response {
    match callback {
        Some(callback) => redirect::to(&redirect::encode(callback)),
        None => Json(VerifyEmailResponse { status: true, user }).into_response(),
    }
}

/// The answer to a link that is not valid.
fn failed(callback: Option<&str>, code: &str, error: VerifyEmailRouteError) -> Result<Response, VerifyEmailRouteError> {
    let Some(callback) = callback else { return Err(error) };
    let url = redirect::with_added(callback, "error", code).ok_or(CallbackError::Untrusted)?;
    Ok(redirect::to(&url))
}
