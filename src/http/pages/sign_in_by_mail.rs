//! Sign-in by mail: `GET /sign-in/email`, `GET /sign-in/code` and `GET /sign-in/link`. 404 if it is not offered.

use axum::{
    extract::Query,
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    link::{LinkQuery, MAX_TOKEN, without_referrer},
    not_found,
    return_to::ReturnTo,
};
use crate::{
    auth::sign_in::by_mail::SignInLink,
    domain::form::FormKind,
    http::visitor::{Visitor, internal_error},
    ui::pages::{
        email_sign_in::EmailSignInPage,
        new_password::LinkProblem,
        sign_in_code::SignInCodePage,
        sign_in_link::{InvalidSignInLinkPage, SignInLinkPage},
    },
};

/// `GET /sign-in/email`: asks for the address. Redirects signed-in users.
pub async fn email(visitor: Visitor, ReturnTo(next): ReturnTo) -> Response {
    if !visitor.state.auth.sign_in.by_mail_is_offered() {
        return not_found(visitor).await;
    }
    if visitor.account.is_some() && !visitor.has_result_of(FormKind::EmailSignIn) {
        return ReturnTo(next).redirect(&visitor.state.settings);
    }
    let sign_up = visitor.state.auth.accounts.sign_up_is_open();
    visitor.render(StatusCode::OK, EmailSignInPage { next, sign_up })
}

/// `GET /sign-in/code`: the form for the code. Redirects users who have signed in since they asked for the message, and
/// browsers that asked for none.
pub async fn code(visitor: Visitor) -> Response {
    if !visitor.state.auth.sign_in.by_mail_is_offered() {
        return not_found(visitor).await;
    }
    let Some(requested) = visitor.mail_request() else {
        return Redirect::to(FormKind::EmailSignIn.page()).into_response();
    };
    let next = visitor.state.settings.return_address(&requested.next);
    if visitor.account.as_ref().is_some_and(|(session, _)| session.authentication.time >= requested.at()) {
        return ReturnTo(next).redirect(&visitor.state.settings);
    }
    let (email, remember) = (requested.email, requested.remember);
    visitor.render(StatusCode::OK, SignInCodePage { email, next, remember })
}

/// `GET /sign-in/link`: opening it changes nothing. The secret moves from the URL to a cookie at once.
pub async fn link(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    if !visitor.state.auth.sign_in.by_mail_is_offered() {
        return Ok(not_found(visitor).await);
    }
    let Query(query) = Query::<LinkQuery>::try_from_uri(&uri).unwrap_or_default();
    if let Some(token) = query.token {
        visitor.keep_link(if token.len() <= MAX_TOKEN { &token } else { "" });
        return Ok(without_referrer(Redirect::to(FormKind::SignInLink.page()).into_response()));
    }
    let browser = visitor.mail_request().and_then(|requested| requested.browser());
    let token = visitor.link().unwrap_or_default();
    let problem = match visitor.state.auth.sign_in.link(&token, browser.as_ref()).await.map_err(internal_error)? {
        SignInLink::Valid(link) => {
            let next = link.sign_in.return_to.and_then(|next| visitor.state.settings.return_address(&next));
            let page = SignInLinkPage {
                email: link.sign_in.email,
                label: link.label,
                next,
                is_own_browser: link.is_own_browser,
            };
            return Ok(without_referrer(visitor.render(StatusCode::OK, page)));
        }
        SignInLink::Expired => LinkProblem::Expired,
        SignInLink::Used => LinkProblem::Used,
        SignInLink::Unknown => LinkProblem::Unknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, InvalidSignInLinkPage { problem })))
}
