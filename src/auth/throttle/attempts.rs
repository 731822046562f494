//! The attempts on one account: their keys in the database, and the rule that admits the next one.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{
    Backoff, Network, Throttled,
    budgets::{AttemptBudget, AttemptBudgets},
    device::DeviceId,
};
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
    /// The second factor of a sign-in to the account with this address. Needs the first factor.
    SecondStep(&'a Email),
    /// A passkey of the account with this address. Needs its credential id.
    Passkey(&'a Email),
    /// The password check of a signed-in user.
    ConfirmPassword(UserId),
    /// The message to another address that a signed-in user asks for.
    ChangeEmail(UserId),
    /// A code in a message to this address.
    Code(&'a Email),
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
            Self::SecondStep(email) => format!("second-step|{}", email.key()),
            Self::Passkey(email) => format!("passkey|{}", email.key()),
            Self::ConfirmPassword(user) => format!("change-password|{user}"),
            Self::ChangeEmail(user) => format!("change-email|{user}"),
            Self::Code(email) => format!("code|{}", email.key()),
        }
    }
}

impl AttemptKeys {
    /// Keys under a secret of any length. Another secret resets all counters.
    pub fn new(secret: &[u8]) -> Self {
        Self(HmacKey::new(&Sha256::digest(secret)))
    }

    /// The budgets of an attempt from `network`, and from a `device` on which the account's user has signed in before.
    pub fn budgets(&self, target: AttemptTarget<'_>, network: Network, device: Option<DeviceId>) -> AttemptBudgets {
        let account = target.text();
        let budget = |parts: &[&str], backoff| AttemptBudget { key: self.key(parts), backoff };
        if matches!(target, AttemptTarget::Code(_)) {
            let device = device.map(|device| budget(&[&account, "device", &device.to_string()], Backoff::CODE));
            return AttemptBudgets {
                device: device.into_iter().collect(),
                own: vec![budget(&[&account], Backoff::CODE)],
                shared: Vec::new(),
                reserve: budget(&[&account, "reserve"], Backoff::RESERVE),
            };
        }
        let levels = network.levels().map(|(level, network)| {
            let backoff = Backoff::ACCOUNT_AND_NETWORK.times(level.attempts_factor());
            (level.is_shared(), budget(&[&account, &network.to_string()], backoff))
        });
        let (shared, own): (Vec<_>, Vec<_>) = levels.partition(|(is_shared, _)| *is_shared);
        let shared = shared.into_iter().map(|(_, budget)| budget).chain([budget(&[&account], Backoff::ACCOUNT)]);
        let device = device.map(|device| {
            [
                budget(&[&account, "device", &device.to_string()], Backoff::ACCOUNT_AND_NETWORK),
                budget(&[&account, "devices", ""], Backoff::ACCOUNT),
            ]
        });
        AttemptBudgets {
            device: device.into_iter().flatten().collect(),
            own: own.into_iter().map(|(_, budget)| budget).collect(),
            shared: shared.collect(),
            reserve: budget(&[&account, "reserve"], Backoff::RESERVE),
        }
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
    use std::{collections::HashSet, time::Duration};

    use super::*;
    use crate::{auth::throttle::network::Level, clock::ManualClock};

    const PAIR: Backoff = Backoff::ACCOUNT_AND_NETWORK;

    fn clock() -> ManualClock {
        ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000))
    }

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn attempt(count: usize, clock: &ManualClock, record: &mut Option<Attempts>) -> Vec<u64> {
        attempt_with(&PAIR, count, clock, record)
    }

    /// Attempts as soon as the rule allows it, `count` times; the waits in seconds.
    fn attempt_with(rule: &Backoff, count: usize, clock: &ManualClock, record: &mut Option<Attempts>) -> Vec<u64> {
        let mut waits = Vec::new();
        for _ in 0..count {
            let wait = admit(*record, rule, clock.clock().now())
                .map_or_else(|refused| refused.retry_after, |_| Duration::ZERO);
            clock.advance(wait);
            *record = Some(admit(*record, rule, clock.clock().now()).unwrap());
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
    fn one_provider_cannot_use_up_account_budget() {
        let clock = clock();
        let provider = PAIR.times(Level::Ipv6Provider.attempts_factor());
        let (mut counted, mut account) = (None, None);
        for _ in 0..1_000 {
            let wait = attempt_with(&provider, 1, &clock, &mut counted)[0];
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
        let budgets = |keys: &AttemptKeys, address| keys.budgets(ada(), network(address), None);
        let home = budgets(&keys, "192.0.2.1");
        let texts = home.keys();
        assert_eq!(texts.iter().collect::<HashSet<_>>().len(), 4, "address, /24, account, reserve");
        for key in texts {
            assert_eq!(key.len(), 64);
            assert!(key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key:?}");
        }
        assert_eq!(budgets(&keys, "::ffff:192.0.2.1"), home);
        let neighbour = budgets(&keys, "192.0.2.2");
        assert_ne!(neighbour.own[0].key, home.own[0].key);
        assert_eq!((&neighbour.own[1], &neighbour.shared), (&home.own[1], &home.shared));
        let other_secret = budgets(&AttemptKeys::new(b"another secret"), "192.0.2.1");
        assert!(other_secret.keys().iter().all(|key| !home.keys().contains(key)));
        assert_ne!(keys.key(&["ab", "c"]), keys.key(&["a", "bc"]));
    }
}
