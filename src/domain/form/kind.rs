//! The forms of the pages.

use serde::{Deserialize, Serialize};

/// The forms of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// Create an account.
    SignUp,
    /// Sign in.
    SignIn,
    /// Change the name.
    Profile,
    /// Change the password.
    Password,
    /// Sign out devices.
    Sessions,
    /// Delete the account.
    Deletion,
    /// Request a link that resets the password.
    ForgottenPassword,
    /// Set a new password with a link.
    PasswordReset,
    /// Send the message that verifies the e-mail address again.
    Verification,
    /// Verify the e-mail address with a link.
    EmailVerification,
    /// Request a link that deletes the account.
    DeletionRequest,
    /// Delete the account with a link.
    LinkedDeletion,
    /// Ask for another e-mail address.
    EmailChange,
    /// Change the e-mail address with a link.
    EmailConfirmation,
    /// Undo a change of the e-mail address with a link.
    EmailUndo,
    /// Ask for a code that signs in.
    EmailSignIn,
    /// Sign in with a code.
    SignInCode,
    /// Sign in with a link.
    SignInLink,
    /// Set the first password.
    FirstPassword,
    /// Complete a sign-in with an authenticator app.
    SecondStep,
    /// Complete a sign-in with a recovery code.
    RecoveryStep,
    /// Add a passkey.
    NewPasskey,
    /// Rename or remove a passkey.
    Passkeys,
    /// Turn two-step sign-in on or off, or make recovery codes.
    Factors,
    /// Complete the set-up of an authenticator app.
    TotpConfirmation,
    /// Set up the second factor that the service requires.
    RequiredSetUp,
    /// Confirm the identity of a signed-in user.
    Confirmation,
}

/// The page that lists every session, not only some.
pub const ALL_SESSIONS: &str = "/account/sessions?all";

/// The page that shows new recovery codes once.
pub const RECOVERY_CODES: &str = "/account/recovery-codes";

impl FormKind {
    /// The path of the page with this form.
    pub const fn page(self) -> &'static str {
        match self {
            Self::SignUp => "/sign-up",
            Self::SignIn => "/sign-in",
            Self::Profile | Self::Verification => "/account",
            Self::Password
            | Self::EmailChange
            | Self::FirstPassword
            | Self::Factors
            | Self::NewPasskey
            | Self::Passkeys => "/account/security",
            Self::Sessions => "/account/sessions",
            Self::Deletion | Self::DeletionRequest => "/account/delete",
            Self::LinkedDeletion => "/delete-account",
            Self::ForgottenPassword => "/forgot-password",
            Self::PasswordReset => "/reset-password",
            Self::EmailVerification => "/verify-email",
            Self::EmailConfirmation => "/change-email",
            Self::EmailUndo => "/undo-email-change",
            Self::EmailSignIn => "/sign-in/email",
            Self::SignInCode => "/sign-in/code",
            Self::SignInLink => "/sign-in/link",
            Self::SecondStep => "/sign-in/second-step",
            Self::RecoveryStep => "/sign-in/recovery-code",
            Self::TotpConfirmation => "/account/two-step",
            Self::RequiredSetUp => "/sign-in/set-up",
            Self::Confirmation => "/account/confirm",
        }
    }
}
