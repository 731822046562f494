//! The signed-in user as a handler argument.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{StatusCode, request::Parts},
};

use crate::{auth::Principal, http::problem::Problem};

/// The result of authentication. The session middleware adds it to every request.
#[derive(Clone, Copy, Debug)]
pub enum Authentication {
    /// The request has no credentials.
    Anonymous,
    /// The credentials are valid.
    SignedIn(Principal),
    /// The credentials are valid, and the session may only set up the second factor that the service requires.
    Restricted(Principal),
    /// The credentials are invalid.
    Refused,
    /// The credentials could not be verified: the database is unavailable (503).
    Unavailable,
    /// The credentials could not be verified because of a bug (500).
    Failed,
}

impl Authentication {
    /// Valid credentials of this session.
    pub const fn of(principal: Principal) -> Self {
        if principal.is_restricted() { Self::Restricted(principal) } else { Self::SignedIn(principal) }
    }

    /// The signed-in user and session. `None` for a restricted session.
    pub const fn principal(self) -> Option<Principal> {
        match self {
            Self::SignedIn(principal) => Some(principal),
            Self::Anonymous | Self::Restricted(_) | Self::Refused | Self::Unavailable | Self::Failed => None,
        }
    }

    /// The user and the session of valid credentials, restricted or not: for signing out, and for setting up a second
    /// factor.
    pub const fn identity(self) -> Option<Principal> {
        match self {
            Self::SignedIn(principal) | Self::Restricted(principal) => Some(principal),
            Self::Anonymous | Self::Refused | Self::Unavailable | Self::Failed => None,
        }
    }

    /// The session, if it is restricted.
    pub const fn restricted(self) -> Option<Principal> {
        match self {
            Self::Restricted(principal) => Some(principal),
            _ => None,
        }
    }

    /// The status of a request whose credentials could not be verified.
    pub const fn failure(self) -> Option<StatusCode> {
        match self {
            Self::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
            Self::Failed => Some(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Anonymous | Self::SignedIn(_) | Self::Restricted(_) | Self::Refused => None,
        }
    }

    pub(super) fn require(self) -> Result<Principal, Problem> {
        match self {
            Self::SignedIn(principal) => Ok(principal),
            Self::Restricted(_) => Err(Problem::second_factor_required()),
            Self::Anonymous => Err(Problem::unauthenticated()),
            Self::Refused => Err(Problem::invalid_token()),
            Self::Unavailable => Err(Problem::unavailable()),
            Self::Failed => Err(Problem::internal()),
        }
    }
}

/// Required: without a signed-in user the answer is 401 (RFC 6750 §3).
impl<S: Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        authentication(parts).require()
    }
}

/// The result itself, for a route that a restricted session can use, or that treats it in a way of its own.
impl<S: Sync> FromRequestParts<S> for Authentication {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(authentication(parts))
    }
}

/// Optional: invalid credentials count as none, and so does a restricted session.
impl<S: Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(authentication(parts).principal())
    }
}

pub(crate) fn authentication(parts: &Parts) -> Authentication {
    parts.extensions.get().copied().unwrap_or(Authentication::Anonymous)
}
