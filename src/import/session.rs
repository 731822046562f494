//! Judges a session of the old installation, and makes it one of this service.

use std::time::Duration;

use super::{report::SessionSkipped, source::SourceSession};
use crate::{
    auth::sessions::imported::{Digests, ImportedToken},
    crypto::random::{NoRandomness, random_bytes},
    domain::{SessionId, Timestamp, UserId, session::Session},
    store::{
        import::NewImportedSession,
        sessions::{MAX_SESSIONS, NewSession},
    },
};

/// Better Auth lets a session that is not to outlive the browser's closing last this long.
const UNTIL_CLOSED: Duration = Duration::from_hours(24);

/// The most of a `User-Agent` that is kept, in characters.
const MAX_USER_AGENT: usize = 255;

/// Judges sessions, each user's own one after the other.
pub(crate) struct Judge<'a> {
    secret: &'a [u8],
    session_max: Duration,
    now: Timestamp,
    /// Whose session was the last one, and how many of theirs have been accepted.
    accepted: Option<(UserId, u64)>,
}

impl<'a> Judge<'a> {
    pub(crate) const fn new(secret: &'a [u8], session_max: Duration, now: Timestamp) -> Self {
        Self { secret, session_max, now, accepted: None }
    }

    pub(crate) fn judge(
        &mut self,
        source: &SourceSession,
        owner: UserId,
    ) -> Result<Result<NewImportedSession, SessionSkipped>, NoRandomness> {
        let (Some(expires_at), Some(created_at)) = (source.expires_at, source.created_at) else {
            return Ok(Err(SessionSkipped::Time));
        };
        let created_at = created_at.min(self.now);
        // A whole second, as the times in tokens are.
        let absolute_expires_at = Timestamp::from_millis(created_at.plus(self.session_max).seconds() * 1000);
        if expires_at <= self.now {
            return Ok(Err(SessionSkipped::Expired));
        }
        if absolute_expires_at <= self.now {
            return Ok(Err(SessionSkipped::TooOld));
        }
        if ImportedToken::of_bearer(&source.token).is_none() || source.token.contains('.') {
            return Ok(Err(SessionSkipped::Token));
        }
        if self.count(owner) > MAX_SESSIONS {
            return Ok(Err(SessionSkipped::Surplus));
        }
        let digests = Digests::of(&source.token, self.secret);
        let session = Session {
            id: SessionId::new(created_at, random_bytes()?),
            user_id: owner,
            created_at,
            last_seen_at: source.updated_at.unwrap_or(created_at).min(self.now),
            idle_expires_at: expires_at.min(absolute_expires_at),
            absolute_expires_at,
            persistent: expires_at.since(created_at) > UNTIL_CLOSED,
            address: source.address.as_deref().and_then(|address| address.parse().ok()),
            user_agent: user_agent(source),
        };
        let new = NewSession { session, family_key: random_bytes()?, secret_hash: digests.cookie };
        Ok(Ok(NewImportedSession { new, token_hash: digests.token }))
    }

    /// How many of the owner's sessions there are with this one.
    fn count(&mut self, owner: UserId) -> u64 {
        let count = match self.accepted {
            Some((same, count)) if same == owner => count + 1,
            _ => 1,
        };
        self.accepted = Some((owner, count));
        count
    }
}

fn user_agent(source: &SourceSession) -> Option<String> {
    let text = source.user_agent.as_deref().filter(|text| !text.is_empty())?;
    Some(text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect())
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

    fn judge(session: &SourceSession) -> Result<Session, SessionSkipped> {
        let owner = "u".parse().unwrap();
        Judge::new(b"secret", 30 * DAY, NOW).judge(session, owner).unwrap().map(|session| session.new.session)
    }

    #[test]
    fn it_ends_when_it_would_have_ended_there_and_never_later_than_here() {
        let session = judge(&opened(DAY, 7 * DAY)).unwrap();
        assert_eq!(session.idle_expires_at, NOW.plus(6 * DAY));
        assert_eq!(session.absolute_expires_at, NOW.plus(29 * DAY));
        assert_eq!((session.created_at, session.last_seen_at), (NOW.minus(DAY), NOW.minus(DAY)));
        assert!(session.persistent);
        let used_for_weeks = judge(&opened(28 * DAY, 35 * DAY)).unwrap();
        assert_eq!(used_for_weeks.idle_expires_at, NOW.plus(2 * DAY));
        assert_eq!(session.user_agent.unwrap().len(), MAX_USER_AGENT);
    }

    #[test]
    fn it_is_forgotten_with_the_browsers_closing_if_it_was_there() {
        assert!(!judge(&opened(DAY / 2, DAY)).unwrap().persistent);
    }

    #[test]
    fn what_is_over_or_unreadable_is_skipped_with_its_reason() {
        let good = || opened(DAY, 7 * DAY);
        for (session, reason) in [
            (opened(7 * DAY, 7 * DAY), SessionSkipped::Expired),
            (opened(30 * DAY, 37 * DAY), SessionSkipped::TooOld),
            (SourceSession { token: "short".to_owned(), ..good() }, SessionSkipped::Token),
            (SourceSession { token: "a.b".repeat(10), ..good() }, SessionSkipped::Token),
            (SourceSession { expires_at: None, ..good() }, SessionSkipped::Time),
            (SourceSession { created_at: None, ..good() }, SessionSkipped::Time),
        ] {
            assert_eq!(judge(&session).err(), Some(reason));
        }
    }

    #[test]
    fn nobody_has_more_sessions_than_can_be_shown() {
        let mut judge = Judge::new(b"secret", 30 * DAY, NOW);
        let (ada, bob) = ("ada".parse().unwrap(), "bob".parse().unwrap());
        for _ in 0..MAX_SESSIONS {
            assert!(judge.judge(&opened(DAY, 7 * DAY), ada).unwrap().is_ok());
        }
        assert_eq!(judge.judge(&opened(DAY, 7 * DAY), ada).unwrap().err(), Some(SessionSkipped::Surplus));
        assert!(judge.judge(&opened(DAY, 7 * DAY), bob).unwrap().is_ok());
    }
}
