//! The extractor of every page handler.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use crate::{
    auth::{Requester, error::InternalError},
    domain::{session::Session, user::User},
    http::{
        extract::principal,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
    ui::components::password_field::PasswordRules,
};

/// A request for a page, signed in or not.
pub struct Visitor {
    pub(super) state: AppState,
    pub(super) jar: Option<CookieJar>,
    pub(super) requester: Requester,
    /// The signed-in user and the session.
    pub(super) account: Option<(Session, User)>,
    /// The path and query of the request.
    pub(super) path: String,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, StatusCode> {
        let authentication = principal::authentication(parts);
        if let Some(status) = authentication.failure() {
            return Err(status);
        }
        let mut visitor = Self::anonymous(parts, state);
        if let Some(principal) = authentication.principal() {
            visitor.account = state.auth.sessions.current(principal).await.map_err(internal_error)?;
            if let (None, Some(changes)) = (&visitor.account, parts.extensions.get::<ResponseChanges>()) {
                changes.end_session();
            }
        }
        Ok(visitor)
    }
}

impl Visitor {
    /// A request without a known user.
    pub(super) fn anonymous(parts: &Parts, state: &AppState) -> Self {
        Self {
            state: state.clone(),
            jar: parts.extensions.get().cloned(),
            requester: parts.extensions.get().cloned().unwrap_or_default(),
            account: None,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        }
    }

    /// The rules for a new password.
    pub(super) fn password_rules(&self) -> PasswordRules {
        let policy = self.state.auth.passwords.policy();
        PasswordRules { min_length: policy.min_length, composition: policy.composition }
    }
}

/// Logs the cause. The error middleware turns the status into a page.
pub(super) fn internal_error(error: InternalError) -> StatusCode {
    tracing::error!(%error, "a page could not be loaded");
    match error.unavailable() {
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        None => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
