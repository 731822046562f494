//! Requires a session that has not ended.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
    response::IntoResponse,
};

use super::principal::authentication;
use crate::{
    auth::{Auth, Principal, error::InternalError},
    domain::{session::Session, user::User},
};

/// The session of the request's credentials, read from the database. `E` is the error of the route.
pub struct ActiveSession<E> {
    /// The session's user and id.
    pub principal: Principal,
    /// The session.
    pub session: Session,
    /// The session's user.
    pub user: Arc<User>,
    error: PhantomData<E>,
}

/// Why a request has no active session.
pub enum SessionError {
    /// The request has no valid credentials, or the session has ended.
    Missing,
    /// The session may only set up the second factor that the service requires.
    Restricted,
    /// The session could not be read.
    Internal(InternalError),
}

impl<S, E> FromRequestParts<S> for ActiveSession<E>
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
    E: From<SessionError> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        let authentication = authentication(parts);
        if authentication.restricted().is_some() {
            return Err(SessionError::Restricted.into());
        }
        Self::of(authentication.principal(), &Arc::<Auth>::from_ref(state)).await
    }
}

impl<E: From<SessionError>> ActiveSession<E> {
    async fn of(principal: Option<Principal>, auth: &Auth) -> Result<Self, E> {
        let principal = principal.ok_or(SessionError::Missing)?;
        let current = auth.sessions.current(principal).await.map_err(SessionError::Internal)?;
        let (session, user) = current.ok_or(SessionError::Missing)?;
        Ok(Self { principal, session, user, error: PhantomData })
    }
}

/// A session that has not ended, restricted or not: for the routes that set up a second factor.
pub struct SetUpSession<E>(pub ActiveSession<E>);

impl<S, E> FromRequestParts<S> for SetUpSession<E>
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
    E: From<SessionError> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        ActiveSession::of(authentication(parts).identity(), &Arc::<Auth>::from_ref(state)).await.map(Self)
    }
}
