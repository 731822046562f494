//! The closed set of details that events carry. Never text from outside.

use crate::auth::token::TokenRefusal;

/// Tells events of one kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventDetail {
    /// A session ended because its user signed out.
    SignOut,
    /// One session was revoked.
    OneSession,
    /// All sessions but the current one were revoked.
    OtherSessions,
    /// All sessions were revoked.
    AllSessions,
    /// The budget of a network is used up.
    Network,
    /// The budget of an account is used up.
    Account,
    /// The `user_id` in the path is another user's.
    UserId,
    /// The user signed in with a password.
    Password,
    /// The user signed in with a code in a message, or presented a wrong one.
    EmailCode,
    /// The user signed in with a link in a message.
    EmailLink,
    /// The user signed in with a passkey, or presented a wrong response of one.
    Passkey,
    /// The user signed in with two factors.
    TwoFactors(FirstFactor, SecondFactor),
    /// A wrong code of an authenticator app.
    Totp,
    /// A wrong recovery code.
    RecoveryCode,
    /// The account is disabled.
    Disabled,
    /// The address is not verified.
    NotVerified,
    /// A signed-in user was asked for the password again.
    Confirmation,
    /// The address of the same mailbox has another spelling.
    Spelling,
    /// A credential was rejected.
    Rejected(CredentialRejection),
}

/// The first factor of a sign-in with two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstFactor {
    /// The password.
    Password,
    /// A code or a link in a message.
    Email,
}

/// The second factor of a sign-in with two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

/// Why a credential was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialRejection {
    /// The access token is not valid.
    AccessToken(TokenRefusal),
    /// The `Authorization` header is malformed or was sent twice.
    MalformedAuthorization,
    /// The credential does not have the form of a session token.
    NotASessionToken,
    /// The access token came without its session token.
    NoSessionToken,
    /// The session token names no session, or has a secret that the service never issued.
    UnknownSessionToken,
    /// The session has ended.
    SessionEnded,
    /// The bearer token is none of the tokens for user events.
    NotAnEventsToken,
}

impl EventDetail {
    /// The detail as stored, logged and answered by the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignOut => "sign_out",
            Self::OneSession => "one",
            Self::OtherSessions => "others",
            Self::AllSessions => "all",
            Self::Network => "network",
            Self::Account => "account",
            Self::UserId => "user_id",
            Self::Password => "password",
            Self::EmailCode => "email_code",
            Self::EmailLink => "email_link",
            Self::TwoFactors(FirstFactor::Password, SecondFactor::Totp) => "password_totp",
            Self::TwoFactors(FirstFactor::Password, SecondFactor::RecoveryCode) => "password_recovery_code",
            Self::TwoFactors(FirstFactor::Password, SecondFactor::Passkey) => "password_passkey",
            Self::TwoFactors(FirstFactor::Email, SecondFactor::Passkey) => "email_passkey",
            Self::TwoFactors(FirstFactor::Email, SecondFactor::Totp) => "email_totp",
            Self::TwoFactors(FirstFactor::Email, SecondFactor::RecoveryCode) => "email_recovery_code",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Disabled => "disabled",
            Self::NotVerified => "not_verified",
            Self::Confirmation => "confirmation",
            Self::Spelling => "spelling",
            Self::Rejected(reason) => reason.as_str(),
        }
    }
}

impl CredentialRejection {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::AccessToken(refusal) => refusal.as_str(),
            Self::MalformedAuthorization => "malformed_authorization",
            Self::NotASessionToken => "not_a_session_token",
            Self::NoSessionToken => "no_session_token",
            Self::UnknownSessionToken => "unknown_session_token",
            Self::SessionEnded => "session_ended",
            Self::NotAnEventsToken => "not_an_events_token",
        }
    }
}
