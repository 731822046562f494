//! `GET /`

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    http::{step_up::set_up_address, visitor::Visitor},
    ui::pages::home::HomePage,
};

/// `GET /`. Redirects signed-in users to the home page, unless `/` itself is that page, and restricted sessions to the
/// set-up.
pub async fn home(visitor: Visitor) -> Response {
    let settings = &visitor.state.settings;
    let is_home = settings.pages.home.as_ref().is_some_and(|home| home.origin().is_none() && home.path() == "/");
    if visitor.account.is_some() && !is_home {
        return Redirect::to(settings.home()).into_response();
    }
    if visitor.restricted.is_some() {
        return Redirect::to(&set_up_address(None)).into_response();
    }
    let signed_in = visitor.account.is_some();
    let sign_up = visitor.state.auth.accounts.sign_up_is_open();
    visitor.render(StatusCode::OK, HomePage { signed_in, sign_up })
}
