//! Background jobs: the feeds of ended sessions and signing keys, webhooks, mail, and the deletion of expired data.

use std::{sync::Arc, time::Duration};

use super::{keys::SigningKeys, mailing::Mailing, sessions::Sessions, throttle::NetworkLimiter};
use crate::{
    clock::{CLOCK_SKEW, Clock},
    store::{Store, StoreError},
    webhooks::Webhooks,
};

/// How often the database is polled for ended sessions and for signing keys. A sign-out on one replica
/// takes effect on all others within this time.
pub const FEED_INTERVAL: Duration = Duration::from_secs(1);

/// How often idle networks are dropped from memory.
const IDLE_INTERVAL: Duration = Duration::from_mins(1);

/// How often expired rows are deleted.
pub const PURGE_INTERVAL: Duration = Duration::from_hours(1);

/// How long ended sessions are kept, for questions about the past.
const SESSION_RETENTION: Duration = Duration::from_hours(30 * 24);

/// How long the security log is kept.
const EVENT_RETENTION: Duration = Duration::from_hours(400 * 24);

/// The most routine entries of one user in the security log, and the most others.
const MAX_EVENTS_PER_USER: u64 = 5_000;

/// The most entries of the security log: about 2 GB.
const MAX_EVENTS: u64 = 5_000_000;

/// How long counters of failed attempts are kept.
const ATTEMPT_RETENTION: Duration = Duration::from_hours(24);

/// How long messages are kept after they were queued. They are sent or given up within a day; the limits per account
/// count a day.
const MAIL_RETENTION: Duration = Duration::from_hours(48);

/// How long expired one-time secrets and former addresses are kept, so that the page can say why a link does not work.
const SECRET_RETENTION: Duration = Duration::from_hours(7 * 24);

/// The background jobs of the service.
pub struct Jobs {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) sessions: Arc<Sessions>,
    pub(super) keys: Arc<SigningKeys>,
    pub(super) networks: Arc<NetworkLimiter>,
    pub(super) webhooks: Option<Webhooks>,
    pub(super) mail: Option<Mailing>,
    pub(super) event_retention: Duration,
}

impl Jobs {
    /// Runs all jobs and never returns. A failure of the database is logged and retried.
    pub async fn run(&self) {
        // Side by side, so that a slow purge, webhook receiver or mail server does not delay the feed.
        tokio::join!(
            self.expire_cached_rows(),
            self.follow_feeds(),
            self.write_queued_ends(),
            self.purge_regularly(),
            self.drop_idle_regularly(),
            self.send_webhooks(),
            self.send_mail()
        );
    }

    /// Deletes rows past their retention.
    pub async fn purge_expired(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.delete_sessions_before(now.minus(SESSION_RETENTION)).await?;
        self.store.delete_events_before(now.minus(EVENT_RETENTION)).await?;
        self.store.delete_surplus_events_of_users(MAX_EVENTS_PER_USER).await?;
        self.store.delete_events_beyond(MAX_EVENTS).await?;
        self.store.delete_user_events_before(now.minus(self.event_retention)).await?;
        self.store.delete_mail_before(now.minus(MAIL_RETENTION)).await?;
        self.store.delete_one_time_secrets_before(now.minus(SECRET_RETENTION)).await?;
        self.store.delete_former_addresses_before(now.minus(SECRET_RETENTION)).await?;
        self.store.delete_trusted_devices_before(now.minus(CLOCK_SKEW)).await?;
        self.store.delete_attempts_before(now.minus(ATTEMPT_RETENTION)).await?;
        self.store.delete_signing_keys_before(now.minus(CLOCK_SKEW)).await?;
        Ok(())
    }

    /// Sends the webhooks that are due now, and waits for the results. Returns their number.
    pub async fn deliver_webhooks(&self) -> Result<usize, StoreError> {
        match &self.webhooks {
            Some(webhooks) => webhooks.deliver_due().await,
            None => Ok(0),
        }
    }

    async fn send_webhooks(&self) {
        if let Some(webhooks) = &self.webhooks {
            webhooks.run().await;
        }
    }

    /// Sends the messages that are due now, and waits for the results. Returns their number.
    pub async fn deliver_mail(&self) -> Result<usize, StoreError> {
        match &self.mail {
            Some(mail) => mail.deliver_due().await,
            None => Ok(0),
        }
    }

    async fn send_mail(&self) {
        if let Some(mail) = &self.mail {
            mail.run().await;
        }
    }

    /// Not part of the feeds: it needs no database, and must not wait for one.
    async fn expire_cached_rows(&self) {
        let mut ticks = tokio::time::interval(FEED_INTERVAL);
        loop {
            ticks.tick().await;
            self.store.expire_cached_rows();
        }
    }

    async fn follow_feeds(&self) {
        let mut ticks = tokio::time::interval(FEED_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sessions.refresh_revocations().await {
                tracing::error!(%error, "the revoked sessions could not be refreshed");
            }
            if let Err(error) = self.keys.refresh().await {
                tracing::error!(%error, "the signing keys could not be refreshed");
            }
        }
    }

    async fn write_queued_ends(&self) {
        let mut ticks = tokio::time::interval(FEED_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sessions.write_queued_ends().await {
                tracing::error!(%error, "ended sessions could not be stored; they stay refused in memory");
            }
        }
    }

    async fn purge_regularly(&self) {
        let mut ticks = tokio::time::interval(PURGE_INTERVAL);
        loop {
            ticks.tick().await;
            if let Err(error) = self.purge_expired().await {
                tracing::error!(%error, "expired rows could not be deleted");
            }
        }
    }

    async fn drop_idle_regularly(&self) {
        let mut ticks = tokio::time::interval(IDLE_INTERVAL);
        loop {
            ticks.tick().await;
            self.networks.drop_idle();
        }
    }
}
