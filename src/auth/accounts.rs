//! Accounts: sign-up, profile, verification and change of the address, password reset, disabling, deletion.

pub mod change_email;
pub mod code;
pub mod delete;
pub mod disable;
pub mod link;
pub mod passkey_sign_up;
pub mod profile;
pub mod reset_password;
pub mod sign_up;
pub mod undo_email_change;
pub mod verify_email;

use std::sync::Arc;

use sign_up::SignUpMode;

use super::{
    audit::Audit, codes::Codes, factors::Factors, notices::Notices, password::Passwords, sessions::Sessions,
    throttle::Throttle,
};
use crate::{clock::Clock, mail::Outbox, store::Store};

/// Creates, changes, disables and deletes accounts.
pub struct Accounts {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) passwords: Arc<Passwords>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) factors: Arc<Factors>,
    pub(super) notices: Arc<Notices>,
    pub(super) sign_up: SignUpMode,
    /// `None`: the service sends no mail.
    pub(super) outbox: Option<Arc<Outbox>>,
    /// `None`: codes are not offered.
    pub(super) codes: Option<Arc<Codes>>,
}
