//! The second step of a sign-in: `GET /sign-in/second-step` and `GET /sign-in/recovery-code`.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    domain::form::FormKind,
    http::visitor::{Visitor, internal_error},
    ui::pages::second_step::{RecoveryStepPage, SecondStepPage},
};

/// `GET /sign-in/second-step`: the form for the code of an authenticator app. Redirects browsers in which no sign-in
/// waits.
pub async fn totp(visitor: Visitor) -> Result<Response, StatusCode> {
    let Some(next) = next_of(&visitor).await? else { return Ok(begin_again()) };
    let next = visitor.state.settings.return_address(&next);
    let trust_days = visitor.state.auth.factors.trust_days();
    Ok(visitor.render(StatusCode::OK, SecondStepPage { next, trust_days }))
}

/// `GET /sign-in/recovery-code`: the form for a recovery code.
pub async fn recovery(visitor: Visitor) -> Result<Response, StatusCode> {
    let Some(next) = next_of(&visitor).await? else { return Ok(begin_again()) };
    let next = visitor.state.settings.return_address(&next);
    Ok(visitor.render(StatusCode::OK, RecoveryStepPage { next }))
}

/// Where the user of the waiting sign-in continues. `None`: no sign-in waits.
async fn next_of(visitor: &Visitor) -> Result<Option<String>, StatusCode> {
    let Some(waiting) = visitor.second_step() else { return Ok(None) };
    let Some(pending) = waiting.pending() else { return Ok(None) };
    let is_pending = visitor.state.auth.sign_in.is_pending(&pending).await.map_err(internal_error)?;
    Ok(is_pending.then_some(waiting.next))
}

fn begin_again() -> Response {
    Redirect::to(FormKind::SignIn.page()).into_response()
}
