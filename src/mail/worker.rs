//! The worker: claims due messages and sends several at a time.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::OwnedSemaphorePermit,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{Compose, Mailer, transport::SEND_TIMEOUT};
use crate::store::{StoreError, outbox::ClaimedMail};

/// How often the database is asked for new messages. A message is sent within this time.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many messages are sent at a time.
pub(super) const MAX_OPEN: u32 = 8;

/// How long a claim lasts: a message and its result, with a reserve. After a crash the message is sent again after this
/// time.
const LEASE: Duration = Duration::from_secs(2 * SEND_TIMEOUT.as_secs());

impl Mailer {
    /// Sends messages as they become due, and never returns.
    pub async fn run(&self, composer: &Arc<impl Compose>) {
        let mut open = JoinSet::new();
        let mut ticks = interval(POLL_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            match self.claim().await {
                Ok(claims) => self.start(claims, composer, &mut open),
                Err(error) => tracing::error!(%error, "due messages could not be read"),
            }
            tokio::select! {
                _ = ticks.tick() => {}
                Some(_) = open.join_next() => {}
            }
            while open.try_join_next().is_some() {}
        }
    }

    /// Sends the messages that are due now, and waits for the results. Returns their number.
    pub async fn deliver_due(&self, composer: &Arc<impl Compose>) -> Result<usize, StoreError> {
        let mut open = JoinSet::new();
        let claims = self.claim().await?;
        let number = claims.len();
        self.start(claims, composer, &mut open);
        while open.join_next().await.is_some() {}
        Ok(number)
    }

    /// Starts no further message, and waits until the open ones are sent. Otherwise, a message could be sent again after
    /// the next start.
    pub async fn finish(&self) {
        if let Ok(permits) = self.open.acquire_many(MAX_OPEN).await {
            permits.forget();
        }
    }

    fn start(
        &self,
        claims: Vec<(ClaimedMail, OwnedSemaphorePermit)>,
        composer: &Arc<impl Compose>,
        open: &mut JoinSet<()>,
    ) {
        for (claim, permit) in claims {
            let (mailer, composer) = (self.clone(), Arc::clone(composer));
            open.spawn(async move {
                mailer.deliver(claim, &*composer).await;
                drop(permit);
            });
        }
    }

    /// Claims at most as many messages as can be sent now.
    async fn claim(&self) -> Result<Vec<(ClaimedMail, OwnedSemaphorePermit)>, StoreError> {
        let mut permits = Vec::new();
        while let Ok(permit) = Arc::clone(&self.open).try_acquire_owned() {
            permits.push(permit);
        }
        if permits.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let claims = self.store.claim_mail(now, now.plus(LEASE), permits.len() as u64).await?;
        Ok(claims.into_iter().zip(permits).collect())
    }
}
