//! The query parameter `next` of the sign-up and sign-in pages.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    domain::ReturnAddress,
    http::state::{AppState, HttpSettings},
};

/// `?next=`: the address to redirect to after signing in. `None`: absent, malformed or on an untrusted origin.
pub struct ReturnTo(pub Option<ReturnAddress>);

#[derive(Default, Deserialize)]
struct NextQuery {
    #[serde(default)]
    next: String,
}

impl FromRequestParts<AppState> for ReturnTo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let Query(query) = Query::<NextQuery>::try_from_uri(&parts.uri).unwrap_or_default();
        Ok(Self(state.settings.return_address(&query.next)))
    }
}

impl ReturnTo {
    /// Redirects to the address, or to the home page.
    pub fn redirect(&self, settings: &HttpSettings) -> Response {
        Redirect::to(self.0.as_ref().map_or(settings.home(), ReturnAddress::as_str)).into_response()
    }
}
