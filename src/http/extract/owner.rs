//! The signed-in user as the owner of the path's resource.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};

use super::principal::authentication;
use crate::{
    auth::{Auth, Principal, Requester, audit::EventDetail},
    domain::event::EventKind,
    http::problem::Problem,
};

/// The principal, if the path's `user_id` is their own. Any other id gets the same 403, whether a user
/// has it or not.
#[derive(Clone, Copy, Debug)]
pub struct Owner(pub Principal);

impl<S> FromRequestParts<S> for Owner
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = authentication(parts).require()?;
        let own_id = principal.user_id().to_string();
        // A path that cannot be decoded matches no user.
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let is_owner = params.is_some_and(|params| params.iter().any(|(name, id)| name == "user_id" && id == own_id));
        if is_owner {
            return Ok(Self(principal));
        }
        let auth = Arc::<Auth>::from_ref(state);
        let Ok(requester) = Requester::from_request_parts(parts, state).await;
        auth.audit.record(EventKind::AuthorizationFail, principal, &requester, EventDetail::UserId);
        Err(Problem::forbidden())
    }
}
