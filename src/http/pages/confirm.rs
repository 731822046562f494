//! `GET /account/confirm`

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::return_to::ReturnTo;
use crate::{
    auth::error::InternalError,
    domain::{form::FormKind, return_address::with_next},
    http::{
        session::confirmation::WaitingForm,
        visitor::{Visitor, internal_error},
    },
    ui::pages::confirm::ConfirmPage,
};

/// `GET /account/confirm`: the user confirms their identity, and the form that waits continues. With `next`, the user
/// continues at this address instead; a recent sign-in continues at once. Redirects if nothing waits.
pub async fn confirm(visitor: Visitor, ReturnTo(next): ReturnTo) -> Result<Response, StatusCode> {
    let auth = &visitor.state.auth;
    let Some((session, user)) = visitor.account.clone() else {
        return Ok(Redirect::to(&with_next("/sign-in", Some(&visitor.path))).into_response());
    };
    if let Some(next) = next {
        if auth.sessions.is_fresh(&session) {
            return Ok(ReturnTo(Some(next)).redirect(&visitor.state.settings));
        }
        let waiting = WaitingForm::new((user.id, session.id), FormKind::Confirmation, None, auth.now());
        let waiting = waiting.map_err(InternalError::from).map_err(internal_error)?;
        visitor.keep_confirmation(&waiting.then(next.as_str()));
        return Ok(Redirect::to(FormKind::Confirmation.page()).into_response());
    }
    let Some(waiting) = visitor.confirmation() else {
        return Ok(Redirect::to(FormKind::Password.page()).into_response());
    };
    let ways = auth.sign_in.confirmation_ways(&session).await.map_err(internal_error)?;
    let page = ConfirmPage {
        email: user.email.clone(),
        purpose: waiting.form,
        ways,
        is_code_sent: waiting.browser().is_some(),
        next: visitor.state.settings.return_address(&waiting.next),
        label: waiting.label,
    };
    Ok(visitor.render(StatusCode::OK, page))
}
