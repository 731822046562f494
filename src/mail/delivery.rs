//! One attempt to send a message, and the time of the next one.

use std::time::Duration;

use super::{Compose, ComposeError, Composed, Mailer};
use crate::{
    crypto::random::random_bytes,
    domain::{Timestamp, UserId},
    store::outbox::{ClaimedMail, MailResult},
};

/// The waiting times between the attempts; then the last one again.
const DELAYS: [Duration; 7] = [
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(10),
    Duration::from_mins(20),
    Duration::from_mins(40),
    Duration::from_hours(1),
];

/// After this time a message is given up.
const PATIENCE: Duration = Duration::from_hours(24);

impl Mailer {
    /// Sends a message and records the result.
    pub(super) async fn deliver(&self, claim: ClaimedMail, composer: &impl Compose) {
        let mut user = None;
        let result = self.attempt(&claim, composer, &mut user).await;
        if result == MailResult::GivenUp {
            composer.given_up(user);
        }
        // The message is sent again after its lease.
        if let Err(error) = self.store.finish_mail(&claim, result).await {
            tracing::error!(%error, mail = %claim.id, "the result of a message could not be stored");
        }
    }

    /// Sets `user` as soon as the user is known.
    async fn attempt(&self, claim: &ClaimedMail, composer: &impl Compose, user: &mut Option<UserId>) -> MailResult {
        let (mail, kind, attempt) = (claim.id, claim.kind.as_str(), claim.attempt);
        let Some(letter) = self.outbox.open(claim) else {
            let error = "the message was sealed with another master secret";
            tracing::error!(%mail, kind, attempt, error, "a message was not sent and is given up");
            return MailResult::GivenUp;
        };
        let message = match composer.compose(claim, letter).await {
            Ok(Composed { user: about, message }) => {
                *user = about;
                message
            }
            Err(ComposeError::Obsolete) => return MailResult::Dropped,
            Err(error @ ComposeError::Store(_)) => return self.retry(claim, &error.to_string()),
            Err(error @ (ComposeError::Unaddressable(_) | ComposeError::Seal(_))) => {
                tracing::error!(%mail, kind, attempt, %error, "a message was not sent and is given up");
                return MailResult::GivenUp;
            }
        };
        match self.transport.send(&message).await {
            Ok(_) => {
                tracing::info!(%mail, kind, attempt, "a message was sent");
                MailResult::Delivered
            }
            Err(error) if error.is_permanent => {
                tracing::error!(%mail, kind, attempt, %error, "a message was refused and is given up");
                MailResult::GivenUp
            }
            Err(error) => self.retry(claim, &error.reason),
        }
    }

    fn retry(&self, claim: &ClaimedMail, reason: &str) -> MailResult {
        let (mail, kind, attempt) = (claim.id, claim.kind.as_str(), claim.attempt);
        if let Some(next) = next_attempt(attempt, claim.created_at, self.clock.now()) {
            tracing::warn!(%mail, kind, attempt, reason, "a message was not sent; it will be retried");
            MailResult::RetryAt(next)
        } else {
            tracing::error!(%mail, kind, attempt, reason, "a message was not sent for a day and is given up");
            MailResult::GivenUp
        }
    }
}

/// The time of the next attempt, with up to a fifth added at random. `None` when the message is to be given up.
fn next_attempt(attempt: i32, created_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let index = usize::try_from(attempt).unwrap_or(1).saturating_sub(1).min(DELAYS.len() - 1);
    let delay = DELAYS[index];
    let [random] = random_bytes::<1>().unwrap_or_default();
    let next = now.plus(delay + delay * u32::from(random) / (5 * 256));
    (next.since(created_at) <= PATIENCE).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_go_on_for_a_day() {
        let start = Timestamp::from_millis(1_700_000_000_000);
        let (mut now, mut attempts) = (start, 1);
        while let Some(next) = next_attempt(attempts, start, now) {
            assert!(next > now && next.since(now) <= Duration::from_mins(72));
            (now, attempts) = (next, attempts + 1);
        }
        assert!((22 * 3600..=24 * 3600).contains(&now.since(start).as_secs()), "{:?}", now.since(start));
        assert!((20..40).contains(&attempts), "{attempts}");
    }
}
