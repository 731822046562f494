//! Sign-in: from credentials to a session, in steps.

pub mod password;

use std::sync::Arc;

use super::{audit::Audit, password::Passwords, sessions::Sessions, throttle::Throttle};
use crate::store::Store;

pub use super::sessions::open::SignedIn;

/// Signs users in. One method per kind of credential.
pub struct SignIn {
    store: Store,
    throttle: Arc<Throttle>,
    audit: Arc<Audit>,
    passwords: Arc<Passwords>,
    sessions: Arc<Sessions>,
}

/// The state of a sign-in after a correct credential.
#[derive(Debug)]
pub enum SignInStep {
    /// The session is open.
    Complete(Box<SignedIn>),
}

impl SignIn {
    pub(super) const fn new(
        store: Store,
        throttle: Arc<Throttle>,
        audit: Arc<Audit>,
        passwords: Arc<Passwords>,
        sessions: Arc<Sessions>,
    ) -> Self {
        Self { store, throttle, audit, passwords, sessions }
    }
}
