//! `GET /`

use axum::{http::StatusCode, response::Response};

use super::visitor::Visitor;
use crate::ui::pages::home::HomePage;

/// `GET /`
pub async fn home(visitor: Visitor) -> Response {
    let signed_in = visitor.account.is_some();
    visitor.render(StatusCode::OK, HomePage { signed_in })
}
