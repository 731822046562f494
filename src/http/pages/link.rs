//! Pages of links in messages: `GET /reset-password` and `GET /verify-email`.
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
    domain::{LinkPurpose, form::FormKind},
    http::visitor::{Visitor, internal_error},
    ui::pages::{
        new_password::{InvalidLinkPage, LinkProblem, NewPasswordPage},
        verify_email::VerifyEmailPage,
    },
};

/// A longer text is no secret of a link.
pub(super) const MAX_TOKEN: usize = 100;

/// The query of a link in a message.
#[derive(Default, Deserialize)]
pub(super) struct LinkQuery {
    pub(super) token: Option<String>,
}

/// `GET /reset-password`
pub async fn reset_password(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    show(visitor, &uri, LinkPurpose::ResetPassword, FormKind::PasswordReset).await
}

/// `GET /verify-email`. In another browser than that of the user, the page asks for a new password.
pub async fn verify_email(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    show(visitor, &uri, LinkPurpose::VerifyEmail, FormKind::EmailVerification).await
}

async fn show(visitor: Visitor, uri: &Uri, purpose: LinkPurpose, form: FormKind) -> Result<Response, StatusCode> {
    if let Some(redirect) = moved(&visitor, uri, form) {
        return Ok(redirect);
    }
    let accounts = &visitor.state.auth.accounts;
    let state = match visitor.link() {
        Some(token) => accounts.link_state(purpose, &token).await.map_err(internal_error)?,
        None => LinkState::Unknown,
    };
    let offered = accounts.mail_is_offered();
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

/// Moves the secret in the URL to a cookie, and redirects to the page of `form`. `None`: the URL has none.
pub(super) fn moved(visitor: &Visitor, uri: &Uri, form: FormKind) -> Option<Response> {
    let Query(query) = Query::<LinkQuery>::try_from_uri(uri).unwrap_or_default();
    let token = query.token?;
    visitor.keep_link(if token.len() <= MAX_TOKEN { &token } else { "" });
    Some(without_referrer(Redirect::to(form.page()).into_response()))
}

pub(super) fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
