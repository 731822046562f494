//! Sessions.

use std::{net::IpAddr, time::Duration};

use super::{SessionId, Timestamp, UserId, authentication::AuthContext};

/// Idle timeout of a session whose cookies end with the browser: the server cannot see the browser close.
/// Better Auth has the same one.
pub const BROWSER_SESSION_IDLE: Duration = Duration::from_hours(24);

/// A session of a user. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The signed-in user.
    pub user_id: UserId,
    /// When the session was opened.
    pub created_at: Timestamp,
    /// How and when the user signed in.
    pub authentication: AuthContext,
    /// The time of the last renewal, or of the last access token.
    pub last_seen_at: Timestamp,
    /// The end of an unused session, at most [`absolute_expires_at`](Self::absolute_expires_at).
    pub idle_expires_at: Timestamp,
    /// The end of the session in any case.
    pub absolute_expires_at: Timestamp,
    /// Whether the session outlives the browser's closing ("keep me signed in").
    pub persistent: bool,
    /// The network address of the last use.
    pub address: Option<IpAddr>,
    /// The `User-Agent` of the last use.
    pub user_agent: Option<String>,
}

/// The lifetime of a session's cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieLifetime {
    /// The end of an unused session.
    pub idle_expires_at: Timestamp,
    /// Whether the cookies outlive the browser's closing.
    pub persistent: bool,
}

impl Session {
    /// The lifetime of the session's cookies.
    pub const fn cookie_lifetime(&self) -> CookieLifetime {
        CookieLifetime { idle_expires_at: self.idle_expires_at, persistent: self.persistent }
    }
}

/// What a signed-in user does before a change that needs a recent sign-in or the password (ASVS 7.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUp {
    /// Nothing: the sign-in is recent.
    None,
    /// Give the password.
    Password,
    /// Confirm their identity on a page of its own, which then continues: the account has no password.
    Confirm,
    /// Sign in again: the account has nothing to confirm with.
    SignIn,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The user signed out.
    SignedOut,
    /// The user ended the session from another device.
    Revoked,
    /// The user changed the password in another session.
    PasswordChanged,
    /// The e-mail address changed, or a change of it was undone.
    EmailChanged,
    /// The user had too many sessions, and this one was unused for the longest time.
    Surplus,
    /// An operator disabled the account.
    UserDisabled,
    /// The user deleted the account.
    UserDeleted,
    /// A session token was presented after its rotation and grace period: it may be stolen.
    TokenReused,
    /// An operator removed the second factors of the account.
    FactorsReset,
}

impl EndReason {
    /// The ends of sessions that may have been another person's.
    pub const DISTRUSTED: [Self; 3] = [Self::Revoked, Self::TokenReused, Self::UserDisabled];

    /// The name in the database and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Revoked => "revoked",
            Self::PasswordChanged => "password_changed",
            Self::EmailChanged => "email_changed",
            Self::Surplus => "surplus",
            Self::UserDisabled => "user_disabled",
            Self::UserDeleted => "user_deleted",
            Self::TokenReused => "token_reused",
            Self::FactorsReset => "factors_reset",
        }
    }
}
