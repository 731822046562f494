//! The attempts on one account: their keys in the database, and the rule that admits the next one.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Backoff, Network, Throttled};
use crate::{
    clock::CLOCK_SKEW,
    crypto::{hex::hex, hmac::HmacKey},
    domain::{Email, Timestamp, UserId},
    store::attempts::Attempts,
};

/// The key of a row of attempts: 64 hexadecimal digits that do not reveal the account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttemptKey(String);

/// The account that an attempt is made on.
#[derive(Clone, Copy, Debug)]
pub enum AttemptTarget<'a> {
    /// Sign-in with this address, whether or not an account has it.
    SignIn(&'a Email),
    /// The password check of a signed-in user.
    ConfirmPassword(UserId),
}

/// A row of attempts and its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptBudget {
    /// The row.
    pub key: AttemptKey,
    /// The rule.
    pub backoff: Backoff,
}

/// Makes attempt keys: HMACs, so that the table cannot be searched for a guessed address without the
/// secret.
#[derive(Clone)]
pub struct AttemptKeys(HmacKey);

impl AttemptKey {
    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AttemptTarget<'_> {
    /// The same text for every spelling of an address.
    fn text(self) -> String {
        match self {
            Self::SignIn(email) => email.key().to_owned(),
            Self::ConfirmPassword(user) => format!("change-password|{user}"),
        }
    }
}

impl AttemptKeys {
    /// Keys under a secret of any length. Another secret resets all counters.
    pub fn new(secret: &[u8]) -> Self {
        Self(HmacKey::new(&Sha256::digest(secret)))
    }

    /// The two budgets of an account, in the order in which they are checked. The budget of one network
    /// comes first, so that an attempt refused there uses none of the shared budget. Both must admit an
    /// attempt; when it succeeds, both rows are deleted.
    pub fn budgets(&self, target: AttemptTarget<'_>, network: Network) -> [AttemptBudget; 2] {
        let (account, network) = (target.text(), network.to_string());
        [
            AttemptBudget { key: self.key(&[&account, &network]), backoff: Backoff::ACCOUNT_AND_NETWORK },
            AttemptBudget { key: self.key(&[&account]), backoff: Backoff::ACCOUNT },
        ]
    }

    fn key(&self, parts: &[&str]) -> AttemptKey {
        let mut message = b"latchkey attempts".to_vec();
        for part in parts {
            // The length in front keeps two different lists of parts from giving the same message.
            message.extend(part.len().to_be_bytes());
            message.extend(part.as_bytes());
        }
        AttemptKey(hex(&self.0.tag(&message)))
    }
}

impl fmt::Debug for AttemptKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptKeys(…)")
    }
}

/// Admits an attempt and counts it as failed in advance.
///
/// The caller replaces the given record with the returned one by compare-and-set and retries after a lost
/// race, so that parallel attempts are counted one by one. A refused attempt changes nothing: repeating it
/// does not prolong the wait.
pub fn admit(record: Option<Attempts>, backoff: &Backoff, now: Timestamp) -> Result<Attempts, Throttled> {
    let failures = match record {
        None => 0,
        Some(record) => {
            let retry_after = record.next_allowed_at.since(now);
            // No rule has a longer wait, so the clock was set back.
            let clock_was_set_back = retry_after > backoff.max_delay.saturating_add(CLOCK_SKEW);
            if !retry_after.is_zero() && !clock_was_set_back {
                return Err(Throttled { retry_after: retry_after.min(backoff.max_delay) });
            }
            backoff.remaining(record.failures, now.since(record.last_attempt_at))
        }
    };
    let failures = failures.saturating_add(1);
    let next_allowed_at = now.plus(backoff.delay_after(failures));
    Ok(Attempts { failures, last_attempt_at: now, next_allowed_at })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
    fn attempt(count: usize, clock: &ManualClock, record: &mut Option<Attempts>) -> Vec<u64> {
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
    fn wait_doubles_from_5_s_to_an_hour() {
        let waits = attempt(18, &clock(), &mut None);
        assert_eq!(waits, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
    }

    #[test]
    fn parallel_attempts_are_counted_one_by_one() {
        let now = clock().clock().now();
        let mut stored = None;
        // Ten requests read the same record; compare-and-set admits one and the others retry.
        let admitted =
            (0..10).filter(|_| admit(stored, &PAIR, now).map(|record| stored = Some(record)).is_ok()).count();
        assert_eq!(admitted, 5);
        assert_eq!(stored.unwrap().failures, 5);
    }

    #[test]
    fn refused_attempt_does_not_prolong_the_wait() {
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
    fn failures_expire_a_day_after_the_last_attempt() {
        let clock = clock();
        let mut record = None;
        attempt(20, &clock, &mut record);
        let still = admit(record, &PAIR, clock.clock().now().plus(Duration::from_hours(23))).unwrap();
        assert_eq!(still.failures, 21);
        let forgotten = admit(record, &PAIR, clock.clock().now().plus(Duration::from_hours(24))).unwrap();
        assert_eq!(forgotten.failures, 1);
    }

    #[test]
    fn one_network_cannot_use_up_the_account_budget() {
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
    fn many_networks_wait_after_100_attempts() {
        let now = clock().clock().now();
        let mut account = None;
        for _ in 0..100 {
            account = Some(admit(account, &Backoff::ACCOUNT, now).unwrap());
        }
        assert_eq!(admit(account, &Backoff::ACCOUNT, now), Err(Throttled { retry_after: Duration::from_mins(1) }));
    }

    #[test]
    fn clock_set_back_waits_at_most_the_longest_wait() {
        let clock = clock();
        let mut record = None;
        attempt(20, &clock, &mut record);
        clock.set_back(Duration::from_secs(30));
        let skewed = admit(record, &PAIR, clock.clock().now()).unwrap_err();
        assert_eq!(skewed.retry_after, PAIR.max_delay, "two servers' clocks may differ");
        clock.set_back(Duration::from_hours(24 * 365));
        let after = admit(record, &PAIR, clock.clock().now()).unwrap();
        assert_eq!(after.failures, 21, "counted failures stay counted");
    }

    #[test]
    fn key_depends_on_account_network_and_secret() {
        let email = Email::parse("ada@example.com").unwrap();
        let ada = || AttemptTarget::SignIn(&email);
        let keys = AttemptKeys::new(b"a secret");
        let [pair, account] = keys.budgets(ada(), network("192.0.2.1"));
        for key in [&pair.key, &account.key] {
            assert_eq!(key.as_str().len(), 64);
            assert!(key.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()), "{key:?}");
        }
        assert_ne!(pair.key, account.key);
        let same = keys.budgets(ada(), network("::ffff:192.0.2.1"));
        assert_eq!(same, [pair.clone(), account.clone()]);
        let [other_network, same_account] = keys.budgets(ada(), network("192.0.2.2"));
        assert_ne!(other_network.key, pair.key);
        assert_eq!(same_account.key, account.key);
        let other_secret = AttemptKeys::new(b"another secret").budgets(ada(), network("192.0.2.1"));
        assert_ne!(other_secret[1].key, account.key);
        assert_ne!(keys.key(&["ab", "c"]), keys.key(&["a", "bc"]));
    }
}
