//! The revocation feed: how this process learns of sessions that ended on other replicas.

use std::{sync::atomic::Ordering, time::Duration};

use super::Sessions;
use crate::{domain::Timestamp, store::StoreError};

/// How far back each poll looks. Covers clock differences between replicas, and transactions that commit a
/// little after the time they carry.
const OVERLAP: Duration = Duration::from_mins(1);

impl Sessions {
    /// Loads every session that ended while its access tokens may be unexpired. Called before the first
    /// request, so that a restart forgets no sign-out.
    pub async fn load_revocations(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.read_feed(self.oldest_relevant(now), now).await
    }

    /// Loads the sessions that ended since the last successful call, on any replica. An outage of the
    /// database is made up for.
    pub async fn refresh_revocations(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let last_read = Timestamp::from_millis(self.feed_read_at.load(Ordering::Relaxed));
        self.read_feed(last_read.min(now).minus(OVERLAP).max(self.oldest_relevant(now)), now).await
    }

    async fn read_feed(&self, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        for (session, ended_at) in self.store.sessions_ended_since(since).await? {
            self.revocations.insert(session, self.tokens.last_expiry(ended_at));
        }
        self.revocations.forget_expired(now);
        self.feed_read_at.store(now.millis(), Ordering::Relaxed);
        Ok(())
    }

    /// All access tokens of sessions that ended before this have expired.
    fn oldest_relevant(&self, now: Timestamp) -> Timestamp {
        now.minus(self.tokens.longest_validity() + OVERLAP)
    }
}
