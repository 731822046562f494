//! One-time secrets: links in messages, sign-ins that wait for the second factor, and challenges for passkeys.

/// What a one-time secret authorizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Setting a new password.
    ResetPassword,
    /// Verifying the e-mail address.
    VerifyEmail,
    /// Deleting the account, in a session of its user.
    DeleteAccount,
    /// Changing the e-mail address: the link is in a message to the new one.
    ChangeEmail,
    /// Undoing a change of the e-mail address: the link is in a message to the former one.
    UndoEmailChange,
    /// Signing in.
    SignIn,
    /// Confirming the identity of a signed-in user.
    Confirm,
    /// Completing a sign-in with a second factor. The secret is in a cookie, and in no message.
    SecondStep,
    /// Adding a passkey. As of all ceremonies, the secret is in a cookie, and in no message.
    PasskeyRegistration,
    /// Signing in with a passkey.
    PasskeySignIn,
    /// Completing a sign-in with a passkey.
    PasskeySecondStep,
    /// Creating an account with a passkey.
    PasskeySignUp,
}

impl LinkPurpose {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
            Self::DeleteAccount => "delete-account",
            Self::ChangeEmail => "change-email",
            Self::UndoEmailChange => "undo-email-change",
            Self::SignIn => "sign-in",
            Self::Confirm => "confirm",
            Self::SecondStep => "second-step",
            Self::PasskeyRegistration => "passkey-registration",
            Self::PasskeySignIn => "passkey-sign-in",
            Self::PasskeySecondStep => "passkey-second-step",
            Self::PasskeySignUp => "passkey-sign-up",
        }
    }
}
