//! The extractor of every page handler, and the response that shows a page.

mod render;

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use crate::{
    auth::{Requester, error::InternalError, password::policy::PasswordCheck},
    domain::{UserId, form::FormKind, session::Session, user::User},
    http::{
        extract::principal,
        session::{
            changes::ResponseChanges, confirmation::WaitingForm, cookies::CookieJar, mail_request::MailRequested,
            second_step::WaitingSignIn,
        },
        state::AppState,
    },
    ui::components::password_field::PasswordRules,
};

/// A request for a page, signed in or not.
pub struct Visitor {
    /// The router's state.
    pub state: AppState,
    jar: Option<CookieJar>,
    /// The client.
    pub requester: Requester,
    /// The signed-in user and the session.
    pub account: Option<(Session, Arc<User>)>,
    /// The path and query of the request.
    pub path: String,
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
    /// A request for an error page, which is also shown while the database is unavailable.
    pub async fn or_anonymous(mut parts: Parts, state: &AppState) -> Self {
        match Self::from_request_parts(&mut parts, state).await {
            Ok(visitor) => visitor,
            Err(_) => Self::anonymous(&parts, state),
        }
    }

    /// A request without a known user.
    pub fn anonymous(parts: &Parts, state: &AppState) -> Self {
        Self {
            state: state.clone(),
            jar: parts.extensions.get().cloned(),
            requester: parts.extensions.get().cloned().unwrap_or_default(),
            account: None,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        }
    }

    /// Keeps the secret of a link for the form on its page.
    pub fn keep_link(&self, token: &str) {
        if let Some(jar) = &self.jar {
            jar.keep_link(token, &self.state.settings.form_key);
        }
    }

    /// The secret of the link that was opened last.
    pub fn link(&self) -> Option<String> {
        self.jar.as_ref()?.link(&self.state.settings.form_key)
    }

    /// The request of this browser for a message with a code.
    pub fn mail_request(&self) -> Option<MailRequested> {
        self.jar.as_ref()?.mail_request(&self.state.settings.form_key)
    }

    /// Forgets in this browser that the user trusts it. The next sign-in asks for the second factor.
    pub fn drop_trust(&self) {
        if let Some(jar) = &self.jar {
            jar.drop_trust();
        }
    }

    /// The sign-in that waits for the second factor in this browser.
    pub fn second_step(&self) -> Option<WaitingSignIn> {
        self.jar.as_ref()?.second_step(&self.state.settings.form_key)
    }

    /// The form that waits until the user of this session has confirmed their identity.
    pub fn confirmation(&self) -> Option<WaitingForm> {
        let (session, _) = self.account.as_ref()?;
        let waiting = self.jar.as_ref()?.confirmation(&self.state.settings.form_key)?;
        waiting.is_of(session.user_id, session.id, self.state.auth.now()).then_some(waiting)
    }

    /// Keeps where the user continues after confirming their identity.
    pub fn keep_confirmation(&self, waiting: &WaitingForm) {
        if let Some(jar) = &self.jar {
            jar.keep_confirmation(waiting, &self.state.settings.form_key);
        }
    }

    /// The user whose browser this is: signed in, or known by the sign-up or the password that was sent before the
    /// address was verified.
    pub fn known_user(&self) -> Option<UserId> {
        let unverified = || self.jar.as_ref()?.unverified(&self.state.settings.form_key);
        self.account.as_ref().map(|(_, user)| user.id).or_else(unverified)
    }

    /// Whether the page depends on nothing but its address: the visitor is not signed in and has sent no form.
    pub fn is_unknown(&self) -> bool {
        self.account.is_none() && self.jar.as_ref().is_none_or(|jar| !jar.has_form())
    }

    /// Whether the page of `form` shows why it was rejected, or values to fill in.
    pub fn has_result_of(&self, form: FormKind) -> bool {
        let waiting = || self.jar.as_ref()?.waiting_form(&self.state.settings.form_key);
        waiting().is_some_and(|state| state.rejected(form).is_some())
    }

    /// The rules for a new password.
    pub fn password_rules(&self) -> PasswordRules {
        let policy = self.state.auth.passwords.policy();
        PasswordRules {
            min_length: policy.min_length,
            composition: policy.composition,
            strong: policy.check == PasswordCheck::Strong,
        }
    }
}

/// Logs the cause. The error middleware turns the status into a page.
pub fn internal_error(error: InternalError) -> StatusCode {
    tracing::error!(%error, "a page could not be loaded");
    match error.unavailable() {
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        None => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
