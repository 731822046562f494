//! `GET /sign-up`

use axum::{http::StatusCode, response::Response};

use super::return_to::ReturnTo;
use crate::{
    http::visitor::Visitor,
    ui::pages::{sign_up::SignUpPage, sign_up_closed::SignUpClosedPage},
};

/// `GET /sign-up`. Redirects signed-in users.
pub async fn sign_up(visitor: Visitor, ReturnTo(next): ReturnTo) -> Response {
    if visitor.account.is_some() {
        return ReturnTo(next).redirect(&visitor.state.settings);
    }
    if !visitor.state.auth.accounts.sign_up_is_open() {
        return visitor.render(StatusCode::OK, SignUpClosedPage { next });
    }
    let rules = visitor.password_rules();
    let passkeys = visitor.state.auth.factors.passkeys_are_offered();
    visitor.render(StatusCode::OK, SignUpPage { next, passkeys, rules })
}
