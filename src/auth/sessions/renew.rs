//! Renewal: exchanging a session token for a new access token and, if due, the next session token.

use std::{sync::Arc, time::Duration};

use super::{Sessions, credential::SessionCredential, queue::SessionEnd, token::SessionToken};
use crate::{
    auth::{
        error::InternalError,
        principal::{Principal, SessionRef},
        requester::Requester,
        token::{IssuedToken, revocations::SessionSet},
    },
    domain::{
        Timestamp,
        event::EventKind,
        session::{CookieLifetime, EndReason, Session},
        user::User,
    },
    store::{
        StoreError,
        sessions::{NextSecret, Replaced, StoredSession},
    },
};

/// The grace period: how long the previous session token still gets an access token, counted from its replacement, or
/// from the first recorded use of the current one. Two tabs can renew at once.
pub const GRACE: Duration = Duration::from_secs(30);

/// The least time between two rotations of a session's token. A faster client gets access tokens without a write and
/// without an event.
pub const ROTATION_INTERVAL: Duration = Duration::from_secs(10);

/// The least time between two updates of a session that is used without rotation.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// How often a lost race is retried. A race is lost to a rotation, and rotations are [`ROTATION_INTERVAL`] apart.
const RACES: usize = 3;

/// A renewed session.
#[derive(Debug)]
pub struct Renewal {
    /// The session's user.
    pub principal: Principal,
    /// The new access token. `None`: the session is restricted.
    pub access: Option<IssuedToken>,
    /// The next session token. `None`: the session token was not rotated, or another request received the
    /// next one.
    pub next: Option<SessionToken>,
    /// How long a browser keeps the tokens.
    pub lifetime: CookieLifetime,
}

/// Why a renewal is refused.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The token names no session, or its secret was never issued.
    #[error("the session token is unknown")]
    Unknown,
    /// The session has ended or expired.
    #[error("the session has ended")]
    Ended,
    /// The token was replaced more than [`GRACE`] ago, and its successor has not been used: the answer with the
    /// successor may be lost. Only [`Sessions::renew`] replaces such a token. The session continues.
    #[error("the session token has been replaced")]
    Stale,
    /// The token was replaced, and its successor has been used. It may be stolen, so the session has been ended.
    #[error("the session token had been replaced")]
    Reused,
    /// The token could not be checked.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// Which of a session's tokens was presented.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Generation {
    Current,
    /// Within the grace period.
    Previous,
    /// The previous token after the grace period, while the current one has not been used.
    Stale,
}

impl Sessions {
    /// Renews a session and rotates its token. Of several requests with the current token one receives
    /// the next token. The others, and requests with the previous token within the [`GRACE`] period,
    /// receive only an access token. After it, the previous token is rotated again if its successor has not been used:
    /// the successor, which may be a thief's or lost, becomes an older token.
    pub async fn renew(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        // After a lost race the session is read again: the presented token is then the previous one.
        for _ in 0..RACES {
            let (stored, user, generation) = self.examine(presented, requester).await?;
            let (idle_expires_at, replaced) = match generation {
                Generation::Current if self.is_due(presented, &stored) => {
                    (self.idle_expiry_of(&stored.session), Replaced::Current)
                }
                Generation::Stale => (stored.session.idle_expires_at, Replaced::Previous),
                Generation::Current | Generation::Previous => {
                    return Ok(self.renewal(&user, &stored.session, None, stored.session.idle_expires_at)?);
                }
            };
            let Some(token) = self.rotate(&stored, replaced, idle_expires_at, requester).await? else { continue };
            if generation == Generation::Stale {
                self.note_stale(&stored, requester).await?;
            }
            let renewal = self.renewal(&user, &stored.session, Some(token), idle_expires_at)?;
            self.audit.record(EventKind::SessionRenewed, renewal.principal, requester, None);
            return Ok(renewal);
        }
        Err(RenewError::Stale)
    }

    /// Issues an access token without rotating the session token: for answers that may not reach the
    /// browser. Refuses a stale token, which only a rotation can replace.
    pub async fn refresh(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        let (stored, user, generation) = self.examine(presented, requester).await?;
        let idle_expires_at = self.used_without_rotation(&stored, generation, requester).await?;
        Ok(self.renewal(&user, &stored.session, None, idle_expires_at)?)
    }

    /// Accepts a session token as the bearer credential of a program, without rotating it. Refuses a stale token.
    pub async fn authenticate(
        &self,
        presented: &SessionCredential,
        requester: &Requester,
    ) -> Result<Principal, RenewError> {
        let (stored, _, generation) = self.examine(presented, requester).await?;
        self.used_without_rotation(&stored, generation, requester).await?;
        Ok(self.principal(&stored.session))
    }

    /// Finds the session of a token and checks the token's secret.
    async fn examine(
        &self,
        credential: &SessionCredential,
        requester: &Requester,
    ) -> Result<(Arc<StoredSession>, Arc<User>, Generation), RenewError> {
        let presented = self.find(credential).await?.ok_or(RenewError::Unknown)?;
        let stored = &presented.stored;
        let generation = if presented.matches(&stored.secret_hash) {
            Some(Generation::Current)
        } else if stored.previous_secret_hash.as_deref().is_some_and(|hash| presented.matches(hash)) {
            self.generation_of_previous(stored)
        } else if presented.was_issued {
            None
        } else {
            return Err(RenewError::Unknown);
        };
        let Session { id, user_id, idle_expires_at, .. } = stored.session;
        let is_over = stored.ended_at.is_some() || idle_expires_at <= self.clock.now();
        if is_over || self.revocations.is_revoked(user_id, id) {
            return Err(RenewError::Ended);
        }
        // The strength of the former sign-in is unknown, and less than that of an account with a second factor.
        if matches!(credential, SessionCredential::Imported(_)) && self.store.has_second_factor(user_id).await? {
            return Err(RenewError::Ended);
        }
        let Some(generation) = generation else {
            self.end_reused(&stored.session, requester).await;
            return Err(RenewError::Reused);
        };
        let user = self.store.enabled_user(user_id).await?.ok_or(RenewError::Ended)?;
        Ok((presented.stored, user, generation))
    }

    /// `None`: the current token has been in use for longer than the grace period.
    fn generation_of_previous(&self, stored: &StoredSession) -> Option<Generation> {
        // Until the first use of the current token, the session was last seen when the token was replaced.
        let since = self.clock.now().since(stored.secret_used_at.unwrap_or(stored.session.last_seen_at));
        if since < GRACE {
            Some(Generation::Previous)
        } else {
            stored.secret_used_at.is_none().then_some(Generation::Stale)
        }
    }

    /// Whether the current token can be rotated. An imported one is current once at most.
    fn is_due(&self, presented: &SessionCredential, stored: &StoredSession) -> bool {
        let (now, last) = (self.clock.now(), stored.session.last_seen_at);
        matches!(presented, SessionCredential::Imported(_)) || now.since(last).max(last.since(now)) >= ROTATION_INTERVAL
    }

    /// Replaces the session token. `None` if another request replaced it first, or used the current one.
    async fn rotate(
        &self,
        stored: &StoredSession,
        replaced: Replaced,
        idle_expires_at: Timestamp,
        requester: &Requester,
    ) -> Result<Option<SessionToken>, InternalError> {
        let token = SessionToken::generate(stored.session.id, &stored.family_key)?;
        let next = NextSecret { secret_hash: token.secret_hash(), now: self.clock.now(), idle_expires_at };
        let rotated = self.store.advance_session(stored, replaced, &next, &requester.seen_from()).await?;
        Ok(rotated.then_some(token))
    }

    fn renewal(
        &self,
        user: &User,
        session: &Session,
        next: Option<SessionToken>,
        idle_expires_at: Timestamp,
    ) -> Result<Renewal, InternalError> {
        // A token that does not extend the session yields no access token that outlives it. A whole second, rounded up:
        // a token can be issued until the session's last moment.
        let ends_at = Timestamp::from_millis(idle_expires_at.plus(Duration::from_millis(999)).seconds() * 1000);
        let access = self.tokens.issue(user, &Session { absolute_expires_at: ends_at, ..session.clone() })?;
        let lifetime = CookieLifetime { idle_expires_at, ..session.cookie_lifetime() };
        Ok(Renewal { principal: self.principal(session), access, next, lifetime })
    }

    fn idle_expiry_of(&self, session: &Session) -> Timestamp {
        self.idle_expiry(session.persistent, session.absolute_expires_at)
    }

    /// Records the use of a token that stays. Returns the session's idle expiry, which only the current token moves.
    async fn used_without_rotation(
        &self,
        stored: &StoredSession,
        generation: Generation,
        requester: &Requester,
    ) -> Result<Timestamp, RenewError> {
        match generation {
            Generation::Current => {
                let idle_expires_at = self.idle_expiry_of(&stored.session);
                self.touch_current(stored, idle_expires_at).await?;
                Ok(idle_expires_at)
            }
            Generation::Previous => Ok(stored.session.idle_expires_at),
            Generation::Stale => {
                self.note_stale(stored, requester).await?;
                Err(RenewError::Stale)
            }
        }
    }

    /// Records the use of the current token. The first use starts the previous token's grace period: the
    /// current one has reached its user.
    async fn touch_current(&self, stored: &StoredSession, idle_expires_at: Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now.since(stored.session.last_seen_at) >= TOUCH_INTERVAL || stored.secret_used_at.is_none() {
            self.store.touch_session(stored, now, idle_expires_at).await?;
        }
        Ok(())
    }

    /// Records the use of a stale token, at most once per session and day.
    async fn note_stale(&self, stored: &StoredSession, requester: &Requester) -> Result<(), StoreError> {
        let session = &stored.session;
        if self.store.note_stale_token(session.id, self.clock.now()).await? {
            let subject = SessionRef { user_id: session.user_id, session_id: session.id };
            self.audit.record(EventKind::TokenStale, subject, requester, None);
        }
        Ok(())
    }

    /// Ends the session of a reused token. The token is refused in any case; a failure of the database is logged.
    async fn end_reused(&self, session: &Session, requester: &Requester) {
        let subject = SessionRef { user_id: session.user_id, session_id: session.id };
        let ended = self
            .end(SessionEnd {
                subject,
                sessions: SessionSet::One(session.id),
                reason: EndReason::TokenReused,
                event: EventKind::TokenReuse,
                detail: None,
                requester: requester.clone(),
            })
            .await;
        if let Err(error) = ended {
            tracing::error!(%error, session_id = %session.id, "the session of a reused token could not be ended");
        }
    }
}

impl From<StoreError> for RenewError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
