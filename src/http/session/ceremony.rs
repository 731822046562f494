//! The passkey ceremonies of a browser, each with a cookie of its own.

use crate::http::cookie_names::CookieNames;

/// A kind of passkey ceremonies. The response to a ceremony of one kind completes no other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A signed-in user adds a passkey.
    Registration,
    /// A sign-in with a passkey, or the confirmation of a signed-in user.
    SignIn,
    /// A sign-up with a passkey instead of a password.
    SignUp,
    /// A passkey as the second factor.
    SecondStep,
}

impl CeremonyKind {
    pub(super) fn cookie(self, names: &CookieNames) -> &str {
        match self {
            Self::Registration => &names.passkey_registration,
            Self::SignIn => &names.passkey_sign_in,
            Self::SignUp => &names.passkey_sign_up,
            Self::SecondStep => &names.passkey_second_step,
        }
    }
}
