//! Trade a session token for a fresh access token and, when due, the next session token.

use std::time::Duration;

use super::{credential::SessionCredential, token::SessionToken};
use crate::{
    auth::{Auth, Principal, Requester, Subject, error::InternalError, token::IssuedToken},
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

/// For how long after the current session token was first used the one before it is still good for
/// an access token: an answer can be lost, and two tabs can ask at once.
pub const GRACE: Duration = Duration::from_secs(30);

/// Using a session token without replacing it is noted at most this often.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// A session renewed.
#[derive(Debug)]
pub struct Renewal {
    /// Whose session.
    pub principal: Principal,
    /// The fresh access token.
    pub access: IssuedToken,
    /// The next session token. `None` if another request has just fetched it: the browser gets it there.
    pub next: Option<SessionToken>,
    /// How long a browser is to keep the tokens.
    pub lifetime: CookieLifetime,
}

/// Why a session token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// It names no session, or its secret was never handed out.
    #[error("the session token is unknown")]
    Unknown,
    /// The session has ended or expired.
    #[error("the session has ended")]
    Ended,
    /// It was replaced long ago: someone else may hold it, so the session has been ended.
    #[error("the session token had been replaced")]
    Reused,
    /// Something failed; the token may be as good as ever.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// Which of a session's secrets was presented.
enum Standing {
    Current,
    Previous,
}

impl Auth {
    /// Renews a session: of all who present its current token, one gets the next; the others, and
    /// who presents the token before it within the [`GRACE`], get an access token only.
    pub async fn renew(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        // A lost race is decided by reading again: the presented token then is the previous one.
        for _ in 0..2 {
            let (stored, user, standing) = self.examine(presented, requester).await?;
            let session = &stored.session;
            let idle_expires_at = self.idle_expiry(session.persistent, session.absolute_expires_at);
            let next = match standing {
                Standing::Previous => {
                    self.touch_stale(&stored, idle_expires_at).await?;
                    None
                }
                Standing::Current => {
                    let token = SessionToken::generate(session.id, &stored.family_key).map_err(InternalError::from)?;
                    let next = NextSecret { secret_hash: token.secret_hash(), now: self.clock.now(), idle_expires_at };
                    if !self.store.advance_session(&stored, &next, &requester.origin()).await? {
                        continue;
                    }
                    Some(token)
                }
            };
            let access = self.issue_access_token(&user, session)?;
            let principal = Principal { user_id: user.id, session_id: session.id };
            if next.is_some() {
                self.record(EventKind::SessionRenewed, Subject::from(principal), requester, None).await;
            }
            let lifetime = CookieLifetime { idle_expires_at, ..session.cookie_lifetime() };
            return Ok(Renewal { principal, access, next, lifetime });
        }
        Err(RenewError::Ended)
    }

    /// Hands out an access token and leaves the session token as it is: where its successor could get
    /// lost on the way to the browser.
    pub async fn refresh(&self, presented: &SessionCredential, requester: &Requester) -> Result<Renewal, RenewError> {
        let (stored, user, standing) = self.examine(presented, requester).await?;
        let session = &stored.session;
        let idle_expires_at = self.idle_expiry(session.persistent, session.absolute_expires_at);
        match standing {
            Standing::Current => self.touch_current(&stored, idle_expires_at).await?,
            Standing::Previous => self.touch_stale(&stored, idle_expires_at).await?,
        }
        let access = self.issue_access_token(&user, session)?;
        let principal = Principal { user_id: user.id, session_id: session.id };
        let lifetime = CookieLifetime { idle_expires_at, ..session.cookie_lifetime() };
        Ok(Renewal { principal, access, next: None, lifetime })
    }

    /// Accepts a session token as a program's bearer credential, without replacing it.
    pub async fn authenticate_session(
        &self,
        presented: &SessionCredential,
        requester: &Requester,
    ) -> Result<Principal, RenewError> {
        let (stored, user, standing) = self.examine(presented, requester).await?;
        let session = &stored.session;
        if matches!(standing, Standing::Current) {
            self.touch_current(&stored, self.idle_expiry(session.persistent, session.absolute_expires_at)).await?;
        }
        Ok(Principal { user_id: user.id, session_id: session.id })
    }

    /// Whoever uses the current token without replacing it has got it, and the one before is over soon.
    async fn touch_current(&self, stored: &StoredSession, idle_expires_at: Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now.since(stored.session.last_seen_at) >= TOUCH_INTERVAL || stored.secret_used_at.is_none() {
            self.store.touch_session(stored, now, idle_expires_at).await?;
        }
        Ok(())
    }

    /// Whoever never got the next token still uses the session, which must not end as idle under them.
    async fn touch_stale(&self, stored: &StoredSession, idle_expires_at: Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now.since(stored.session.last_seen_at) < TOUCH_INTERVAL {
            return Ok(());
        }
        self.store.touch_without_answer(stored, now, idle_expires_at).await
    }

    /// Finds the session a token names and judges the token's secret.
    async fn examine(
        &self,
        presented: &SessionCredential,
        requester: &Requester,
    ) -> Result<(StoredSession, User, Standing), RenewError> {
        let presented = self.recognise(presented).await?.ok_or(RenewError::Unknown)?;
        let stored = &presented.stored;
        let standing = if presented.matches(&stored.secret_hash) {
            Some(Standing::Current)
        } else if stored.previous_secret_hash.as_deref().is_some_and(|hash| presented.matches(hash)) {
            let graced = stored.secret_used_at.is_none_or(|used| self.clock.now().since(used) < GRACE);
            graced.then_some(Standing::Previous)
        } else if presented.handed_out {
            None
        } else {
            return Err(RenewError::Unknown);
        };
        if stored.ended_at.is_some() || stored.session.idle_expires_at <= self.clock.now() {
            return Err(RenewError::Ended);
        }
        let Some(standing) = standing else {
            self.end_reused(&stored.session, requester).await?;
            return Err(RenewError::Reused);
        };
        let user = self.store.enabled_user(stored.session.user_id).await?.ok_or(RenewError::Ended)?;
        Ok((presented.stored, user, standing))
    }

    async fn end_reused(&self, session: &Session, requester: &Requester) -> Result<(), RenewError> {
        let principal = Principal { user_id: session.user_id, session_id: session.id };
        self.end_session(principal, EndReason::TokenReused).await?;
        self.record(EventKind::TokenReuse, Subject::from(principal), requester, None).await;
        Ok(())
    }
}

impl From<StoreError> for RenewError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
