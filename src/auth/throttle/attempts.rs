//! The attempts on one account, as the database keeps them.

use std::{fmt, time::Duration};

use hmac::{Hmac, Mac, digest::Key};
use sha2::{Digest, Sha256};

use super::{Backoff, Network, Throttled};
use crate::domain::Timestamp;

/// How far the clocks of two servers may differ.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// Names a row of attempts without telling whose they are: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttemptKey(String);

impl AttemptKey {
    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A row of attempts and the rule it is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptBudget {
    /// The row.
    pub key: AttemptKey,
    /// The rule.
    pub backoff: Backoff,
}

/// Makes attempt keys. They are keyed hashes: without the secret the table does not tell even that a
/// *guessed* address is in it.
#[derive(Clone)]
pub struct AttemptKeys(Hmac<Sha256>);

impl AttemptKeys {
    /// Keys under a secret of any length; another secret forgets all attempts.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = Key::<Hmac<Sha256>>::default();
        key.iter_mut().zip(Sha256::digest(secret)).for_each(|(byte, secret)| *byte = secret);
        Self(Hmac::new(&key))
    }

    /// The two budgets of an account, in the order to ask them: what one network may spend first, so
    /// that an attempt refused there takes nothing from the budget shared by all. Both must admit an
    /// attempt; when it succeeds, both rows go.
    ///
    /// `account` is the same text for every spelling of an account, whether the account exists or
    /// not: the e-mail address's key.
    pub fn budgets(&self, account: &str, network: Network) -> [AttemptBudget; 2] {
        let network = network.to_string();
        [
            AttemptBudget { key: self.key(&[account, &network]), backoff: Backoff::ACCOUNT_AND_NETWORK },
            AttemptBudget { key: self.key(&[account]), backoff: Backoff::ACCOUNT },
        ]
    }

    fn key(&self, parts: &[&str]) -> AttemptKey {
        let mut mac = self.0.clone();
        mac.update(b"latchkey attempts");
        for part in parts {
            // With its length in front, no part can run into the next.
            mac.update(&part.len().to_be_bytes());
            mac.update(part.as_bytes());
        }
        AttemptKey(format!("{:x}", mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for AttemptKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptKeys(…)")
    }
}

/// What is known about the attempts under one key. Deleted when an attempt succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Attempts that failed or have not succeeded yet.
    pub failures: u32,
    /// When the last of them was admitted. Older than [`Backoff::FORGET_AFTER`], the record may go.
    pub last_attempt_at: Timestamp,
    /// When the next one may be.
    pub next_allowed_at: Timestamp,
}

/// Admits an attempt and counts it as failed in advance, or says how long to wait.
///
/// The record returned must replace the one given by compare-and-set, and this be asked again if
/// another attempt came first: then parallel attempts are counted one by one. A refused attempt
/// changes nothing, so hammering prolongs no wait.
pub fn admit(record: Option<AttemptRecord>, backoff: &Backoff, now: Timestamp) -> Result<AttemptRecord, Throttled> {
    let failures = match record {
        None => 0,
        Some(record) => {
            let retry_after = record.next_allowed_at.since(now);
            // No rule makes anyone wait longer than this: the clock has been set back since.
            let clock_was_set_back = retry_after > backoff.max_delay.saturating_add(CLOCK_SKEW);
            if !retry_after.is_zero() && !clock_was_set_back {
                return Err(Throttled { retry_after: retry_after.min(backoff.max_delay) });
            }
            backoff.remaining(record.failures, now.since(record.last_attempt_at))
        }
    };
    let failures = failures.saturating_add(1);
    let next_allowed_at = now.plus(backoff.delay_after(failures));
    Ok(AttemptRecord { failures, last_attempt_at: now, next_allowed_at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    const PAIR: Backoff = Backoff::ACCOUNT_AND_NETWORK;

    fn clock() -> ManualClock {
        ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000))
    }

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    /// Attempts as soon as the rule allows it, `count` times; the waits in seconds.
    fn attempt(count: usize, clock: &ManualClock, record: &mut Option<AttemptRecord>) -> Vec<u64> {
        let mut waits = Vec::new();
        for _ in 0..count {
            let wait = admit(*record, &PAIR, clock.clock().now())
                .map_or_else(|refused| refused.retry_after, |_| Duration::ZERO);
            clock.advance(wait);
            *record = Some(admit(*record, &PAIR, clock.clock().now()).unwrap());
            waits.push(wait.as_secs());
        }
        waits
    }

    #[test]
    fn after_five_attempts_each_next_one_waits_twice_as_long_up_to_an_hour() {
        let waits = attempt(18, &clock(), &mut None);
        assert_eq!(waits, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
    }

    #[test]
    fn parallel_attempts_are_counted_one_by_one() {
        let now = clock().clock().now();
        let mut stored = None;
        // Ten requests read the same record; compare-and-set lets one through and the others ask again.
        let admitted =
            (0..10).filter(|_| admit(stored, &PAIR, now).map(|record| stored = Some(record)).is_ok()).count();
        assert_eq!(admitted, 5);
        assert_eq!(stored.unwrap().failures, 5);
    }

    #[test]
    fn a_refused_attempt_prolongs_no_wait() {
        let clock = clock();
        let mut record = None;
        attempt(8, &clock, &mut record);
        let now = clock.clock().now();
        for millis in [0, 1, 20_000, 39_999] {
            let later = now.plus(Duration::from_millis(millis));
            let refused = admit(record, &PAIR, later).unwrap_err();
            assert_eq!(refused.retry_after, Duration::from_millis(40_000 - millis));
        }
        assert!(admit(record, &PAIR, now.plus(Duration::from_secs(40))).is_ok());
    }

    #[test]
    fn failures_are_forgotten_a_day_after_the_last_attempt() {
        let clock = clock();
        let mut record = None;
        attempt(20, &clock, &mut record);
        let still = admit(record, &PAIR, clock.clock().now().plus(Duration::from_hours(23))).unwrap();
        assert_eq!(still.failures, 21);
        let forgotten = admit(record, &PAIR, clock.clock().now().plus(Duration::from_hours(24))).unwrap();
        assert_eq!(forgotten.failures, 1);
    }

    #[test]
    fn one_patient_network_never_uses_up_the_budget_of_the_account() {
        let clock = clock();
        let (mut pair, mut account) = (None, None);
        for _ in 0..1_000 {
            let wait = attempt(1, &clock, &mut pair)[0];
            let record = admit(account, &Backoff::ACCOUNT, clock.clock().now()).unwrap();
            assert!(record.failures < Backoff::ACCOUNT.free_attempts, "{} after {wait} s", record.failures);
            account = Some(record);
        }
    }

    #[test]
    fn many_networks_together_wait_after_a_hundred_attempts() {
        let now = clock().clock().now();
        let mut account = None;
        for _ in 0..100 {
            account = Some(admit(account, &Backoff::ACCOUNT, now).unwrap());
        }
        assert_eq!(admit(account, &Backoff::ACCOUNT, now), Err(Throttled { retry_after: Duration::from_mins(1) }));
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_out_for_longer_than_the_longest_wait() {
        let clock = clock();
        let mut record = None;
        attempt(20, &clock, &mut record);
        clock.set_back(Duration::from_secs(30));
        let skewed = admit(record, &PAIR, clock.clock().now()).unwrap_err();
        assert_eq!(skewed.retry_after, PAIR.max_delay, "two servers' clocks may differ");
        clock.set_back(Duration::from_hours(24 * 365));
        let after = admit(record, &PAIR, clock.clock().now()).unwrap();
        assert_eq!(after.failures, 21, "what was counted stays counted");
    }

    #[test]
    fn a_key_shows_no_address_and_depends_on_everything() {
        let keys = AttemptKeys::new(b"a secret");
        let [pair, account] = keys.budgets("ada@example.com", network("192.0.2.1"));
        for key in [&pair.key, &account.key] {
            assert_eq!(key.as_str().len(), 64);
            assert!(key.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()), "{key:?}");
        }
        assert_ne!(pair.key, account.key);
        let same = keys.budgets("ada@example.com", network("::ffff:192.0.2.1"));
        assert_eq!(same, [pair.clone(), account.clone()]);
        let [elsewhere, same_account] = keys.budgets("ada@example.com", network("192.0.2.2"));
        assert_ne!(elsewhere.key, pair.key);
        assert_eq!(same_account.key, account.key);
        let other_secret = AttemptKeys::new(b"another secret").budgets("ada@example.com", network("192.0.2.1"));
        assert_ne!(other_secret[1].key, account.key);
        assert_ne!(keys.key(&["ab", "c"]), keys.key(&["a", "bc"]));
    }
}
