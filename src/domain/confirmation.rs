//! How a signed-in user can prove their identity again.

/// The first factor of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstProof {
    /// The password.
    Password,
    /// A code in a message, for an account without a password.
    MailCode,
}

/// What an account can prove its user's identity with, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmationWays {
    /// The first factor. `None`: the account has none, or it is too weak for the session.
    pub first: Option<FirstProof>,
    /// Whether a code of the authenticator app follows the first factor.
    pub second: bool,
    /// Whether a passkey alone is enough.
    pub passkey: bool,
}

impl ConfirmationWays {
    /// Whether there is no way.
    pub const fn is_empty(self) -> bool {
        self.first.is_none() && !self.passkey
    }
}
