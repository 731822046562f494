//! The messages that the service sends, as they wait in the outbox.

use serde::{Deserialize, Serialize};

use super::sign_in::{MailSignIn, SignInParts};
use crate::domain::passkey::FirstPasskey;

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
        /// The password's hash (a PHC string). `None`: the account has a passkey.
        password_hash: Option<String>,
        /// The passkey.
        #[serde(default)]
        passkey: Option<Box<FirstPasskey>>,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// A link to a new address, for the account of a user. If another account has the address, its owner gets a message
    /// that says so. Deciding that here would let the response time of a request reveal accounts.
    ChangeEmail {
        /// The user.
        user_id: String,
        /// The new address in its normal form.
        email: String,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// The notice to a former address, with a link that undoes the change.
    EmailChanged {
        /// The former address.
        email: String,
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
    /// A code that confirms the identity of a signed-in user.
    ConfirmCode {
        /// The address of the account.
        email: String,
        /// The SHA-256 of the secret of the browser.
        browser: [u8; 32],
    },
    /// The notice that the password was reset.
    PasswordReset {
        /// The address of the account.
        email: String,
        /// The sender of the request.
        client: Client,
    },
    /// The notice of a sign-in on a device and in a network that are both new for the user.
    NewSignIn {
        /// The address of the account.
        email: String,
        /// The sender of the request.
        client: Client,
    },
    /// The notice that the user changed the password.
    PasswordChanged {
        /// The address of the account.
        email: String,
        /// The sender of the request.
        client: Client,
    },
    /// The notice that a session ended because its token was used again after its rotation.
    SessionEnded {
        /// The address of the account.
        email: String,
        /// The name of the session's device.
        device: String,
        /// The time of the sign-in, in milliseconds since the Unix epoch.
        signed_in_at: i64,
        /// The sender of the token.
        client: Client,
    },
    /// The notice of a change or a use of the second factors.
    FactorsChanged {
        /// The address of the account.
        email: String,
        /// What happened.
        change: FactorsChange,
        /// The sender of the request.
        client: Client,
    },
    /// A link to delete the account of a verified address. Dropped if there is none.
    DeleteAccount {
        /// The address of the account.
        email: String,
        /// Where the application continues, if the request came from one.
        return_to: Option<String>,
    },
    /// The notice that the account was deleted.
    AccountDeleted {
        /// The address that the account had.
        email: String,
        /// The sender of the request.
        client: Client,
    },
}

/// A change or a use of the factors of an account besides the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorsChange {
    /// The user turned two-step sign-in on.
    Added,
    /// The user turned two-step sign-in off.
    Removed,
    /// An operator turned two-step sign-in off.
    Reset,
    /// New recovery codes replaced the former ones.
    CodesRenewed,
    /// A recovery code was used.
    CodeUsed {
        /// The codes that remain.
        left: u64,
    },
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A sign-in with a correct first factor had too many wrong codes.
    StepFailed,
}

/// The sender of a request, as a message describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The name of the device, from a closed list.
    pub device: String,
    /// The network: an IPv4 /24 or an IPv6 /48. `None`: unknown.
    pub network: Option<String>,
}

impl Letter {
    /// The kind, in the database and in the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ResetPassword { .. } => "reset_password",
            Self::VerifyEmail { .. } => "verify_email",
            Self::SignUp { .. } => "sign_up",
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::SignIn { .. } => "sign_in",
            Self::VerifyCode { .. } => "verify_code",
            Self::ResetCode { .. } => "reset_code",
            Self::ConfirmCode { .. } => "confirm_code",
            Self::PasswordReset { .. } => "password_reset",
            Self::NewSignIn { .. } => "new_sign_in",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SessionEnded { .. } => "session_ended",
            Self::FactorsChanged { .. } => "factors_changed",
            Self::DeleteAccount { .. } => "delete_account",
            Self::AccountDeleted { .. } => "account_deleted",
        }
    }

    /// The address that the message is for.
    pub fn email(&self) -> &str {
        match self {
            Self::ResetPassword { email, .. }
            | Self::VerifyEmail { email, .. }
            | Self::SignUp { email, .. }
            | Self::ChangeEmail { email, .. }
            | Self::VerifyCode { email, .. }
            | Self::ResetCode { email, .. }
            | Self::ConfirmCode { email, .. }
            | Self::EmailChanged { email }
            | Self::PasswordReset { email, .. }
            | Self::NewSignIn { email, .. }
            | Self::PasswordChanged { email, .. }
            | Self::SessionEnded { email, .. }
            | Self::FactorsChanged { email, .. }
            | Self::DeleteAccount { email, .. }
            | Self::AccountDeleted { email, .. } => email,
            Self::SignIn { sign_in, .. } => &sign_in.email,
        }
    }
}
