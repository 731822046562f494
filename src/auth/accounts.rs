//! Accounts: sign-up, profile, disabling, deletion.

pub mod delete;
pub mod disable;
pub mod profile;
pub mod sign_up;

use std::sync::Arc;

use super::{audit::Audit, password::Passwords, sessions::Sessions, throttle::Throttle};
use crate::{clock::Clock, store::Store};

/// Creates, changes, disables and deletes accounts.
pub struct Accounts {
    store: Store,
    clock: Clock,
    throttle: Arc<Throttle>,
    audit: Arc<Audit>,
    passwords: Arc<Passwords>,
    sessions: Arc<Sessions>,
    sign_up_open: bool,
}

impl Accounts {
    pub(super) const fn new(
        store: Store,
        clock: Clock,
        throttle: Arc<Throttle>,
        audit: Arc<Audit>,
        passwords: Arc<Passwords>,
        sessions: Arc<Sessions>,
        sign_up_open: bool,
    ) -> Self {
        Self { store, clock, throttle, audit, passwords, sessions, sign_up_open }
    }
}
