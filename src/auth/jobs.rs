//! What runs beside the requests: the feed of sessions ended and of keys made on other replicas, and
//! forgetting what is no longer needed.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{Auth, sessions::revocations::forget_at};
use crate::{
    clock::{CLOCK_SKEW, LEEWAY},
    domain::Timestamp,
    store::StoreError,
};

/// How often the database is asked which sessions have ended and which keys there are: a sign-out on one
/// replica is known to all within this time.
pub const FEED_INTERVAL: Duration = Duration::from_secs(1);

/// How far back each poll looks. Covers the clocks of replicas being apart, and transactions that
/// commit a little after the time they carry.
const FEED_OVERLAP: Duration = Duration::from_mins(1);

/// How often networks that have calmed down are dropped from memory.
const FORGETTING_INTERVAL: Duration = Duration::from_mins(1);

/// How often rows past their retention are deleted.
pub const CLEANING_INTERVAL: Duration = Duration::from_hours(1);

/// Ended sessions are kept this long, for questions about the past.
const SESSION_RETENTION: Duration = Duration::from_hours(30 * 24);

/// The security log is kept this long.
const EVENT_RETENTION: Duration = Duration::from_hours(400 * 24);

/// Counters of failed attempts are kept this long.
const ATTEMPT_RETENTION: Duration = Duration::from_hours(24);

impl Auth {
    /// Until when a session ended at `ended_at` must be remembered: its last access token has
    /// expired by then, leeway included.
    pub(crate) fn revocations_last_until(&self, ended_at: Timestamp) -> Timestamp {
        forget_at(ended_at, self.lifetimes.access)
    }

    /// Learns of every session whose access tokens may still be within their life. To be called
    /// before the first request: a restart forgets no sign-out.
    pub async fn load_revocations(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.learn_revocations(self.oldest_that_matters(now), now).await
    }

    /// Learns of the sessions ended since this last succeeded, on whichever replica: an hour without the
    /// database is made up for.
    pub async fn refresh_revocations(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let since = self.feed_read_at().min(now).minus(FEED_OVERLAP).max(self.oldest_that_matters(now));
        self.learn_revocations(since, now).await
    }

    async fn learn_revocations(&self, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        for (session, ended_at) in self.store.sessions_ended_since(since).await? {
            self.revocations.insert(session, self.revocations_last_until(ended_at));
        }
        self.revocations.forget_expired(now);
        self.feed_read_at.store(now.millis(), Ordering::Relaxed);
        Ok(())
    }

    fn feed_read_at(&self) -> Timestamp {
        Timestamp::from_millis(self.feed_read_at.load(Ordering::Relaxed))
    }

    /// All access tokens of a session that ended before this have expired.
    fn oldest_that_matters(&self, now: Timestamp) -> Timestamp {
        now.minus(self.lifetimes.access + LEEWAY + CLOCK_SKEW + FEED_OVERLAP)
    }

    /// Deletes what is past its retention.
    pub async fn clean(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.delete_sessions_before(now.minus(SESSION_RETENTION)).await?;
        self.store.delete_events_before(now.minus(EVENT_RETENTION)).await?;
        self.store.delete_attempts_before(now.minus(ATTEMPT_RETENTION)).await?;
        self.store.delete_signing_keys_before(now.minus(CLOCK_SKEW)).await?;
        Ok(())
    }

    /// Follows the feed and cleans up, for ever. A database out of reach is reported and asked again.
    pub async fn keep_house(self: Arc<Self>) {
        // Side by side: however long the cleaning takes, the feed is read each second.
        tokio::join!(self.follow_feed(), self.clean_regularly(), self.forget_regularly());
    }

    async fn follow_feed(&self) {
        let mut ticks = tokio::time::interval(FEED_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = self.refresh_revocations().await {
                tracing::error!(%error, "could not refresh the revoked sessions");
            }
            if let Err(error) = self.refresh_keys().await {
                tracing::error!(%error, "could not refresh the signing keys");
            }
        }
    }

    async fn clean_regularly(&self) {
        let mut ticks = tokio::time::interval(CLEANING_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = self.clean().await {
                tracing::error!(%error, "could not delete what is past its retention");
            }
        }
    }

    async fn forget_regularly(&self) {
        let mut ticks = tokio::time::interval(FORGETTING_INTERVAL);
        loop {
            ticks.tick().await;
            self.throttle.forget_idle();
        }
    }
}
