//! `GET /reset-password`

use axum::{
    extract::Query,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    auth::accounts::reset_password::LinkState,
    http::visitor::{Visitor, internal_error},
    ui::pages::reset_password::{InvalidLinkPage, LinkProblem, ResetPasswordPage},
};

/// A longer text is no secret of a link.
const MAX_TOKEN: usize = 100;

/// The query of a link in a message.
#[derive(Default, Deserialize)]
struct LinkQuery {
    token: Option<String>,
}

/// `GET /reset-password`. A link in a message leads here. Opening it changes nothing, because mail scanners open links.
/// The secret moves from the URL to a cookie at once: histories, logs and other sites do not get it.
pub async fn reset_password(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    let Query(query) = Query::<LinkQuery>::try_from_uri(&uri).unwrap_or_default();
    if let Some(token) = query.token {
        let token = if token.len() <= MAX_TOKEN { token } else { String::new() };
        visitor.keep_link(&token);
        return Ok(without_referrer(Redirect::to("/reset-password").into_response()));
    }
    let accounts = &visitor.state.auth.accounts;
    let state = match visitor.link() {
        Some(token) => accounts.reset_link(&token).await.map_err(internal_error)?,
        None => LinkState::Unknown,
    };
    let offered = accounts.reset_is_offered();
    let problem = match state {
        LinkState::Valid { email, label } => {
            let rules = visitor.password_rules();
            let page = visitor.render(StatusCode::OK, ResetPasswordPage { email, label, rules });
            return Ok(without_referrer(page));
        }
        LinkState::Expired => LinkProblem::Expired,
        LinkState::Used => LinkProblem::Used,
        LinkState::Unknown => LinkProblem::Unknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, InvalidLinkPage { problem, offered })))
}

fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
