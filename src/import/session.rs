//! Converts a session of the old database.

use std::time::Duration;

use super::{report::SessionSkipped, source::SourceSession};
use crate::{
    auth::sessions::imported::{Digests, ImportedToken},
    crypto::random::{NoRandomness, random_bytes},
    domain::{
        SessionId, Timestamp, UserId,
        authentication::AuthContext,
        device,
        session::{BROWSER_SESSION_IDLE, Session},
    },
    store::{
        import::NewImportedSession,
        sessions::{MAX_SESSIONS, NewSession},
    },
};

/// Converts sessions, which must be grouped by user.
pub(crate) struct SessionConverter<'a> {
    secret: &'a [u8],
    session_max: Duration,
    now: Timestamp,
    /// The user of the last session, and the number of that user's sessions.
    last: Option<(UserId, u64)>,
}

impl<'a> SessionConverter<'a> {
    pub(crate) const fn new(secret: &'a [u8], session_max: Duration, now: Timestamp) -> Self {
        Self { secret, session_max, now, last: None }
    }

    pub(crate) fn convert(
        &mut self,
        source: &SourceSession,
        owner: UserId,
    ) -> Result<NewImportedSession, ConversionError> {
        let (Some(expires_at), Some(created_at)) = (source.expires_at, source.created_at) else {
            return Err(SessionSkipped::Time.into());
        };
        let created_at = created_at.min(self.now);
        // A whole second, as the times in tokens are.
        let absolute_expires_at = Timestamp::from_millis(created_at.plus(self.session_max).seconds() * 1000);
        if expires_at <= self.now {
            return Err(SessionSkipped::Expired.into());
        }
        if absolute_expires_at <= self.now {
            return Err(SessionSkipped::TooOld.into());
        }
        if ImportedToken::of_bearer(&source.token).is_none() || source.token.contains('.') {
            return Err(SessionSkipped::Token.into());
        }
        if self.count(owner) > MAX_SESSIONS {
            return Err(SessionSkipped::Surplus.into());
        }
        let digests = Digests::of(&source.token, self.secret);
        let session = Session {
            id: SessionId::new(created_at, random_bytes()?),
            user_id: owner,
            created_at,
            authentication: AuthContext::unknown(created_at),
            last_seen_at: source.updated_at.unwrap_or(created_at).min(self.now),
            idle_expires_at: expires_at.min(absolute_expires_at),
            absolute_expires_at,
            persistent: expires_at.since(created_at) > BROWSER_SESSION_IDLE,
            address: source.address.as_deref().and_then(|address| address.parse().ok()),
            user_agent: user_agent(source),
        };
        let new = NewSession { session, family_key: random_bytes()?, secret_hash: digests.cookie };
        Ok(NewImportedSession { new, token_hash: digests.token })
    }

    /// Counts a session, and returns the number of the user's sessions so far.
    fn count(&mut self, owner: UserId) -> u64 {
        let count = match self.last {
            Some((same, count)) if same == owner => count + 1,
            _ => 1,
        };
        self.last = Some((owner, count));
        count
    }
}

fn user_agent(source: &SourceSession) -> Option<String> {
    let text = source.user_agent.as_deref().filter(|text| !text.is_empty())?;
    Some(device::readable(text))
}

/// Why a session is not converted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConversionError {
    #[error(transparent)]
    Skipped(#[from] SessionSkipped),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn opened(ago: Duration, lasts: Duration) -> SourceSession {
        let created_at = NOW.minus(ago);
        SourceSession {
            id: "s".to_owned(),
            user_id: "u".to_owned(),
            token: "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI".to_owned(),
            expires_at: Some(created_at.plus(lasts)),
            created_at: Some(created_at),
            updated_at: Some(created_at),
            address: Some("192.0.2.1".to_owned()),
            user_agent: Some("x".repeat(300)),
        }
    }

    fn skipped(error: ConversionError) -> SessionSkipped {
        match error {
            ConversionError::Skipped(reason) => reason,
            ConversionError::Randomness(error) => panic!("{error}"),
        }
    }

    fn convert(session: &SourceSession) -> Result<Session, SessionSkipped> {
        let converted = SessionConverter::new(b"secret", 30 * DAY, NOW).convert(session, "u".parse().unwrap());
        converted.map(|session| session.new.session).map_err(skipped)
    }

    #[test]
    fn session_keeps_expiry_up_to_the_maximum() {
        let session = convert(&opened(DAY, 7 * DAY)).unwrap();
        assert_eq!(session.idle_expires_at, NOW.plus(6 * DAY));
        assert_eq!(session.absolute_expires_at, NOW.plus(29 * DAY));
        assert_eq!((session.created_at, session.last_seen_at), (NOW.minus(DAY), NOW.minus(DAY)));
        assert!(session.persistent);
        let used_for_weeks = convert(&opened(28 * DAY, 35 * DAY)).unwrap();
        assert_eq!(used_for_weeks.idle_expires_at, NOW.plus(2 * DAY));
        assert_eq!(session.user_agent.unwrap().chars().count(), device::MAX_USER_AGENT);
    }

    #[test]
    fn session_of_a_day_is_not_persistent() {
        assert!(!convert(&opened(DAY / 2, DAY)).unwrap().persistent);
    }

    #[test]
    fn session_expired_or_unreadable_is_skipped() {
        let valid = || opened(DAY, 7 * DAY);
        for (session, reason) in [
            (opened(7 * DAY, 7 * DAY), SessionSkipped::Expired),
            (opened(30 * DAY, 37 * DAY), SessionSkipped::TooOld),
            (SourceSession { token: "short".to_owned(), ..valid() }, SessionSkipped::Token),
            (SourceSession { token: "a.b".repeat(10), ..valid() }, SessionSkipped::Token),
            (SourceSession { expires_at: None, ..valid() }, SessionSkipped::Time),
            (SourceSession { created_at: None, ..valid() }, SessionSkipped::Time),
        ] {
            assert_eq!(convert(&session).err(), Some(reason));
        }
    }

    #[test]
    fn sessions_above_the_maximum_are_skipped() {
        let mut converter = SessionConverter::new(b"secret", 30 * DAY, NOW);
        let (ada, bob) = ("ada".parse().unwrap(), "bob".parse().unwrap());
        for _ in 0..MAX_SESSIONS {
            assert!(converter.convert(&opened(DAY, 7 * DAY), ada).is_ok());
        }
        assert_eq!(converter.convert(&opened(DAY, 7 * DAY), ada).map_err(skipped).err(), Some(SessionSkipped::Surplus));
        assert!(converter.convert(&opened(DAY, 7 * DAY), bob).is_ok());
    }
}
