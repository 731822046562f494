//! The worker: claims due messages and sends several at a time.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::OwnedSemaphorePermit,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{Mailer, Report, transport::SEND_TIMEOUT};
use crate::store::{StoreError, outbox::ClaimedMail};

/// How often the database is asked for new messages. A message is sent within this time.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many messages are sent at a time.
pub(super) const MAX_OPEN: u32 = 8;

/// How long a claim lasts: a message and its result, with a reserve. After a crash the message is sent again after this
/// time.
const LEASE: Duration = Duration::from_secs(2 * SEND_TIMEOUT.as_secs());

impl Mailer {
    /// Sends messages as they become due, and never returns. Reports each attempt.
    pub async fn run(&self, report: impl Fn(Report)) {
        let mut open = JoinSet::new();
        let mut ticks = interval(POLL_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            match self.claim().await {
                Ok(claims) => self.start(claims, &mut open),
                Err(error) => tracing::error!(%error, "due messages could not be read"),
            }
            let first = tokio::select! {
                _ = ticks.tick() => None,
                Some(sent) = open.join_next() => Some(sent),
            };
            let mut ended = first;
            while let Some(sent) = ended {
                if let Ok(attempt) = sent {
                    report(attempt);
                }
                ended = open.try_join_next();
            }
        }
    }

    /// Sends the messages that are due now, and waits for the results. Returns their number.
    pub async fn deliver_due(&self, report: impl Fn(Report)) -> Result<usize, StoreError> {
        let mut open = JoinSet::new();
        let claims = self.claim().await?;
        let number = claims.len();
        self.start(claims, &mut open);
        while let Some(sent) = open.join_next().await {
            if let Ok(attempt) = sent {
                report(attempt);
            }
        }
        Ok(number)
    }

    /// Starts no further message, and waits until the open ones are sent. Otherwise, a message could be sent again after
    /// the next start.
    pub async fn finish(&self) {
        if let Ok(permits) = self.open.acquire_many(MAX_OPEN).await {
            permits.forget();
        }
    }

    fn start(&self, claims: Vec<(ClaimedMail, OwnedSemaphorePermit)>, open: &mut JoinSet<Report>) {
        for (claim, permit) in claims {
            let mailer = self.clone();
            open.spawn(async move {
                let report = mailer.deliver(claim).await;
                drop(permit);
                report
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
