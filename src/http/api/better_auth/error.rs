//! Errors in the contract's form: `{"message": …, "code": …}`.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    auth::{
        accounts::{delete::DeleteUserError, sign_up::SignUpError},
        error::InternalError,
        password::{change::ChangePasswordError, confirm::ConfirmPasswordError},
        sign_in::password::SignInError,
    },
    domain::seconds,
    domain::{form::FormError, password::WeakPassword},
};

/// What the contract says of bodies that are empty.
pub const JSON: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];

/// An error of the sign-in API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    pub(super) status: StatusCode,
    pub(super) code: Option<&'static str>,
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
}

impl ContractError {
    /// An error with a status, a code and a message.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code: Some(code), message: message.into(), retry_after: None }
    }

    /// 400 with a code and a message.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 403 with a code and a message.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// Whether it is a 403.
    pub fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN
    }

    /// 401 for routes that need a session.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }

    /// An error that the contract gives no code.
    pub fn without_code(status: StatusCode, message: &str) -> Self {
        Self { status, code: None, message: message.to_owned(), retry_after: None }
    }

    /// 404 with nothing in it.
    pub fn nothing() -> Response {
        StatusCode::NOT_FOUND.into_response()
    }

    fn wait(status: StatusCode, message: &str, after: Duration) -> Self {
        Self { retry_after: Some(after), ..Self::without_code(status, message) }
    }

    /// 429: ask again later.
    pub fn throttled(after: Duration) -> Self {
        Self::wait(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Please try again later.", after)
    }

    /// 503: ask again in a moment.
    pub fn busy(after: Duration) -> Self {
        Self::wait(StatusCode::SERVICE_UNAVAILABLE, "The service is busy. Please try again in a moment.", after)
    }

    /// 503: ask again in a second.
    pub fn busy_now() -> Self {
        Self::busy(Duration::from_secs(1))
    }

    /// 400: the body is not JSON.
    pub fn malformed_json() -> Self {
        Self::bad_request("BAD_REQUEST", "Invalid JSON in request body")
    }

    /// 400: not HTTP as it should be.
    pub fn unreadable() -> Self {
        Self::bad_request("BAD_REQUEST", "The request could not be read")
    }

    /// 408.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request body did not arrive in time")
    }

    /// 413.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The request body is larger than 16 kB")
    }

    /// 415: the `declared` media type is not read here, or only where `forms` are taken too.
    pub fn media_type(declared: &str, forms: bool) -> Self {
        let allowed = if forms { "application/x-www-form-urlencoded, application/json" } else { "application/json" };
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            format!("Content-Type \"{declared}\" is not allowed. Allowed types: {allowed}"),
        )
    }

    /// 403: no page says it has sent this.
    pub fn missing_origin() -> Self {
        Self::forbidden("MISSING_OR_NULL_ORIGIN", "Missing or null Origin")
    }

    /// 403: another site's page has sent this.
    pub fn invalid_origin() -> Self {
        Self::forbidden("INVALID_ORIGIN", "Invalid origin")
    }

    /// 403: a link or form on another site leads here.
    pub fn cross_site_navigation() -> Self {
        let message = "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
        Self::forbidden("CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", message)
    }

    /// 403: `callbackURL` leads to another site.
    pub fn invalid_callback() -> Self {
        Self::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL")
    }

    /// 400: a member that says where to go next is no text; `label` is what it is called.
    pub fn next_no_string(label: &str) -> Self {
        Self::without_code(StatusCode::BAD_REQUEST, &format!("Invalid {label}: expected a string"))
    }

    /// The body it is answered with.
    pub fn body(&self) -> Value {
        match self.code {
            Some(code) => json!({ "message": self.message, "code": code }),
            None => json!({ "message": self.message }),
        }
    }

    /// 400: this password cannot be chosen.
    pub fn password(weak: WeakPassword) -> Self {
        match weak {
            WeakPassword::Missing | WeakPassword::TooShort { .. } => {
                Self::bad_request("PASSWORD_TOO_SHORT", "Password too short")
            }
            WeakPassword::TooLong => Self::bad_request("PASSWORD_TOO_LONG", "Password too long"),
            weak => Self::bad_request("PASSWORD_TOO_WEAK", sentence(&weak.to_string())),
        }
    }
}

/// A fragment as a sentence's beginning.
pub fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

impl IntoResponse for ContractError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if let Some(after) = self.retry_after {
            let seconds = HeaderValue::from(seconds::retry_after(after));
            response.headers_mut().insert(HeaderName::from_static("x-retry-after"), seconds.clone());
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// The cause goes to the log; the contract's answer to a failure is an empty 500.
pub struct Failed;

impl From<InternalError> for Failed {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a sign-in API request failed");
        Self
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    }
}

/// What a handler answers instead of success.
pub enum Refusal {
    /// An error the client can read.
    Contract(ContractError),
    /// 401 without words.
    Anonymous,
    /// A failure it cannot mend.
    Failed(Failed),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Contract(error) => error.into_response(),
            Self::Anonymous => (StatusCode::UNAUTHORIZED, JSON, Body::empty()).into_response(),
            Self::Failed(failed) => failed.into_response(),
        }
    }
}

impl From<ContractError> for Refusal {
    fn from(error: ContractError) -> Self {
        Self::Contract(error)
    }
}

impl From<InternalError> for Refusal {
    fn from(error: InternalError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SignUpError> for Refusal {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Refused(errors) => errors
                .first()
                .copied()
                .map_or_else(|| ContractError::unauthorized().into(), |first| form_error(first).into()),
            SignUpError::Throttled(throttled) => ContractError::throttled(throttled.retry_after).into(),
            SignUpError::Busy(busy) => ContractError::busy(busy.retry_after).into(),
            SignUpError::Internal(error) => error.into(),
        }
    }
}

/// An error of a form, as the contract has it.
pub fn form_error(error: FormError) -> ContractError {
    match error {
        FormError::Email(_) => ContractError::bad_request("VALIDATION_ERROR", "[body.email] Invalid email address"),
        FormError::EmailTaken => ContractError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
        FormError::Name(invalid) => {
            ContractError::bad_request("VALIDATION_ERROR", format!("[body.name] {}", sentence(&invalid.to_string())))
        }
        FormError::Password(weak) => ContractError::password(weak),
        FormError::CurrentPassword => invalid_password(),
        FormError::Credentials => invalid_credentials(),
        FormError::Throttled { retry_after } => ContractError::throttled(Duration::from_secs(retry_after.into())),
        FormError::Busy | FormError::Internal => ContractError::busy(Duration::from_secs(1)),
    }
}

/// 401: the same for a wrong password and an unknown address.
pub fn invalid_credentials() -> ContractError {
    ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
}

/// 400: no address.
pub fn invalid_email() -> ContractError {
    ContractError::bad_request("INVALID_EMAIL", "Invalid email")
}

/// 400: not the password.
pub fn invalid_password() -> ContractError {
    ContractError::bad_request("INVALID_PASSWORD", "Invalid password")
}

/// 400: the account has no password.
pub fn no_password() -> ContractError {
    ContractError::bad_request("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found")
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Email(_) => invalid_email().into(),
            SignInError::Credentials => invalid_credentials().into(),
            SignInError::Throttled(throttled) => ContractError::throttled(throttled.retry_after).into(),
            SignInError::Busy(busy) => ContractError::busy(busy.retry_after).into(),
            SignInError::Internal(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Refusal {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::CurrentPassword => invalid_password().into(),
            ChangePasswordError::NewPassword(weak) => ContractError::password(weak).into(),
            ChangePasswordError::NoPassword => no_password().into(),
            ChangePasswordError::Throttled(throttled) => ContractError::throttled(throttled.retry_after).into(),
            ChangePasswordError::Busy(busy) => ContractError::busy(busy.retry_after).into(),
            ChangePasswordError::Internal(error) => error.into(),
        }
    }
}

impl From<ConfirmPasswordError> for Refusal {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            // The contract does not tell the two apart.
            ConfirmPasswordError::Mismatch | ConfirmPasswordError::NoPassword => invalid_password().into(),
            ConfirmPasswordError::Throttled(throttled) => ContractError::throttled(throttled.retry_after).into(),
            ConfirmPasswordError::Busy(busy) => ContractError::busy(busy.retry_after).into(),
            ConfirmPasswordError::Internal(error) => error.into(),
        }
    }
}

/// 400: the session is not young enough to do without the password.
pub fn session_expired() -> ContractError {
    ContractError::bad_request("SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action.")
}

impl From<DeleteUserError> for Refusal {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::Password => invalid_password().into(),
            DeleteUserError::NoPassword => no_password().into(),
            DeleteUserError::NotFresh => session_expired().into(),
            DeleteUserError::Gone => ContractError::unauthorized().into(),
            DeleteUserError::Throttled(throttled) => ContractError::throttled(throttled.retry_after).into(),
            DeleteUserError::Busy(busy) => ContractError::busy(busy.retry_after).into(),
            DeleteUserError::Internal(error) => error.into(),
        }
    }
}
