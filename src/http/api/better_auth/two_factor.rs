//! Second factors (the plugin `twoFactor`): an authenticator app, and backup codes, which are this service's recovery codes.
//!
//! Codes in messages are no second factor here: the mailbox can also reset the password, and NIST SP 800-63B-4 §3.1.3.1
//! does not allow e-mail. Their routes answer as those of a service without such codes.

pub mod backup_codes;
pub mod enable;
pub mod messages;
mod redirect;
mod second_step;
pub mod totp;

pub use redirect::{TwoFactorRedirect, keep};

use super::{
    contract::{ContractError, PasswordText, members},
    password::PasswordError,
};
use crate::{
    auth::{error::Interrupted, factors::ChangeFactorsError},
    domain::RecoveryCode,
    http::{extract::active_session::SessionError, route_error::route_errors},
};

members! {
    /// The password of the signed-in user.
    pub struct FactorPasswordBody: Object {
        password: PasswordText = "password",
    }
    example { "password": "violet otter lantern 42" }
}

route_errors! {
    /// The factors are not changed or shown.
    pub enum FactorError: ContractError {
        Required => ContractError::forbidden(
            "SECOND_FACTOR_REQUIRED", "This service requires two-step sign-in",
        ),
        ..Session(SessionError),
        ..Password(PasswordError),
        ..Interrupted(Interrupted),
    }
}

/// Backup codes as users see them.
fn texts(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::to_text).collect()
}

impl From<ChangeFactorsError> for FactorError {
    fn from(error: ChangeFactorsError) -> Self {
        match error {
            // A route that allows either has an error of its own.
            ChangeFactorsError::NotRecent | ChangeFactorsError::AlreadyOn | ChangeFactorsError::NotOn => {
                PasswordError::InvalidPassword.into()
            }
            ChangeFactorsError::Required => Self::Required,
            ChangeFactorsError::Confirm(error) => PasswordError::from(error).into(),
            ChangeFactorsError::Gone => SessionError::Missing.into(),
            ChangeFactorsError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}
