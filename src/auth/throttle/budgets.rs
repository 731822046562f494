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
