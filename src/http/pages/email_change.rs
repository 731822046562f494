//! Pages of the links that change the e-mail address and undo the change: `GET /change-email` and
//! `GET /undo-email-change`. As for all links in messages, opening one changes nothing.

use axum::{
    http::{StatusCode, Uri},
    response::Response,
};

use super::link::{moved, without_referrer};
use crate::{
    auth::accounts::{change_email::ChangeLink, link::LinkState},
    domain::form::FormKind,
    http::visitor::{Visitor, internal_error},
    ui::pages::{change_email::ChangeEmailPage, link_notice::LinkNoticePage, new_password::NewPasswordPage},
};

/// `GET /change-email`. Only the user who asked for the change gets the button: the holder of the new mailbox alone has
/// no right to the account.
pub async fn change(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    if let Some(redirect) = moved(&visitor, &uri, FormKind::EmailConfirmation) {
        return Ok(redirect);
    }
    let link = match visitor.link() {
        Some(token) => visitor.state.auth.accounts.change_link(&token).await.map_err(internal_error)?,
        None => ChangeLink::Unknown,
    };
    let notice = match link {
        ChangeLink::Valid { user_id, email, label } => match visitor.account.clone() {
            Some((_, user)) if user.id == user_id => {
                let page = ChangeEmailPage { from: user.email.clone(), to: email, label };
                return Ok(without_referrer(visitor.render(StatusCode::OK, page)));
            }
            Some(_) => LinkNoticePage::AnotherUser,
            None => LinkNoticePage::SignInFirst,
        },
        ChangeLink::Taken => LinkNoticePage::Taken,
        ChangeLink::Expired => LinkNoticePage::ChangeExpired,
        ChangeLink::Used => LinkNoticePage::ChangeUsed,
        ChangeLink::Unknown => LinkNoticePage::ChangeUnknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, notice)))
}

/// `GET /undo-email-change`. Needs no session: the person who changed the address may have ended it.
pub async fn undo(visitor: Visitor, uri: Uri) -> Result<Response, StatusCode> {
    let form = FormKind::EmailUndo;
    if let Some(redirect) = moved(&visitor, &uri, form) {
        return Ok(redirect);
    }
    let link = match visitor.link() {
        Some(token) => visitor.state.auth.accounts.undo_link(&token).await.map_err(internal_error)?,
        None => LinkState::Unknown,
    };
    let notice = match link {
        LinkState::Valid { email, label, .. } => {
            let rules = visitor.password_rules();
            let page = NewPasswordPage { form, email, label, rules };
            return Ok(without_referrer(visitor.render(StatusCode::OK, page)));
        }
        LinkState::Expired => LinkNoticePage::UndoExpired,
        LinkState::Used => LinkNoticePage::UndoUsed,
        LinkState::Unknown => LinkNoticePage::UndoUnknown,
    };
    Ok(without_referrer(visitor.render(StatusCode::OK, notice)))
}
