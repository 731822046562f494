//! Requires a session whose user signed in recently.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
    response::IntoResponse,
};

use super::active_session::{ActiveSession, SessionError, SetUpSession};
use crate::auth::{Auth, Principal};

/// A session whose user signed in within `LATCHKEY_FRESH`. `E` is the error of the route.
pub struct FreshSession<E> {
    /// The session's user and id.
    pub principal: Principal,
    error: PhantomData<E>,
}

/// The session is active, but its sign-in is too old.
pub struct StaleSession;

impl<S, E> FromRequestParts<S> for FreshSession<E>
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
    E: From<SessionError> + From<StaleSession> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        let session = ActiveSession::<E>::from_request_parts(parts, state).await?;
        Self::of(&session, &Arc::<Auth>::from_ref(state))
    }
}

impl<E: From<StaleSession>> FreshSession<E> {
    fn of(session: &ActiveSession<E>, auth: &Auth) -> Result<Self, E> {
        if auth.sessions.is_fresh(&session.session) {
            Ok(Self { principal: session.principal, error: PhantomData })
        } else {
            Err(StaleSession.into())
        }
    }
}

/// As [`FreshSession`], restricted or not: for the routes that set up a second factor.
pub struct FreshSetUpSession<E>(pub FreshSession<E>);

impl<S, E> FromRequestParts<S> for FreshSetUpSession<E>
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
    E: From<SessionError> + From<StaleSession> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        let SetUpSession(session) = SetUpSession::<E>::from_request_parts(parts, state).await?;
        FreshSession::of(&session, &Arc::<Auth>::from_ref(state)).map(Self)
    }
}
