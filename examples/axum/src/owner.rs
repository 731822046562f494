//! The user whose data the path names, as a handler's argument.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts, Path},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use crate::verifier::{BadToken, Verifier};

/// The id in the path's `{user_id}`: the request came with a good access token of that very user.
pub struct Owner(pub String);

/// Why a request does not pass.
pub enum Refusal {
    /// 401: no access token was sent.
    NoToken,
    /// 401: one was sent, and it is not good.
    InvalidToken,
    /// 403: it is good, and somebody else's.
    NotYours,
    /// 503: nobody can say, for want of Latchkey's keys.
    Unavailable,
}

impl<S: Send + Sync> FromRequestParts<S> for Owner
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let claims = Arc::<Verifier>::from_ref(state).verify(bearer_token(&parts.headers)?).await?;
        let Path(path) =
            Path::<HashMap<String, String>>::from_request_parts(parts, state).await.map_err(|_| Refusal::NotYours)?;
        if path.get("user_id") != Some(&claims.sub) {
            return Err(Refusal::NotYours);
        }
        Ok(Self(claims.sub))
    }
}

/// The one token of the one `Authorization: Bearer` header.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    if values.next().is_some() { Err(Refusal::InvalidToken) } else { Ok(token.trim_start()) }
}

impl From<BadToken> for Refusal {
    fn from(bad: BadToken) -> Self {
        match bad {
            BadToken::Invalid => Self::InvalidToken,
            BadToken::KeysUnavailable => Self::Unavailable,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let challenge = |how| [(header::WWW_AUTHENTICATE, how)];
        match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, challenge("Bearer"), "Sign in first").into_response(),
            Self::InvalidToken => {
                (StatusCode::UNAUTHORIZED, challenge("Bearer error=\"invalid_token\""), "The access token is not valid")
                    .into_response()
            }
            Self::NotYours => (StatusCode::FORBIDDEN, "This belongs to another user").into_response(),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], "Tokens cannot be checked now")
                    .into_response()
            }
        }
    }
}
