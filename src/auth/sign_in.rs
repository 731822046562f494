//! Sign-in: from credentials to a session, in steps.

pub mod password;

use std::sync::Arc;

use super::{audit::Audit, password::Passwords, sessions::Sessions, throttle::Throttle};
use crate::store::Store;

pub use super::sessions::open::SignedIn;

/// Signs users in. One method per kind of credential.
pub struct SignIn {
    pub(super) store: Store,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) passwords: Arc<Passwords>,
    pub(super) sessions: Arc<Sessions>,
    /// Whether a user can sign in with a verified address only.
    pub(super) requires_verification: bool,
}

/// The state of a sign-in after a correct credential.
#[derive(Debug)]
pub enum SignInStep {
    /// The session is open.
    Complete(Box<SignedIn>),
}
