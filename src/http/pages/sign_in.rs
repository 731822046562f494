//! `GET /sign-in`

use axum::{http::StatusCode, response::Response};

use super::return_to::ReturnTo;
use crate::{http::visitor::Visitor, ui::pages::sign_in::SignInPage};

/// `GET /sign-in`. Redirects signed-in users.
pub async fn sign_in(visitor: Visitor, ReturnTo(next): ReturnTo) -> Response {
    if visitor.account.is_some() {
        return ReturnTo(next).redirect(&visitor.state.settings);
    }
    let accounts = &visitor.state.auth.accounts;
    let (sign_up, reset) = (accounts.sign_up_is_open(), accounts.mail_is_offered());
    let by_mail = visitor.state.auth.sign_in.by_mail_is_offered();
    visitor.render(StatusCode::OK, SignInPage { next, sign_up, reset, by_mail })
}
