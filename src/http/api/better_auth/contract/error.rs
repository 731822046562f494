//! Errors in the contract's format: `{"message": …, "code": …}`.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    auth::error::{InternalError, Interrupted, UNAVAILABLE_RETRY},
    domain::{password::WeakPassword, seconds::retry_after},
    http::{
        extract::{active_session::SessionError, fresh_session::StaleSession},
        route_error::{ErrorFormat, RouteError},
    },
};

/// The content type of empty bodies.
pub const JSON: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];

/// An error of the sign-in API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    status: StatusCode,
    code: Option<&'static str>,
    message: String,
    retry_after: Option<Duration>,
    content: Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Message,
    /// An empty body with a content type.
    EmptyJson,
    /// An empty body without a content type.
    Empty,
}

/// The body of an error of the sign-in API.
#[derive(Serialize, ToSchema)]
#[schema(as = ContractError)]
pub struct ContractErrorBody<'a> {
    /// The error, for people.
    message: &'a str,
    /// The error, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'a str>,
}

impl ContractError {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Some(code), ..Self::without_code(status, message) }
    }

    pub fn without_code(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: None, message: message.into(), retry_after: None, content: Content::Message }
    }

    /// 400.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 403.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 401 for routes that need a session.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }

    /// 401 with an empty body.
    pub fn unauthorized_without_body() -> Self {
        let error = Self::without_code(StatusCode::UNAUTHORIZED, "Sign in first. No body");
        Self { content: Content::EmptyJson, ..error }
    }

    /// 500 with an empty body.
    pub fn internal() -> Self {
        let message = "Internal error; the log has the cause. No body";
        Self { content: Content::Empty, ..Self::without_code(StatusCode::INTERNAL_SERVER_ERROR, message) }
    }

    /// 429.
    pub fn throttled(after: Duration) -> Self {
        let message = "Too many requests. Please try again later.";
        Self { retry_after: Some(after), ..Self::without_code(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// 503.
    pub fn busy(after: Duration) -> Self {
        let message = "The service is busy. Please try again in a moment.";
        Self { retry_after: Some(after), ..Self::without_code(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    /// 403: the service requires a second factor. Not in the contract.
    pub fn second_factor_required() -> Self {
        Self::forbidden("SECOND_FACTOR_REQUIRED", "Set up two-step sign-in first")
    }

    /// 400: the account has no password.
    pub fn no_password() -> Self {
        Self::bad_request("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found")
    }

    /// 400: wrong password.
    pub fn invalid_password() -> Self {
        Self::bad_request("INVALID_PASSWORD", "Invalid password")
    }

    /// 403: `callbackURL` names an untrusted site.
    pub fn invalid_callback() -> Self {
        Self::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL")
    }

    /// 400: no member that can be changed.
    pub fn nothing_to_update() -> Self {
        Self::without_code(StatusCode::BAD_REQUEST, "No fields to update")
    }
}

/// The text with an upper-case first letter.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

impl IntoResponse for ContractError {
    fn into_response(self) -> Response {
        let body = ContractErrorBody { message: &self.message, code: self.code };
        let mut response = match self.content {
            Content::Message => (self.status, Json(body)).into_response(),
            Content::EmptyJson => (self.status, JSON, Body::empty()).into_response(),
            Content::Empty => self.status.into_response(),
        };
        if let Some(after) = self.retry_after {
            let seconds = HeaderValue::from(retry_after(after));
            response.headers_mut().insert(HeaderName::from_static("x-retry-after"), seconds.clone());
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

impl ErrorFormat for ContractError {
    const MEDIA_TYPE: &'static str = "application/json";
    const SCHEMA: &'static str = "ContractError";

    fn status(&self) -> StatusCode {
        self.status
    }

    fn code(&self) -> Option<&'static str> {
        self.code
    }

    fn message(&self) -> &str {
        &self.message
    }

    fn body(&self) -> Option<Value> {
        let body = ContractErrorBody { message: &self.message, code: self.code };
        (self.content == Content::Message).then(|| serde_json::to_value(body).unwrap_or_default())
    }

    fn headers(&self) -> Vec<&'static str> {
        if self.retry_after.is_some() { vec!["Retry-After", "X-Retry-After"] } else { Vec::new() }
    }
}

impl RouteError<ContractError> for InternalError {
    fn examples() -> Vec<ContractError> {
        vec![ContractError::internal(), ContractError::busy(UNAVAILABLE_RETRY)]
    }
}

/// The cause goes to the log only.
impl From<InternalError> for ContractError {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a sign-in API request failed");
        match error.unavailable() {
            Some(_) => Self::busy(UNAVAILABLE_RETRY),
            None => Self::internal(),
        }
    }
}

impl RouteError<ContractError> for Interrupted {
    fn examples() -> Vec<ContractError> {
        vec![ContractError::throttled(Duration::from_secs(30))]
    }
}

impl From<Interrupted> for ContractError {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Throttled(throttled) => Self::throttled(throttled.retry_after),
            Interrupted::Busy(busy) => Self::busy(busy.retry_after),
            Interrupted::Internal(error) => error.into(),
        }
    }
}

impl RouteError<ContractError> for SessionError {
    fn examples() -> Vec<ContractError> {
        vec![Self::Missing.into(), Self::Restricted.into()]
    }
}

impl From<SessionError> for ContractError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Missing => Self::unauthorized(),
            SessionError::Restricted => Self::second_factor_required(),
            SessionError::Internal(error) => error.into(),
        }
    }
}

impl RouteError<ContractError> for StaleSession {
    fn examples() -> Vec<ContractError> {
        vec![Self.into()]
    }
}

impl From<StaleSession> for ContractError {
    fn from(_: StaleSession) -> Self {
        Self::forbidden("SESSION_NOT_FRESH", "Session is not fresh")
    }
}

impl RouteError<ContractError> for WeakPassword {
    fn examples() -> Vec<ContractError> {
        [Self::Missing, Self::TooLong, Self::Common].map(ContractError::from).into()
    }
}

impl From<WeakPassword> for ContractError {
    fn from(weak: WeakPassword) -> Self {
        match weak {
            WeakPassword::Missing | WeakPassword::TooShort { .. } => {
                Self::bad_request("PASSWORD_TOO_SHORT", "Password too short")
            }
            WeakPassword::TooLong => Self::bad_request("PASSWORD_TOO_LONG", "Password too long"),
            weak => Self::bad_request("PASSWORD_TOO_WEAK", sentence(&weak.to_string())),
        }
    }
}
