//! A sign-in that lasts.

use std::{net::IpAddr, time::Duration};

use super::{SessionId, Timestamp, UserId};

/// Idle timeout of a session whose cookies end with the browser: the server cannot see the browser close.
/// Better Auth has the same one.
pub const BROWSER_SESSION_IDLE: Duration = Duration::from_hours(24);

/// One signed-in device, as its owner may see it. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session; not a secret.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the session was last renewed or used to obtain a token.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used before; never past [`absolute_expires_at`](Self::absolute_expires_at).
    pub idle_expires_at: Timestamp,
    /// When it ends whatever happens.
    pub absolute_expires_at: Timestamp,
    /// Whether it is to outlive the browser's closing ("keep me signed in").
    pub persistent: bool,
    /// The network address it was last used from.
    pub address: Option<IpAddr>,
    /// What the device called itself (`User-Agent`).
    pub user_agent: Option<String>,
}

/// How long a browser is to keep a session's cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieLifetime {
    /// When the session ends unless it is used.
    pub idle_expires_at: Timestamp,
    /// Whether the cookies outlive the browser's closing.
    pub persistent: bool,
}

impl Session {
    /// How long a browser is to keep its cookies.
    pub const fn cookie_lifetime(&self) -> CookieLifetime {
        CookieLifetime { idle_expires_at: self.idle_expires_at, persistent: self.persistent }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner signed out.
    SignedOut,
    /// Its owner ended it from another device.
    Revoked,
    /// Its owner changed the password elsewhere.
    PasswordChanged,
    /// There were too many, and it was the one longest unused.
    Surplus,
    /// Its owner deleted the account.
    UserDeleted,
    /// A session token that had been replaced long ago was presented: someone else may hold it.
    TokenReused,
}

impl EndReason {
    /// The word stored in the database and shown in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Revoked => "revoked",
            Self::PasswordChanged => "password_changed",
            Self::Surplus => "surplus",
            Self::UserDeleted => "user_deleted",
            Self::TokenReused => "token_reused",
        }
    }
}
