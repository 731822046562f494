//! The signed-in user.

use crate::domain::{SessionId, UserId};

/// The signed-in user and session. Only verification and renewal create one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    user_id: UserId,
    session_id: SessionId,
}

/// Names a session as the target of an operation. Proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRef {
    /// The session's user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
}

impl Principal {
    pub(super) const fn new(user_id: UserId, session_id: SessionId) -> Self {
        Self { user_id, session_id }
    }

    /// The signed-in user.
    pub const fn user_id(self) -> UserId {
        self.user_id
    }

    /// The session of the verified token.
    pub const fn session_id(self) -> SessionId {
        self.session_id
    }

    /// The principal's own session.
    pub const fn session(self) -> SessionRef {
        SessionRef { user_id: self.user_id, session_id: self.session_id }
    }
}
