//! `GET /sign-in`

use axum::{http::StatusCode, response::Response};

use super::return_to::ReturnTo;
use crate::{
    domain::{authentication::Assurance, form::FormKind},
    http::{
        step_up::RequiredSignIn,
        visitor::{Visitor, internal_error},
    },
    ui::pages::{sign_in::SignInPage, weak_sign_in::WeakSignInPage},
};

/// `GET /sign-in`. Redirects signed-in users, unless the page that they come from requires more than their sign-in: the
/// form asks for a more recent one, or for the second factor. If the account has none, signing in again makes no sign-in
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
    if let Some((session, user)) = &visitor.account {
        let (signed_in, email) = (session.authentication, user.email.clone());
        let is_strong = required.is_strong_enough(signed_in.assurance());
        if let Some(least) = required.assurance.filter(|_| !is_strong) {
            let factors = &visitor.state.auth.factors;
            let has_factor = factors.are_required(user.id).await.map_err(internal_error)?;
            if least > Assurance::Aal2 || !has_factor {
                return Ok(visitor.render(StatusCode::FORBIDDEN, WeakSignInPage { email, least }));
            }
        }
        let is_recent = required.is_recent_enough(Some(signed_in.time), visitor.state.auth.now());
        if is_strong && is_recent && !visitor.has_result_of(FormKind::SignIn) {
            return Ok(ReturnTo(next).redirect(&visitor.state.settings));
        }
        again = Some(email);
    }
    let accounts = &visitor.state.auth.accounts;
    let (sign_up, reset) = (again.is_none() && accounts.sign_up_is_open(), accounts.mail_is_offered());
    let by_mail = visitor.state.auth.sign_in.by_mail_is_offered();
    let passkeys = visitor.state.auth.factors.passkeys_are_offered();
    Ok(visitor.render(StatusCode::OK, SignInPage { next, again, sign_up, reset, by_mail, passkeys }))
}
