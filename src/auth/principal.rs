//! The signed-in user.

use crate::domain::{
    SessionId, Timestamp, UserId, authentication::Assurance, second_factor::SecondFactorRule, session::Session,
};

/// The signed-in user and session. Only verification and renewal create one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    user_id: UserId,
    session_id: SessionId,
    assurance: Assurance,
    auth_time: Option<Timestamp>,
    restricted: bool,
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
    pub(super) const fn new(
        user_id: UserId,
        session_id: SessionId,
        assurance: Assurance,
        auth_time: Option<Timestamp>,
        restricted: bool,
    ) -> Self {
        Self { user_id, session_id, assurance, auth_time, restricted }
    }

    pub(super) fn of_session(session: &Session, rule: SecondFactorRule) -> Self {
        let authentication = session.authentication;
        let (assurance, time) = (authentication.assurance(), Some(authentication.time));
        Self::new(session.user_id, session.id, assurance, time, rule.restricts(authentication))
    }

    /// Whether the session may only set up a second factor, which the service requires.
    pub const fn is_restricted(self) -> bool {
        self.restricted
    }

    /// The signed-in user.
    pub const fn user_id(self) -> UserId {
        self.user_id
    }

    /// The session of the verified token.
    pub const fn session_id(self) -> SessionId {
        self.session_id
    }

    /// The strength of the sign-in.
    pub const fn assurance(self) -> Assurance {
        self.assurance
    }

    /// When the user signed in. `None`: the access token does not say.
    pub const fn auth_time(self) -> Option<Timestamp> {
        self.auth_time
    }

    /// The principal's own session.
    pub const fn session(self) -> SessionRef {
        SessionRef { user_id: self.user_id, session_id: self.session_id }
    }
}
