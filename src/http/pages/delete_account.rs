//! `GET /delete-account`: the page of a link that deletes an account. Opening it changes nothing.

use axum::{
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};

use super::link::{moved, without_referrer};
use crate::{
    auth::accounts::link::LinkState,
    domain::{LinkPurpose, form::FormKind, return_address::with_next},
    http::visitor::{Visitor, internal_error},
    ui::pages::delete_account::{DeleteAccountPage, DeletionLinkProblem, InvalidDeletionLinkPage},
};

/// `GET /delete-account`. Requires a session of the user: a message alone deletes no account.
pub async fn delete_account(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    let form = FormKind::LinkedDeletion;
    if let Some(redirect) = moved(&visitor, &uri, form) {
        return Ok(redirect);
    }
    let Some(signed_in) = visitor.account.as_ref().map(|(_, user)| user.id) else {
        return Ok(without_referrer(Redirect::to(&with_next("/sign-in", Some(form.page()))).into_response()));
    };
    let accounts = &visitor.state.auth.accounts;
    let state = match visitor.link() {
        Some(token) => accounts.link_state(LinkPurpose::DeleteAccount, &token).await.map_err(internal_error)?,
        None => LinkState::Unknown,
    };
    let problem = match state {
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
