//! What happened to an account, in the words of the OWASP logging vocabulary.

use std::net::IpAddr;

use super::{SessionId, Timestamp, UserId};

/// Kinds of security events (OWASP Logging Vocabulary Cheat Sheet).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// An account was made.
    UserCreated,
    /// The profile changed.
    UserUpdated,
    /// The account was deleted.
    UserDeleted,
    /// Someone signed in.
    LoginSuccess,
    /// Someone tried to sign in and did not know the password.
    LoginFail,
    /// Attempts are being slowed down.
    LoginFailMax,
    /// A session was opened.
    SessionCreated,
    /// A session was renewed.
    SessionRenewed,
    /// The owner signed out.
    SessionExpired,
    /// The owner ended a session from another device.
    TokenRevoked,
    /// A session token that had been replaced was presented again.
    TokenReuse,
    /// An access or session token was refused.
    TokenInvalid,
    /// The password changed.
    PasswordChange,
    /// A password change was refused.
    PasswordChangeFail,
    /// A route of another user was asked for.
    AuthorizationFail,
    /// A state-changing request came from another site.
    MaliciousCsrf,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::LoginSuccess,
        Self::LoginFail,
        Self::LoginFailMax,
        Self::SessionCreated,
        Self::SessionRenewed,
        Self::SessionExpired,
        Self::TokenRevoked,
        Self::TokenReuse,
        Self::TokenInvalid,
        Self::PasswordChange,
        Self::PasswordChangeFail,
        Self::AuthorizationFail,
        Self::MaliciousCsrf,
    ];

    /// Kinds that only accompany others or happen unseen: in a person's own log they would drown the rest.
    pub const ROUTINE: [Self; 2] = [Self::SessionCreated, Self::SessionRenewed];

    /// The vocabulary's word, as stored, logged and answered by the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserDeleted => "user_deleted",
            Self::LoginSuccess => "authn_login_success",
            Self::LoginFail => "authn_login_fail",
            Self::LoginFailMax => "authn_login_fail_max",
            Self::SessionCreated => "session_created",
            Self::SessionRenewed => "session_renewed",
            Self::SessionExpired => "session_expired",
            Self::TokenRevoked => "authn_token_revoked",
            Self::TokenReuse => "authn_token_reuse",
            Self::TokenInvalid => "authn_token_invalid",
            Self::PasswordChange => "authn_password_change",
            Self::PasswordChangeFail => "authn_password_change_fail",
            Self::AuthorizationFail => "authz_fail",
            Self::MaliciousCsrf => "malicious_csrf",
        }
    }

    /// The kind a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An entry of an account's security log, as its owner may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Orders the log: later entries have greater numbers.
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub user_id: UserId,
    /// In which session, if in one.
    pub session_id: Option<SessionId>,
    /// From which network address.
    pub address: Option<IpAddr>,
    /// From which device (`User-Agent`).
    pub user_agent: Option<String>,
    /// A word or two more, of a closed set; never free text from outside.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_kinds_match_one_to_one() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.as_str()), Some(kind));
        }
    }
}
