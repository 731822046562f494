//! What a use case leaves for the browser: the middleware around every request turns it into cookies.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    auth::{sessions::token::SessionToken, sign_in::password::SignedIn, token::IssuedToken},
    domain::{form::FormState, session::CookieLifetime},
};

/// What is to happen to the browser's session cookies.
#[derive(Clone, Debug)]
pub enum SessionChange {
    /// Both tokens are new.
    Start {
        /// The token that renews.
        session: SessionToken,
        /// The token that opens routes.
        access: IssuedToken,
        /// The session's end, and whether the cookies outlive the browser's closing.
        lifetime: CookieLifetime,
    },
    /// Only the access token is new: somebody else's request has renewed the session.
    Refresh {
        /// The token that opens routes.
        access: IssuedToken,
        /// Whether the cookie outlives the browser's closing.
        lifetime: CookieLifetime,
    },
    /// The browser is to forget both.
    End,
}

/// A place in the request where use cases leave what the response is to carry. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ResponseChanges(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    session: Option<SessionChange>,
    form: Option<FormState>,
}

impl ResponseChanges {
    /// The browser is signed in.
    pub fn start_session(&self, signed_in: &SignedIn) {
        self.change_session(SessionChange::Start {
            session: signed_in.session_token.clone(),
            access: signed_in.access.clone(),
            lifetime: signed_in.session.cookie_lifetime(),
        });
    }

    /// The browser is signed out.
    pub fn end_session(&self) {
        self.change_session(SessionChange::End);
    }

    /// Sets what is to happen to the session cookies; the last word counts.
    pub fn change_session(&self, change: SessionChange) {
        self.contents().session = Some(change);
    }

    /// What the next page is to say about the form that was sent.
    pub fn show_form(&self, state: FormState) {
        self.contents().form = Some(state);
    }

    /// Takes what has been left for the session cookies.
    pub fn take_session(&self) -> Option<SessionChange> {
        self.contents().session.take()
    }

    /// Takes what has been left for the next page.
    pub fn take_form(&self) -> Option<FormState> {
        self.contents().form.take()
    }

    fn contents(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
