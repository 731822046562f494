//! `GET /sign-in`

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::return_to::ReturnTo;
use crate::{
    domain::{ReturnAddress, authentication::Assurance, form::FormKind},
    http::{
        step_up::{RequiredSignIn, set_up_address},
        visitor::{Visitor, internal_error},
    },
    ui::pages::{
        sign_in::{SignInAgain, SignInPage},
        weak_sign_in::WeakSignInPage,
    },
};

/// `GET /sign-in`. Redirects signed-in users, unless the page that they come from requires more than their sign-in: the
/// form asks for a more recent one, or for the second factor. A restricted session leads to the set-up, or signs in again
/// with the second factor that the user has set up in another session. If the account has none, signing in again makes no sign-in
/// stronger: the page says why (403) rather than redirecting between two pages without end.
pub async fn sign_in(
    visitor: Visitor,
    ReturnTo(next): ReturnTo,
    RequiredSignIn(required): RequiredSignIn,
) -> Result<Response, StatusCode> {
    let mut again = None;
    // On a trusted device, the sign-in would stay too weak.
    if required.assurance.is_some_and(|least| least > Assurance::Aal1) {
        visitor.drop_trust();
    }
    if let Some((_, user)) = &visitor.restricted {
        let has_factor = visitor.state.auth.factors.has_any(user.id).await.map_err(internal_error)?;
        if !has_factor && !visitor.has_result_of(FormKind::SignIn) {
            let next = next.as_ref().map(ReturnAddress::as_str);
            return Ok(Redirect::to(&set_up_address(next)).into_response());
        }
        again = Some(SignInAgain { email: user.email.clone(), needs_passkey: false });
    }
    let passkeys = visitor.state.auth.factors.passkeys_are_offered();
    if let Some((session, user)) = &visitor.account {
        let (signed_in, email) = (session.authentication, user.email.clone());
        let mut needs_passkey = false;
        let is_strong = required.is_strong_enough(signed_in.assurance());
        if let Some(least) = required.assurance.filter(|_| !is_strong) {
            let factors = &visitor.state.auth.factors;
            if !factors.can_reach(user.id, least).await.map_err(internal_error)? {
                return Ok(visitor.render(StatusCode::FORBIDDEN, WeakSignInPage { email, least, passkeys }));
            }
            // The password alone, even with a code, stays too weak.
            needs_passkey = least > Assurance::Aal2 || !factors.are_required(user.id).await.map_err(internal_error)?;
        }
        let is_recent = required.is_recent_enough(Some(signed_in.time), visitor.state.auth.now());
        if is_strong && is_recent && !visitor.has_result_of(FormKind::SignIn) {
            return Ok(ReturnTo(next).redirect(&visitor.state.settings));
        }
        again = Some(SignInAgain { email, needs_passkey });
    }
    let accounts = &visitor.state.auth.accounts;
    let (sign_up, reset) = (again.is_none() && accounts.sign_up_is_open(), accounts.mail_is_offered());
    let by_mail = visitor.state.auth.sign_in.by_mail_is_offered();
    Ok(visitor.render(StatusCode::OK, SignInPage { next, again, sign_up, reset, by_mail, passkeys }))
}
