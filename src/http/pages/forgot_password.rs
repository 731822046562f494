//! `GET /forgot-password`

use axum::{http::StatusCode, response::Response};

use crate::{
    http::{pages::not_found, visitor::Visitor},
    ui::pages::forgot_password::ForgotPasswordPage,
};

/// `GET /forgot-password`. 404 if the service sends no mail.
pub async fn forgot_password(visitor: Visitor) -> Response {
    if !visitor.state.auth.accounts.mail_is_offered() {
        return not_found(visitor).await;
    }
    visitor.render(StatusCode::OK, ForgotPasswordPage)
}
