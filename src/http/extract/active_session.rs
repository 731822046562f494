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
        let auth = Arc::<Auth>::from_ref(state);
        let principal = authentication(parts).principal().ok_or(SessionError::Missing)?;
        let current = auth.sessions.current(principal).await.map_err(SessionError::Internal)?;
        let (session, user) = current.ok_or(SessionError::Missing)?;
        Ok(Self { principal, session, user, error: PhantomData })
    }
}
