//! Renewal: exchanging a session token for a new access token and, if due, the next session token.

use std::time::Duration;

use super::{Sessions, credential::SessionCredential, token::SessionToken};
use crate::{
    auth::{
        error::InternalError,
        principal::{Principal, SessionRef},
        requester::Requester,
        token::IssuedToken,
    },
    domain::{
        Timestamp,
        event::EventKind,
        session::{CookieLifetime, EndReason, Session},
        user::User,
    },
    store::{
        StoreError,
        sessions::{NextSecret, StoredSession},
    },
};

/// The grace period: how long the previous session token still gets an access token, counted from the
/// first use of the current one. An answer can be lost, and two tabs can renew at once.
pub const GRACE: Duration = Duration::from_secs(30);

/// The least time between two updates of a session that is used without rotation.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// A renewed session.
#[derive(Debug)]
pub struct Renewal {
    /// The session's user.
    pub principal: Principal,
    /// The new access token.
    pub access: IssuedToken,
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
    /// The token was replaced more than [`GRACE`] ago. It may be stolen, so the session has been ended.
    #[error("the session token had been replaced")]
    Reused,
    /// The token could not be checked.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// Which of a session's tokens was presented.
enum Generation {
    Current,
    Previous,
}

impl Sessions {
    /// Renews a session and rotates its token. Of several requests with the current token one receives
    /// the next token. The others, and requests with the previous token within the [`GRACE`] period,
    /// receive only an access token.
    pub async fn renew(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        // After a lost race the session is read again: the presented token is then the previous one.
        for _ in 0..2 {
            let (stored, user, generation) = self.examine(presented, requester).await?;
            let idle_expires_at = self.idle_expiry_of(&stored.session);
            let next = match generation {
                Generation::Previous => {
                    self.touch_previous(&stored, idle_expires_at).await?;
                    None
                }
                Generation::Current => {
                    let Some(token) = self.rotate(&stored, idle_expires_at, requester).await? else { continue };
                    Some(token)
                }
            };
            let renewal = self.renewal(&user, &stored.session, next, idle_expires_at)?;
            if renewal.next.is_some() {
                self.audit.record(EventKind::SessionRenewed, renewal.principal, requester, None);
            }
            return Ok(renewal);
        }
        Err(RenewError::Ended)
    }

    /// Issues an access token without rotating the session token: for answers that may not reach the
    /// browser.
    pub async fn refresh(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        let (stored, user, generation) = self.examine(presented, requester).await?;
        let idle_expires_at = self.idle_expiry_of(&stored.session);
        match generation {
            Generation::Current => self.touch_current(&stored, idle_expires_at).await?,
            Generation::Previous => self.touch_previous(&stored, idle_expires_at).await?,
        }
        Ok(self.renewal(&user, &stored.session, None, idle_expires_at)?)
    }

    /// Accepts a session token as the bearer credential of a program, without rotating it.
    pub async fn authenticate(
        &self,
        presented: &SessionCredential,
        requester: &Requester,
    ) -> Result<Principal, RenewError> {
        let (stored, user, generation) = self.examine(presented, requester).await?;
        if matches!(generation, Generation::Current) {
            self.touch_current(&stored, self.idle_expiry_of(&stored.session)).await?;
        }
        Ok(Principal::new(user.id, stored.session.id))
    }

    /// Finds the session of a token and checks the token's secret.
    async fn examine(
        &self,
        presented: &SessionCredential,
        requester: &Requester,
    ) -> Result<(StoredSession, User, Generation), RenewError> {
        let presented = self.find(presented).await?.ok_or(RenewError::Unknown)?;
        let stored = &presented.stored;
        let generation = if presented.matches(&stored.secret_hash) {
            Some(Generation::Current)
        } else if stored.previous_secret_hash.as_deref().is_some_and(|hash| presented.matches(hash)) {
            let in_grace = stored.secret_used_at.is_none_or(|used| self.clock.now().since(used) < GRACE);
            in_grace.then_some(Generation::Previous)
        } else if presented.was_issued {
            None
        } else {
            return Err(RenewError::Unknown);
        };
        if stored.ended_at.is_some() || stored.session.idle_expires_at <= self.clock.now() {
            return Err(RenewError::Ended);
        }
        let Some(generation) = generation else {
            self.end_reused(&stored.session, requester).await?;
            return Err(RenewError::Reused);
        };
        let user = self.store.enabled_user(stored.session.user_id).await?.ok_or(RenewError::Ended)?;
        Ok((presented.stored, user, generation))
    }

    /// Replaces the session token. `None` if another request replaced it first.
    async fn rotate(
        &self,
        stored: &StoredSession,
        idle_expires_at: Timestamp,
        requester: &Requester,
    ) -> Result<Option<SessionToken>, InternalError> {
        let token = SessionToken::generate(stored.session.id, &stored.family_key)?;
        let next = NextSecret { secret_hash: token.secret_hash(), now: self.clock.now(), idle_expires_at };
        let rotated = self.store.advance_session(stored, &next, &requester.seen_from()).await?;
        Ok(rotated.then_some(token))
    }

    fn renewal(
        &self,
        user: &User,
        session: &Session,
        next: Option<SessionToken>,
        idle_expires_at: Timestamp,
    ) -> Result<Renewal, InternalError> {
        let access = self.tokens.issue(user, session)?;
        let lifetime = CookieLifetime { idle_expires_at, ..session.cookie_lifetime() };
        Ok(Renewal { principal: Principal::new(user.id, session.id), access, next, lifetime })
    }

    fn idle_expiry_of(&self, session: &Session) -> Timestamp {
        self.idle_expiry(session.persistent, session.absolute_expires_at)
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

    /// Records the use of the previous token, so that the session does not expire as idle. Its user may
    /// never have received the current one.
    async fn touch_previous(&self, stored: &StoredSession, idle_expires_at: Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now.since(stored.session.last_seen_at) < TOUCH_INTERVAL {
            return Ok(());
        }
        self.store.touch_previous_secret(stored, now, idle_expires_at).await
    }

    async fn end_reused(&self, session: &Session, requester: &Requester) -> Result<(), InternalError> {
        let target = SessionRef { user_id: session.user_id, session_id: session.id };
        self.end(target, EndReason::TokenReused).await?;
        self.audit.record(EventKind::TokenReuse, target, requester, None);
        Ok(())
    }
}

impl From<StoreError> for RenewError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
