//! Errors of the user API: `application/problem+json` (RFC 9457), with the headers that the status requires.

pub mod errors;

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::error::UNAVAILABLE_RETRY,
    domain::{authentication::AuthRequirement, form::Field, seconds},
};

/// An error. It never contains messages of the database, of a library or from a token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status and `code` identify the error.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The error, for people.
    title: &'static str,
    /// The status of the response.
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16, minimum = 400, maximum = 599)]
    status: StatusCode,
    /// The error, for programs.
    code: &'static str,
    /// Details of this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// The invalid members of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(skip)]
    challenge: Option<Challenge>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// The value of `WWW-Authenticate`.
#[derive(Clone, Copy, Debug)]
enum Challenge {
    Fixed(&'static str),
    /// Another sign-in is required (RFC 9470 §3).
    StepUp(AuthRequirement),
}

/// An invalid member of the body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// A JSON pointer to the member (RFC 6901).
    #[schema(format = JsonPointer)]
    pointer: &'static str,
    /// The error, and how to fix it.
    detail: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self {
            kind: "about:blank",
            title,
            status,
            code,
            detail: None,
            errors: Vec::new(),
            challenge: None,
            retry_after: None,
        }
    }

    /// 401: no credentials were sent. The challenge names no error (RFC 6750 §3.1).
    pub const fn unauthenticated() -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first");
        problem.challenge = Some(Challenge::Fixed("Bearer realm=\"latchkey\""));
        problem
    }

    /// 401: the credentials are invalid, for any reason.
    pub const fn invalid_token() -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "invalid_token", "The access token is not valid");
        problem.challenge = Some(Challenge::Fixed(
            "Bearer realm=\"latchkey\", error=\"invalid_token\", error_description=\"The access token is not valid\"",
        ));
        problem
    }

    /// 401: the credentials are valid, and the sign-in is too weak or too old (RFC 9470).
    pub const fn insufficient_authentication(required: AuthRequirement) -> Self {
        let title = "A stronger or more recent sign-in is required";
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "insufficient_user_authentication", title);
        problem.challenge = Some(Challenge::StepUp(required));
        problem
    }

    /// 403: the resource belongs to another user.
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This belongs to another user")
    }

    /// 403: the credentials are valid, and the user must set up a second factor first.
    pub const fn second_factor_required() -> Self {
        Self::new(StatusCode::FORBIDDEN, "second_factor_required", "Set up two-step sign-in first")
    }

    /// 403: a browser sent the request from another site.
    pub const fn cross_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "cross_site", "Requests from other sites are refused")
    }

    /// 404.
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here")
    }

    /// 405.
    pub const fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take that method")
    }

    /// 400: the request is not valid HTTP.
    pub const fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The request could not be read")
    }

    /// 408.
    pub const fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request's body did not arrive in time")
    }

    /// 413.
    pub const fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request body is larger than 16 kB")
    }

    /// 422: members of the body are invalid.
    pub fn invalid_fields(errors: Vec<FieldProblem>) -> Self {
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", "Some members of the body cannot be used");
        problem.errors = errors;
        problem
    }

    /// 429.
    pub const fn too_many_attempts(retry_after: Duration) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts");
        problem.with_retry_after(retry_after)
    }

    /// 500.
    pub const fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
    }

    /// 503.
    pub const fn unavailable() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service is busy");
        problem.with_retry_after(UNAVAILABLE_RETRY)
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub const fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

impl Challenge {
    fn value(self) -> Option<HeaderValue> {
        let required = match self {
            Self::Fixed(text) => return Some(HeaderValue::from_static(text)),
            Self::StepUp(required) => required,
        };
        let mut text = "Bearer realm=\"latchkey\", error=\"insufficient_user_authentication\", \
                        error_description=\"A stronger or more recent sign-in is required\""
            .to_owned();
        if let Some(least) = required.assurance {
            text.push_str(&[", acr_values=\"", least.as_str(), "\""].concat());
        }
        if let Some(seconds) = required.max_age {
            text.push_str(&[", max_age=\"", &seconds.to_string(), "\""].concat());
        }
        HeaderValue::try_from(text).ok()
    }
}

impl FieldProblem {
    /// An invalid member, named by its form field.
    pub fn new(field: Field, detail: impl ToString) -> Self {
        let pointer = match field {
            Field::Email => "/email",
            Field::Name | Field::PasskeyName => "/name",
            Field::Password => "/password",
            Field::CurrentPassword => "/currentPassword",
            Field::Code => "/code",
        };
        Self { pointer, detail: detail.to_string() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, challenge, retry_after) = (self.status, self.challenge, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge.and_then(Challenge::value) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(after) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds::retry_after(after)));
        }
        response
    }
}
