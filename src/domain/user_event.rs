//! User events: changes of users, for systems that keep a copy of the users.

use super::{SessionId, Timestamp, UserId};

/// A change of a user, as other systems receive it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEvent {
    /// Later events have greater numbers.
    pub sequence: i64,
    /// The user.
    pub user_id: UserId,
    /// The time of the change.
    pub at: Timestamp,
    /// The change.
    pub change: UserChange,
}

/// A kind of change, with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// The account was created.
    Created(UserSnapshot),
    /// The profile changed.
    Updated(UserSnapshot),
    /// The account was disabled.
    Disabled(UserSnapshot),
    /// The account was enabled.
    Enabled(UserSnapshot),
    /// The account was deleted.
    Deleted,
    /// A session ended before its expiry.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// The name of an [`EndReason`](super::session::EndReason).
        reason: String,
    },
}

/// A user after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSnapshot {
    /// The e-mail address.
    pub email: String,
    /// Whether the e-mail address is verified.
    pub email_verified: bool,
    /// The display name, possibly empty.
    pub name: String,
    /// The address of a picture.
    pub image: Option<String>,
    /// Whether the account is disabled.
    pub disabled: bool,
    /// The time of the sign-up.
    pub created_at: Timestamp,
    /// The time of the last profile change.
    pub updated_at: Timestamp,
}

/// The kinds of user events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserEventKind {
    /// [`UserChange::Created`]
    Created,
    /// [`UserChange::Updated`]
    Updated,
    /// [`UserChange::Disabled`]
    Disabled,
    /// [`UserChange::Enabled`]
    Enabled,
    /// [`UserChange::Deleted`]
    Deleted,
    /// [`UserChange::SessionEnded`]
    SessionEnded,
}

impl UserEventKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Updated, Self::Disabled, Self::Enabled, Self::Deleted, Self::SessionEnded];

    /// The kinds whose events contain the user's data.
    pub const WITH_USER: [Self; 4] = [Self::Created, Self::Updated, Self::Disabled, Self::Enabled];

    /// The `type` of the event.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "user.created",
            Self::Updated => "user.updated",
            Self::Disabled => "user.disabled",
            Self::Enabled => "user.enabled",
            Self::Deleted => "user.deleted",
            Self::SessionEnded => "session.ended",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl UserChange {
    /// The kind of the event.
    pub const fn kind(&self) -> UserEventKind {
        match self {
            Self::Created(_) => UserEventKind::Created,
            Self::Updated(_) => UserEventKind::Updated,
            Self::Disabled(_) => UserEventKind::Disabled,
            Self::Enabled(_) => UserEventKind::Enabled,
            Self::Deleted => UserEventKind::Deleted,
            Self::SessionEnded { .. } => UserEventKind::SessionEnded,
        }
    }

    /// The user after the change, if the event contains it.
    pub const fn user(&self) -> Option<&UserSnapshot> {
        match self {
            Self::Created(user) | Self::Updated(user) | Self::Disabled(user) | Self::Enabled(user) => Some(user),
            Self::Deleted | Self::SessionEnded { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_name_reverses_as_str() {
        for kind in UserEventKind::ALL {
            assert_eq!(UserEventKind::from_name(kind.as_str()), Some(kind));
        }
    }
}
