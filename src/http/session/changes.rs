//! Cookie changes that a handler requests. The session middleware applies them to the response.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    auth::{
        requester::DeviceCookie,
        sessions::{renew::Renewal, token::SessionToken},
        sign_in::{SignedIn, reauthenticate::Reauthenticated},
        token::IssuedToken,
    },
    domain::{UserId, form::FormState, session::CookieLifetime},
};

/// A change of the session cookies.
#[derive(Clone, Debug)]
pub enum SessionChange {
    /// Set both tokens.
    Start {
        /// The session token.
        session: SessionToken,
        /// The access token.
        access: IssuedToken,
        /// The lifetime of both cookies.
        lifetime: CookieLifetime,
    },
    /// Set only the access token: a concurrent request receives the next session token.
    Refresh {
        /// The access token.
        access: IssuedToken,
        /// The lifetime of its cookie.
        lifetime: CookieLifetime,
    },
    /// Clear both.
    End,
}

/// The changes of one response. An extension of the request; clones share their contents.
#[derive(Clone, Debug, Default)]
pub struct ResponseChanges(Arc<Mutex<Pending>>);

#[derive(Debug, Default)]
struct Pending {
    session: Option<SessionChange>,
    form: Option<FormState>,
    /// Whether the session cookies of the request are another instance's.
    has_foreign_cookies: bool,
    user: Option<UserId>,
    device: Option<DeviceCookie>,
}

impl ResponseChanges {
    /// Sets the cookies of a new session and its device.
    pub fn start_session(&self, signed_in: &SignedIn) {
        self.set_session(SessionChange::Start {
            session: signed_in.session_token.clone(),
            access: signed_in.access.clone(),
            lifetime: signed_in.session.cookie_lifetime(),
        });
        let mut pending = self.pending();
        pending.user = Some(signed_in.user.id);
        pending.device.clone_from(&signed_in.device);
    }

    /// Sets the cookies of a renewed session.
    pub fn renew_session(&self, renewal: &Renewal) {
        let (access, lifetime) = (renewal.access.clone(), renewal.lifetime);
        self.set_session(match renewal.next.clone() {
            Some(session) => SessionChange::Start { session, access, lifetime },
            None => SessionChange::Refresh { access, lifetime },
        });
    }

    /// Sets the access token of a session whose user has proved their identity again. Keeps the session token of a renewal
    /// in the same request.
    pub fn refresh_access(&self, again: &Reauthenticated) {
        let (access, lifetime) = (again.access.clone(), again.lifetime);
        let mut pending = self.pending();
        pending.session = Some(match pending.session.take() {
            Some(SessionChange::Start { session, lifetime, .. }) => SessionChange::Start { session, access, lifetime },
            _ => SessionChange::Refresh { access, lifetime },
        });
    }

    /// Clears the session cookies, unless they are [another instance's](Self::keep_foreign_cookies).
    pub fn end_session(&self) {
        if !self.pending().has_foreign_cookies {
            self.set_session(SessionChange::End);
        }
    }

    /// Notes that the session cookies of the request name no session of this service. All ports of a host share its
    /// cookies, so they may be another instance's.
    pub fn keep_foreign_cookies(&self) {
        self.pending().has_foreign_cookies = true;
    }

    /// Stores a form's result for the next page.
    pub fn show_form(&self, state: FormState) {
        self.pending().form = Some(state);
    }

    /// Removes and returns the change of the session cookies.
    pub fn take_session(&self) -> Option<SessionChange> {
        self.pending().session.take()
    }

    /// Removes and returns the form's result.
    pub fn take_form(&self) -> Option<FormState> {
        self.pending().form.take()
    }

    /// The user of the session that this request has started.
    pub fn new_user(&self) -> Option<UserId> {
        self.pending().user
    }

    /// Removes and returns the device cookie.
    pub fn take_device(&self) -> Option<DeviceCookie> {
        self.pending().device.take()
    }

    /// The last change wins.
    fn set_session(&self, change: SessionChange) {
        self.pending().session = Some(change);
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
