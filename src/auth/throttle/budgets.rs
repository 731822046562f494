//! The budgets that decide about one attempt on an account.

use std::collections::HashMap;

use super::{AttemptKey, Backoff, Throttled, admit};
use crate::{
    domain::Timestamp,
    store::attempts::{Attempts, CountedAttempt},
};

/// A row of attempts and its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptBudget {
    /// The row.
    pub key: AttemptKey,
    /// The rule.
    pub backoff: Backoff,
}

/// The budgets of one attempt. Either those of the device, or all of the network and the account, must admit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptBudgets {
    /// The device on which the user has signed in before, and all such devices together. Empty for an unknown device.
    pub device: Vec<AttemptBudget>,
    /// The requester's network, from the narrowest level to the site.
    pub own: Vec<AttemptBudget>,
    /// What the network shares with strangers: the provider's network, and the account from all networks.
    pub shared: Vec<AttemptBudget>,
    /// The attempts of networks without failures while a shared budget is used up.
    pub reserve: AttemptBudget,
}

impl AttemptBudgets {
    /// The keys of all rows that may decide.
    pub fn keys(&self) -> Vec<&str> {
        let shared = self.device.iter().chain(&self.own).chain(&self.shared);
        shared.chain([&self.reserve]).map(|budget| budget.key.as_str()).collect()
    }

    /// Decides about an attempt, given the `rows`. Returns the rows to write; a refused attempt writes none.
    pub fn admit(&self, rows: &HashMap<String, Attempts>, now: Timestamp) -> Result<Vec<CountedAttempt>, Throttled> {
        // A device with too many failures of its own counts as unknown (OWASP, Slow Down Online Guessing Attacks with
        // Device Cookies).
        if let Some(counted) = all_of(&self.device, rows, now).ok().filter(|counted| !counted.is_empty()) {
            return Ok(counted);
        }
        let mut counted = all_of(&self.own, rows, now)?;
        let shared: Vec<_> = self.shared.iter().map(|budget| budget.admit(rows, now)).collect();
        if let Some(refused) = longest(&shared) {
            if self.site_has_failures(rows, now) {
                return Err(refused);
            }
            counted.push(self.reserve.admit(rows, now)?);
        }
        counted.extend(shared.into_iter().filter_map(Result::ok));
        Ok(counted)
    }

    /// Whether the requester's /24 or /48 has failed attempts on this account that still count.
    fn site_has_failures(&self, rows: &HashMap<String, Attempts>, now: Timestamp) -> bool {
        self.own.last().is_some_and(|site| {
            let row = rows.get(site.key.as_str());
            row.is_some_and(|row| site.backoff.remaining(row.failures, now.since(row.last_attempt_at)) > 0)
        })
    }
}

impl AttemptBudget {
    fn admit(&self, rows: &HashMap<String, Attempts>, now: Timestamp) -> Result<CountedAttempt, Throttled> {
        let before = rows.get(self.key.as_str()).copied();
        let after = admit(before, &self.backoff, now)?;
        Ok(CountedAttempt { key: self.key.as_str().to_owned(), before, after })
    }
}

/// All budgets must admit the attempt. The error has the longest wait of those that do not.
fn all_of(
    budgets: &[AttemptBudget],
    rows: &HashMap<String, Attempts>,
    now: Timestamp,
) -> Result<Vec<CountedAttempt>, Throttled> {
    let decisions: Vec<_> = budgets.iter().map(|budget| budget.admit(rows, now)).collect();
    match longest(&decisions) {
        Some(refused) => Err(refused),
        None => Ok(decisions.into_iter().filter_map(Result::ok).collect()),
    }
}

fn longest(decisions: &[Result<CountedAttempt, Throttled>]) -> Option<Throttled> {
    let refusals = decisions.iter().filter_map(|decision| decision.as_ref().err());
    refusals.copied().max_by_key(|refused| refused.retry_after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::throttle::{AttemptKeys, AttemptTarget, DeviceCookies, DeviceId, Network},
        domain::Email,
        store::credentials::CredentialsVersion,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn budgets(address: &str, device: Option<DeviceId>) -> AttemptBudgets {
        let email = Email::parse("ada@example.com").unwrap();
        let network = Network::of(address.parse().unwrap());
        AttemptKeys::new(b"a secret").budgets(AttemptTarget::SignIn(&email), network, device)
    }

    fn new_device() -> DeviceId {
        let (cookies, email) = (DeviceCookies::new(&[1; 32]).unwrap(), Email::parse("ada@example.com").unwrap());
        let cookie = cookies.issue(&email, CredentialsVersion::FIRST, NOW).unwrap();
        cookies.verify(&cookie, &email, NOW).unwrap().id
    }

    /// Makes an attempt; whether it was admitted, and under how many budgets it was counted.
    fn attempt(budgets: &AttemptBudgets, rows: &mut HashMap<String, Attempts>) -> Option<usize> {
        let counted = budgets.admit(rows, NOW).ok()?;
        rows.extend(counted.iter().map(|counted| (counted.key.clone(), counted.after)));
        Some(counted.len())
    }

    #[test]
    fn attempt_is_counted_at_all_levels() {
        let mut rows = HashMap::new();
        assert_eq!(attempt(&budgets("192.0.2.1", None), &mut rows), Some(3), "address, /24, account");
        assert_eq!(attempt(&budgets("2001:db8::1", None), &mut rows), Some(5), "/64, /56, /48, /32, account");
        assert_eq!(rows.len(), 3 + 4);
    }

    #[test]
    fn known_devices_together_have_100_attempts() {
        let mut rows = HashMap::new();
        let mut by_device = 0;
        for device in std::iter::repeat_with(new_device).take(30) {
            for _ in 0..6 {
                by_device += usize::from(attempt(&budgets("192.0.2.1", Some(device)), &mut rows) == Some(2));
            }
        }
        assert_eq!(by_device, 100);
    }

    #[test]
    fn refusal_has_the_longest_wait() {
        let mut rows = HashMap::new();
        for host in 0..20 {
            attempt(&budgets(&format!("192.0.2.{}", host % 5), None), &mut rows);
        }
        let site = rows.get_mut(budgets("192.0.2.1", None).own[1].key.as_str()).unwrap();
        site.next_allowed_at = NOW.plus(std::time::Duration::from_secs(40));
        for _ in 0..5 {
            attempt(&budgets("192.0.2.0", None), &mut rows);
        }
        let refused = budgets("192.0.2.0", None).admit(&rows, NOW).unwrap_err();
        assert_eq!(refused.retry_after_seconds(), 40);
    }
}
