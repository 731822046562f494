//! The second step of a sign-in: `GET /sign-in/second-step` and `GET /sign-in/recovery-code`.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    auth::sign_in::SecondStepWays,
    domain::form::FormKind,
    http::visitor::{Visitor, internal_error},
    ui::pages::second_step::{RecoveryStepPage, SecondStepPage},
};

/// `GET /sign-in/second-step`: the form for the code of an authenticator app, or for a passkey. Redirects browsers in
/// which no sign-in waits.
pub async fn second_step(visitor: Visitor) -> Result<Response, StatusCode> {
    let Some((next, ways)) = waiting(&visitor).await? else { return Ok(begin_again()) };
    let next = visitor.state.settings.return_address(&next);
    let trust_days = visitor.state.auth.factors.trust_days();
    let SecondStepWays { totp, passkey } = ways;
    Ok(visitor.render(StatusCode::OK, SecondStepPage { next, trust_days, code: totp, passkey }))
}

/// `GET /sign-in/recovery-code`: the form for a recovery code.
pub async fn recovery(visitor: Visitor) -> Result<Response, StatusCode> {
    let Some((next, _)) = waiting(&visitor).await? else { return Ok(begin_again()) };
    let next = visitor.state.settings.return_address(&next);
    Ok(visitor.render(StatusCode::OK, RecoveryStepPage { next }))
}

/// Where the user of the waiting sign-in continues, and how to complete it. `None`: no sign-in waits.
async fn waiting(visitor: &Visitor) -> Result<Option<(String, SecondStepWays)>, StatusCode> {
    let Some(waiting) = visitor.second_step() else { return Ok(None) };
    let Some(pending) = waiting.pending() else { return Ok(None) };
    let ways = visitor.state.auth.sign_in.second_step_ways(&pending).await.map_err(internal_error)?;
    Ok(ways.map(|ways| (waiting.next, ways)))
}

fn begin_again() -> Response {
    Redirect::to(FormKind::SignIn.page()).into_response()
}
