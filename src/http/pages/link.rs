//! Pages of links in messages: `GET /reset-password`, `GET /verify-email` and `GET /delete-account`.
//!
//! Opening a link changes nothing, because mail scanners open links. The secret moves from the URL to a cookie at once:
//! histories, logs and other sites do not get it.

use axum::{
    extract::Query,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    auth::accounts::link::LinkState,
    domain::{LinkPurpose, form::FormKind, return_address::with_next},
    http::visitor::{Visitor, internal_error},
    ui::pages::{
        delete_account::{DeleteAccountPage, DeletionLinkProblem, InvalidDeletionLinkPage},
        new_password::{InvalidLinkPage, LinkProblem, NewPasswordPage},
        verify_email::VerifyEmailPage,
    },
};

/// A longer text is no secret of a link.
const MAX_TOKEN: usize = 100;

/// The query of a link in a message.
#[derive(Default, Deserialize)]
struct LinkQuery {
    token: Option<String>,
}

/// `GET /reset-password`
pub async fn reset_password(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    show(visitor, &uri, LinkPurpose::ResetPassword, FormKind::PasswordReset).await
}

/// `GET /verify-email`. In another browser than that of the user, the page asks for a new password.
pub async fn verify_email(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    show(visitor, &uri, LinkPurpose::VerifyEmail, FormKind::EmailVerification).await
}

/// `GET /delete-account`. Requires a session of the user: a message is no proof of identity alone.
pub async fn delete_account(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    let form = FormKind::LinkedDeletion;
    if let Some(redirect) = hide_token(&visitor, &uri, form) {
        return Ok(redirect);
    }
    let Some(signed_in) = visitor.account.as_ref().map(|(_, user)| user.id) else {
        return Ok(without_referrer(Redirect::to(&with_next("/sign-in", Some(form.page()))).into_response()));
    };
    let problem = match state_of_link(&visitor, LinkPurpose::DeleteAccount).await? {
        LinkState::Valid { user_id, email, label } if user_id == signed_in => {
            let page = DeleteAccountPage { email, label };
            return Ok(without_referrer(visitor.render(StatusCode::OK, page)));
        }
        LinkState::Valid { .. } => DeletionLinkProblem::Foreign,
        LinkState::Expired => DeletionLinkProblem::Expired,
        LinkState::Used | LinkState::Unknown => DeletionLinkProblem::Unknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, InvalidDeletionLinkPage { problem })))
}

/// Moves the secret from the URL to a cookie. `None`: the URL has none.
fn hide_token(visitor: &Visitor, uri: &Uri, form: FormKind) -> Option<Response> {
    let Query(query) = Query::<LinkQuery>::try_from_uri(uri).unwrap_or_default();
    let token = query.token?;
    let token = if token.len() <= MAX_TOKEN { token } else { String::new() };
    visitor.keep_link(&token);
    Some(without_referrer(Redirect::to(form.page()).into_response()))
}

/// The state of the link that the browser has opened.
async fn state_of_link(visitor: &Visitor, purpose: LinkPurpose) -> Result<LinkState, StatusCode> {
    match visitor.link() {
        Some(token) => visitor.state.auth.accounts.link_state(purpose, &token).await.map_err(internal_error),
        None => Ok(LinkState::Unknown),
    }
}

async fn show(visitor: Visitor, uri: &Uri, purpose: LinkPurpose, form: FormKind) -> Result<Response, StatusCode> {
    if let Some(redirect) = hide_token(&visitor, uri, form) {
        return Ok(redirect);
    }
    let state = state_of_link(&visitor, purpose).await?;
    let offered = visitor.state.auth.accounts.mail_is_offered();
    let problem = match state {
        LinkState::Valid { user_id, email, label } => {
            let is_own = visitor.known_user() == Some(user_id);
            let page = if purpose == LinkPurpose::VerifyEmail && is_own {
                visitor.render(StatusCode::OK, VerifyEmailPage { email, label })
            } else {
                let rules = visitor.password_rules();
                visitor.render(StatusCode::OK, NewPasswordPage { form, email, label, rules })
            };
            return Ok(without_referrer(page));
        }
        LinkState::Expired => LinkProblem::Expired,
        LinkState::Used => LinkProblem::Used,
        LinkState::Unknown => LinkProblem::Unknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, InvalidLinkPage { form, problem, offered })))
}

fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
