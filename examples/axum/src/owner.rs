//! Authorizes requests for `/api/{user_id}/…`.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts, Path},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use crate::{
    step_up::StepUp,
    verifier::{Claims, TokenError, Verifier},
};

/// The user id from the path. The request has a valid access token of this user.
pub struct Owner(pub String);

/// The claims of a valid access token of the user in the path.
pub struct OwnerClaims(pub Claims);

/// Why a request is refused.
pub enum Refusal {
    /// 401: no access token.
    NoToken,
    /// 401: the access token is invalid.
    InvalidToken,
    /// 403: the access token is another user's.
    WrongUser,
    /// 401: the sign-in is too weak or too old.
    Insufficient(StepUp),
    /// 503: Latchkey's keys are not available.
    Unavailable,
}

impl<S: Send + Sync> FromRequestParts<S> for OwnerClaims
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let claims = Arc::<Verifier>::from_ref(state).verify(bearer_token(&parts.headers)?).await?;
        let Path(path) =
            Path::<HashMap<String, String>>::from_request_parts(parts, state).await.map_err(|_| Refusal::WrongUser)?;
        if path.get("user_id") != Some(&claims.sub) {
            return Err(Refusal::WrongUser);
        }
        Ok(Self(claims))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Owner
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let OwnerClaims(claims) = OwnerClaims::from_request_parts(parts, state).await?;
        Ok(Self(claims.sub))
    }
}

/// The token of the only `Authorization: Bearer` header.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    if values.next().is_some() { Err(Refusal::InvalidToken) } else { Ok(token.trim_start()) }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::InvalidToken,
            TokenError::KeysUnavailable => Self::Unavailable,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let challenge = |value| [(header::WWW_AUTHENTICATE, value)];
        match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, challenge("Bearer"), "Sign in first").into_response(),
            Self::InvalidToken => {
                (StatusCode::UNAUTHORIZED, challenge("Bearer error=\"invalid_token\""), "The access token is not valid")
                    .into_response()
            }
            Self::Insufficient(required) => {
                let challenge = [(header::WWW_AUTHENTICATE, required.challenge())];
                (StatusCode::UNAUTHORIZED, challenge, "Sign in again").into_response()
            }
            Self::WrongUser => (StatusCode::FORBIDDEN, "This belongs to another user").into_response(),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], "Tokens cannot be checked now")
                    .into_response()
            }
        }
    }
}
