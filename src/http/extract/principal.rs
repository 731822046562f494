//! What a route can demand: someone signed in, or the owner of what the path names.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams},
    http::request::Parts,
};
use std::{convert::Infallible, sync::Arc};

use crate::{
    auth::{Auth, Principal, Requester, Subject},
    domain::event::EventKind,
    http::problem::Problem,
};

/// What the request's credentials came to. Left in every request by the session middleware.
#[derive(Clone, Copy, Debug)]
pub enum Authentication {
    /// None were sent.
    Anonymous,
    /// They are good.
    SignedIn(Principal),
    /// They are not.
    Refused,
    /// They could not be judged: the database is out of reach.
    Unavailable,
}

impl Authentication {
    /// Who is signed in, if anybody.
    pub const fn principal(self) -> Option<Principal> {
        match self {
            Self::SignedIn(principal) => Some(principal),
            Self::Anonymous | Self::Refused | Self::Unavailable => None,
        }
    }

    fn require(self) -> Result<Principal, Problem> {
        match self {
            Self::SignedIn(principal) => Ok(principal),
            Self::Anonymous => Err(Problem::unauthenticated()),
            Self::Refused => Err(Problem::invalid_token()),
            Self::Unavailable => Err(Problem::unavailable()),
        }
    }
}

/// The route needs somebody signed in; without, it answers 401 (RFC 6750 §3).
impl<S: Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        authentication(parts).require()
    }
}

/// The route is open to all and shows more to somebody signed in.
impl<S: Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(authentication(parts).principal())
    }
}

pub(crate) fn authentication(parts: &Parts) -> Authentication {
    parts.extensions.get().copied().unwrap_or(Authentication::Anonymous)
}

/// Somebody signed in, and the `user_id` in the route's path is theirs. Any other id, of whatever
/// form, existing or not, answers the same 403.
#[derive(Clone, Copy, Debug)]
pub struct Owner(pub Principal);

impl<S> FromRequestParts<S> for Owner
where
    S: Send + Sync,
    Arc<Auth>: axum::extract::FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = authentication(parts).require()?;
        let own = principal.user_id.to_string();
        // A path that cannot be decoded is nobody's.
        let named = RawPathParams::from_request_parts(parts, state).await.ok();
        let matches = named.is_some_and(|params| params.iter().any(|(name, value)| name == "user_id" && value == own));
        if matches {
            return Ok(Self(principal));
        }
        let auth = <Arc<Auth> as axum::extract::FromRef<S>>::from_ref(state);
        let requester = parts.extensions.get::<Requester>().cloned().unwrap_or_default();
        auth.record(EventKind::AuthorizationFail, Subject::from(principal), &requester, Some("user_id")).await;
        Err(Problem::forbidden())
    }
}
