//! `GET /sign-in/set-up`: the set-up of the second factor that the service requires.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::return_to::ReturnTo;
use crate::{
    domain::{
        ReturnAddress,
        authentication::{Assurance, AuthRequirement},
        return_address::with_next,
    },
    http::{
        step_up::sign_in_address,
        visitor::{Visitor, internal_error},
    },
    ui::pages::required_set_up::{RequiredSetUpPage, SetUpStep},
};

/// `GET /sign-in/set-up`. The only page of a restricted session. Redirects all others: a signed-in user continues at
/// `next`.
pub async fn required_set_up(mut visitor: Visitor, ReturnTo(next): ReturnTo) -> Result<Response, StatusCode> {
    let address = next.as_ref().map(ReturnAddress::as_str);
    let Some((session, user)) = visitor.restricted.take() else {
        return Ok(match visitor.account {
            Some(_) => ReturnTo(next).redirect(&visitor.state.settings),
            None => Redirect::to(&with_next("/sign-in", address)).into_response(),
        });
    };
    let auth = &visitor.state.auth;
    if auth.factors.has_any(user.id).await.map_err(internal_error)? {
        // Set up in another session: signing in again asks for it.
        let required = AuthRequirement { assurance: Some(Assurance::Aal2), max_age: None };
        return Ok(Redirect::to(&sign_in_address(required, address)).into_response());
    }
    let step = match auth.factors.totp_set_up(&session, &user).await.map_err(internal_error)? {
        Some(key) => SetUpStep::Confirm(key),
        None => SetUpStep::Begin {
            step_up: auth.sign_in.step_up(&session).await.map_err(internal_error)?,
            passkeys: auth.factors.passkeys_are_offered(),
        },
    };
    let page = RequiredSetUpPage { email: user.email.clone(), step, next };
    // The header offers to sign out.
    visitor.account = Some((session, user));
    Ok(visitor.render(StatusCode::OK, page))
}
