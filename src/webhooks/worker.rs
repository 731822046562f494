//! The worker: claims due events and sends several at a time.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{TIMEOUT, Webhooks};
use crate::store::{StoreError, webhooks::Claim};

/// How often the database is asked for new events. An event is sent within this time.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many requests are open at a time. Never two of one user.
const MAX_OPEN: usize = 16;

/// How long a claim lasts: a request and its result, with a reserve. After a crash the event is sent again
/// after this time.
const LEASE: Duration = Duration::from_secs(4 * TIMEOUT.as_secs());

impl Webhooks {
    /// Sends events as they become due. Returns only if the receiver wants no more.
    pub async fn run(&self) {
        let mut open = JoinSet::new();
        let mut ticks = interval(POLL_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.is_refused() {
            match self.claim(MAX_OPEN - open.len()).await {
                Ok(claims) => self.start(claims, &mut open),
                Err(error) => tracing::error!(%error, "due webhooks could not be read"),
            }
            tokio::select! {
                _ = ticks.tick() => {}
                Some(_) = open.join_next() => {}
            }
            while open.try_join_next().is_some() {}
        }
        while open.join_next().await.is_some() {}
    }

    /// Sends the events that are due now, and waits for the results. Returns their number.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let mut open = JoinSet::new();
        let claims = if self.is_refused() { Vec::new() } else { self.claim(MAX_OPEN).await? };
        let number = claims.len();
        self.start(claims, &mut open);
        while open.join_next().await.is_some() {}
        Ok(number)
    }

    fn start(&self, claims: Vec<Claim>, open: &mut JoinSet<()>) {
        for claim in claims {
            let webhooks = self.clone();
            open.spawn(async move { webhooks.deliver(claim).await });
        }
    }

    async fn claim(&self, limit: usize) -> Result<Vec<Claim>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        self.store.claim_webhooks(now, now.plus(LEASE), u32::try_from(limit).unwrap_or(u32::MAX)).await
    }

    fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}
