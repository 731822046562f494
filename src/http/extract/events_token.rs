//! A backend that may read the user events.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::bearer::Bearer;
use crate::{
    auth::{Requester, audit::CredentialRejection},
    http::{problem::Problem, route_error::route_errors, state::AppState},
};

/// The request has one of the tokens of `LATCHKEY_EVENTS_TOKEN`.
pub struct EventsToken;

route_errors! {
    /// Errors of a route that requires the token.
    pub enum EventsTokenError: Problem {
        /// Without a configured token the route does not exist.
        NotConfigured => Problem::not_found(),
        Missing => Problem::unauthenticated(),
        Invalid => Problem::invalid_token(),
    }
}

impl FromRequestParts<AppState> for EventsToken {
    type Rejection = EventsTokenError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, EventsTokenError> {
        let tokens = &state.settings.events_tokens;
        if tokens.is_empty() {
            return Err(EventsTokenError::NotConfigured);
        }
        match Bearer::of(&parts.headers) {
            Bearer::Absent | Bearer::OtherScheme => Err(EventsTokenError::Missing),
            Bearer::Token(presented) if tokens.iter().any(|token| token.matches(presented.as_bytes())) => Ok(Self),
            Bearer::Token(_) | Bearer::Malformed => {
                let requester = parts.extensions.get::<Requester>().cloned().unwrap_or_default();
                state.auth.audit.credential_rejected(CredentialRejection::NotAnEventsToken, &requester);
                Err(EventsTokenError::Invalid)
            }
        }
    }
}
