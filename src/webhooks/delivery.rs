//! One attempt to deliver an event, and the time of the next one.

use std::{sync::atomic::Ordering, time::Duration};

use super::{Webhooks, body::UserEventBody, sign::signatures};
use crate::{
    crypto::random::random_bytes,
    store::webhooks::{Attempt, Claim},
};

/// The waiting times between the attempts: the schedule that the specification suggests. After the last one
/// the event is given up, about three days after the first attempt.
const DELAYS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The longest `Retry-After` that is respected.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// How a receiver answered.
enum Reply {
    Accepted,
    /// 410: it wants no more webhooks.
    Refused,
    Failed {
        reason: String,
        retry_after: Option<Duration>,
    },
}

impl Webhooks {
    /// Sends an event and records the result.
    pub(super) async fn deliver(&self, claim: Claim) {
        let reply = self.send(&claim).await;
        let (event, user, attempt) = (claim.event.sequence, claim.event.user_id, claim.attempt);
        let result = match reply {
            Reply::Accepted => Attempt::Delivered,
            Reply::Refused => {
                self.refused.store(true, Ordering::Relaxed);
                tracing::error!(
                    "the webhook receiver answered 410: it wants no more webhooks, and none is sent until the next \
                     start; correct or unset LATCHKEY_WEBHOOK_URL"
                );
                Attempt::Withdrawn
            }
            Reply::Failed { reason, retry_after } => {
                if let Some(delay) = delay(attempt, retry_after) {
                    tracing::warn!(event, %user, attempt, reason, ?delay, "a webhook was not delivered; it will be retried");
                    Attempt::RetryAt(self.clock.now().plus(delay))
                } else {
                    tracing::error!(event, %user, attempt, reason, "a webhook was not delivered and is given up");
                    Attempt::GivenUp
                }
            }
        };
        // The event is sent again after its lease.
        if let Err(error) = self.store.finish_attempt(&claim, result).await {
            tracing::error!(%error, event, "the result of a webhook could not be stored");
        }
    }

    async fn send(&self, claim: &Claim) -> Reply {
        let failed = |reason: String| Reply::Failed { reason, retry_after: None };
        let event = UserEventBody::from(claim.event.clone());
        let body = match serde_json::to_vec(&event) {
            Ok(body) => body,
            Err(error) => return failed(error.to_string()),
        };
        let sent_at = self.clock.now();
        let signature = match signatures(&self.target.secrets, event.id(), sent_at, &body) {
            Ok(signature) => signature,
            Err(error) => return failed(error.to_string()),
        };
        let timestamp = sent_at.seconds().to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", event.id()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        match self.client.post(&self.target.url, &headers, body).await {
            Ok(answer) => match answer.status {
                200..=299 => Reply::Accepted,
                410 => Reply::Refused,
                status => Reply::Failed { reason: format!("status {status}"), retry_after: answer.retry_after },
            },
            Err(error) => failed(error.to_string()),
        }
    }
}

/// The time until the next attempt, with up to a fifth added at random. `None` after the last attempt.
fn delay(attempt: i32, retry_after: Option<Duration>) -> Option<Duration> {
    let index = usize::try_from(attempt).ok()?.checked_sub(1)?;
    let delay = DELAYS.get(index)?.max(&retry_after.unwrap_or_default().min(MAX_RETRY_AFTER)).to_owned();
    let [random] = random_bytes::<1>().unwrap_or_default();
    Some(delay + delay * u32::from(random) / (5 * 256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_for_three_days_and_end() {
        let delays: Vec<_> = (1..).map_while(|attempt| delay(attempt, None)).collect();
        assert_eq!(delays.len(), 9);
        assert!(delays.is_sorted());
        let total: Duration = delays.iter().sum();
        assert!((72..96).contains(&(total.as_secs() / 3600)), "{total:?}");
        for (delay, least) in delays.iter().zip(DELAYS) {
            assert!(*delay >= least && *delay < least + least / 5);
        }
    }

    #[test]
    fn delay_respects_retry_after_up_to_a_day() {
        let hour = Duration::from_hours(1);
        assert!(delay(1, Some(hour)).is_some_and(|delay| delay >= hour && delay < hour * 2));
        assert!(delay(1, Some(hour * 1000)).is_some_and(|delay| delay < hour * 30));
        assert!(delay(4, Some(Duration::from_secs(1))).is_some_and(|delay| delay >= hour * 2));
    }
}
