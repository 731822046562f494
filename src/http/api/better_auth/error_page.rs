//! `GET /error`

mod codes;

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::Response,
};

use super::contract::ContractQuery;
use crate::{
    http::{state::AppState, visitor::Visitor},
    ui::pages::link_error::LinkErrorPage,
};

/// A page with the error's code, if it is a known one. Descriptions are not shown: any link could set them.
pub async fn show(State(state): State<AppState>, parts: Parts, query: ContractQuery) -> Response {
    let code = query.get("error").and_then(|code| code.as_str()).and_then(codes::known).unwrap_or("UNKNOWN");
    Visitor::or_anonymous(parts, &state).await.render(StatusCode::OK, LinkErrorPage { code })
}
