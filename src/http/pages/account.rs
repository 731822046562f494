//! `GET /account`

use axum::{
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::visitor::{Visitor, internal_error};
use crate::{
    auth::error::InternalError,
    domain::{return_address::with_next, session::Session, user::User},
    ui::pages::account::AccountPage,
};

/// Entries of the security log per page.
const EVENTS: u8 = 20;

/// The cursor of the security log: shows entries older than this one.
#[derive(Debug, Default, Deserialize)]
pub struct EventsQuery {
    before: Option<i64>,
}

/// `GET /account`. Redirects to the sign-in page without a session.
pub async fn account(visitor: Visitor, query: Result<Query<EventsQuery>, QueryRejection>) -> Response {
    let Some((session, user)) = visitor.account.clone() else {
        return Redirect::to(&with_next("/sign-in", Some(&visitor.path))).into_response();
    };
    let before = query.ok().and_then(|query| query.before);
    match load(&visitor, session, user, before).await {
        Ok(page) => visitor.render(StatusCode::OK, page),
        Err(error) => internal_error(error).into_response(),
    }
}

async fn load(
    visitor: &Visitor,
    session: Session,
    user: User,
    before: Option<i64>,
) -> Result<AccountPage, InternalError> {
    let auth = &visitor.state.auth;
    let sessions = auth.sessions.list(user.id).await?;
    let log = auth.audit.notable_events(user.id, before, EVENTS).await?;
    Ok(AccountPage {
        user,
        current: session.id,
        sessions,
        events: log.events,
        has_newer_events: before.is_some(),
        older_events: log.next,
        rules: visitor.password_rules(),
        now: auth.now(),
    })
}
