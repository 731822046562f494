//! Links in messages.

/// What the secret of a link authorizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Setting a new password.
    ResetPassword,
    /// Verifying the e-mail address.
    VerifyEmail,
    /// Signing in.
    SignIn,
}

impl LinkPurpose {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
            Self::SignIn => "sign-in",
        }
    }
}
