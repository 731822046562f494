//! Security events, named after the OWASP Logging Vocabulary Cheat Sheet.

use std::net::IpAddr;

use super::{SessionId, Timestamp, UserId};

/// The kinds of security events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// An account was created.
    UserCreated,
    /// The profile changed.
    UserUpdated,
    /// The account was disabled.
    UserDisabled,
    /// The account was enabled.
    UserEnabled,
    /// The account was deleted.
    UserDeleted,
    /// A user signed in.
    LoginSuccess,
    /// A signed-in user confirmed their identity.
    Reauthenticated,
    /// A sign-in failed.
    LoginFail,
    /// Attempts were rate limited.
    LoginFailMax,
    /// A session was created.
    SessionCreated,
    /// A session was renewed.
    SessionRenewed,
    /// The user signed out.
    SessionExpired,
    /// The user ended a session from another device.
    TokenRevoked,
    /// A rotated session token was presented again.
    TokenReuse,
    /// A rotated session token was presented again, and its successor had not been used.
    TokenStale,
    /// An access or session token was refused.
    TokenInvalid,
    /// The user proved to own the e-mail address.
    EmailVerified,
    /// The user asked for another e-mail address.
    EmailChangeRequested,
    /// The e-mail address changed.
    EmailChanged,
    /// A change of the e-mail address was undone.
    EmailChangeUndone,
    /// The password was reset with a link in a message.
    PasswordReset,
    /// A message was given up.
    MailFail,
    /// The password changed.
    PasswordChange,
    /// A password change was refused.
    PasswordChangeFail,
    /// A second factor was added.
    FactorAdded,
    /// The second factors were removed.
    FactorRemoved,
    /// An operator removed the second factors.
    FactorsReset,
    /// New recovery codes replaced the former ones.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// The counter of a passkey has not grown: its authenticator may have been copied.
    PasskeyCounterFail,
    /// A wrong second factor was presented.
    SecondStepFail,
    /// A device needs no second factor any more.
    DeviceTrusted,
    /// A device needs the second factor again.
    DeviceUntrusted,
    /// A new password could not be compared with breached passwords.
    BreachCheckFail,
    /// A request was for another user's resource.
    AuthorizationFail,
    /// A state-changing request came from another site.
    MaliciousCsrf,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 38] = [
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDisabled,
        Self::UserEnabled,
        Self::UserDeleted,
        Self::LoginSuccess,
        Self::Reauthenticated,
        Self::LoginFail,
        Self::LoginFailMax,
        Self::SessionCreated,
        Self::SessionRenewed,
        Self::SessionExpired,
        Self::TokenRevoked,
        Self::TokenReuse,
        Self::TokenStale,
        Self::TokenInvalid,
        Self::EmailVerified,
        Self::EmailChangeRequested,
        Self::EmailChanged,
        Self::EmailChangeUndone,
        Self::PasswordReset,
        Self::MailFail,
        Self::PasswordChange,
        Self::PasswordChangeFail,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::FactorsReset,
        Self::RecoveryCodesRenewed,
        Self::RecoveryCodeUsed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyCounterFail,
        Self::SecondStepFail,
        Self::DeviceTrusted,
        Self::DeviceUntrusted,
        Self::BreachCheckFail,
        Self::AuthorizationFail,
        Self::MaliciousCsrf,
    ];

    /// Whether the kind is frequent and in the normal course. The activity page omits such events.
    pub const fn is_routine(self) -> bool {
        matches!(self, Self::SessionCreated | Self::SessionRenewed)
    }

    /// The name in the database, in logs and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserDisabled => "user_disabled",
            Self::UserEnabled => "user_enabled",
            Self::UserDeleted => "user_deleted",
            Self::LoginSuccess => "authn_login_success",
            Self::Reauthenticated => "authn_reauthenticated",
            Self::LoginFail => "authn_login_fail",
            Self::LoginFailMax => "authn_login_fail_max",
            Self::SessionCreated => "session_created",
            Self::SessionRenewed => "session_renewed",
            Self::SessionExpired => "session_expired",
            Self::TokenRevoked => "authn_token_revoked",
            Self::TokenReuse => "authn_token_reuse",
            Self::TokenStale => "authn_token_stale",
            Self::TokenInvalid => "authn_token_invalid",
            Self::EmailVerified => "user_email_verified",
            Self::EmailChangeRequested => "user_email_change_requested",
            Self::EmailChanged => "user_email_changed",
            Self::EmailChangeUndone => "user_email_change_undone",
            Self::PasswordReset => "authn_password_reset",
            Self::MailFail => "mail_fail",
            Self::PasswordChange => "authn_password_change",
            Self::PasswordChangeFail => "authn_password_change_fail",
            Self::FactorAdded => "authn_factor_added",
            Self::FactorRemoved => "authn_factor_removed",
            Self::FactorsReset => "authn_factors_reset",
            Self::RecoveryCodesRenewed => "authn_recovery_codes_renewed",
            Self::RecoveryCodeUsed => "authn_recovery_code_used",
            Self::PasskeyAdded => "authn_passkey_added",
            Self::PasskeyRemoved => "authn_passkey_removed",
            Self::PasskeyCounterFail => "authn_passkey_counter_fail",
            Self::SecondStepFail => "authn_second_step_fail",
            Self::DeviceTrusted => "authn_device_trusted",
            Self::DeviceUntrusted => "authn_device_untrusted",
            Self::BreachCheckFail => "authn_breach_check_fail",
            Self::AuthorizationFail => "authz_fail",
            Self::MaliciousCsrf => "malicious_csrf",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An entry of a user's security log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Later entries have greater ids.
    pub id: i64,
    /// The time of the event.
    pub at: Timestamp,
    /// The kind of the event.
    pub kind: EventKind,
    /// The user whose log this is.
    pub user_id: UserId,
    /// The session, if the event happened in one.
    pub session_id: Option<SessionId>,
    /// The client's network address.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent`.
    pub user_agent: Option<String>,
    /// Further detail from a fixed set of texts, never from the request.
    pub detail: Option<String>,
    /// The number of events that this entry stands for, beyond those with entries of their own. `None`: one event.
    pub count: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_name_reverses_as_str() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.as_str()), Some(kind));
        }
    }
}
