//! `GET /`

use axum::{http::StatusCode, response::Response};

use super::visitor::Visitor;
use crate::ui::pages::home::HomePage;

/// `GET /`
pub async fn home(visitor: Visitor) -> Response {
    let signed_in = visitor.account.is_some();
    let sign_up = visitor.state.auth.accounts.sign_up_is_open();
    visitor.render(StatusCode::OK, HomePage { signed_in, sign_up })
}
