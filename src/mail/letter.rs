//! The messages that the service sends, as they wait in the outbox.

use serde::{Deserialize, Serialize};

use super::sign_in::{MailSignIn, SignInParts};

/// A message and its data. Serialized, then sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// A link to set a new password, for the account of an address. The address may have no account: the message is
    /// then dropped. Deciding that here would let the response time of a request reveal accounts.
    ResetPassword {
        /// The address as it was typed, in its normal form.
        email: String,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// A link to verify the address of an account. Dropped if the address has no account or is verified.
    VerifyEmail {
        /// The address as it was typed, in its normal form.
        email: String,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// A new account, which is created when the message is sent. If the address has an account, its owner gets a message
    /// that says so. Deciding that here would let the response time of a sign-up reveal accounts.
    SignUp {
        /// The id of the new user.
        user_id: String,
        /// The address.
        email: String,
        /// The name. May be empty.
        name: String,
        /// The address of a picture.
        image: Option<String>,
        /// The password's hash (a PHC string).
        password_hash: String,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// A code or a link that signs in. Dropped if the address has no account and sign-up is closed, or if the account is
    /// disabled.
    SignIn {
        /// The sign-in.
        sign_in: MailSignIn,
        /// What the message contains.
        parts: SignInParts,
        /// The SHA-256 of the secret of the browser.
        browser: [u8; 32],
        /// Whether an address without an account gets one.
        creates: bool,
    },
    /// A code to verify the address of an account. Dropped if the address has no account or is verified.
    VerifyCode {
        /// The address as it was typed, in its normal form.
        email: String,
        /// The SHA-256 of the secret of the browser.
        browser: [u8; 32],
    },
    /// A code to set a new password. Dropped if the address has no account.
    ResetCode {
        /// The address as it was typed, in its normal form.
        email: String,
        /// The SHA-256 of the secret of the browser.
        browser: [u8; 32],
    },
    /// The notice that the password was reset.
    PasswordReset {
        /// The address of the account.
        email: String,
    },
}

impl Letter {
    /// The kind, in the database and in the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ResetPassword { .. } => "reset_password",
            Self::VerifyEmail { .. } => "verify_email",
            Self::SignUp { .. } => "sign_up",
            Self::SignIn { .. } => "sign_in",
            Self::VerifyCode { .. } => "verify_code",
            Self::ResetCode { .. } => "reset_code",
            Self::PasswordReset { .. } => "password_reset",
        }
    }

    /// The address that the message is for.
    pub fn email(&self) -> &str {
        match self {
            Self::ResetPassword { email, .. }
            | Self::VerifyEmail { email, .. }
            | Self::SignUp { email, .. }
            | Self::VerifyCode { email, .. }
            | Self::ResetCode { email, .. }
            | Self::PasswordReset { email } => email,
            Self::SignIn { sign_in, .. } => &sign_in.email,
        }
    }
}
