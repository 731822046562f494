//! Warnings about proxies that the settings do not list.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::Timestamp;

/// The shortest time between two warnings.
const INTERVAL: Duration = Duration::from_mins(1);

/// How many sources are remembered. Any client that connects directly can become one.
const MAX_SOURCES: usize = 64;

/// Sources whose `X-Forwarded-For` was ignored. The last [`MAX_SOURCES`] are not reported again, and at most one is
/// reported per [`INTERVAL`].
#[derive(Debug, Default)]
pub struct UnlistedProxies(Mutex<Reported>);

#[derive(Debug, Default)]
struct Reported {
    sources: VecDeque<IpAddr>,
    last: Option<Timestamp>,
}

impl UnlistedProxies {
    /// Logs that the header of `source` is ignored, if a warning is due.
    pub fn warn(&self, source: IpAddr, now: Timestamp) {
        if self.is_due(source, now) {
            tracing::warn!(
                address = %source,
                "ignored X-Forwarded-For: its sender is not in LATCHKEY_TRUSTED_PROXIES; if this address is your \
                 reverse proxy, add it there, or all visitors share one rate limit"
            );
        }
    }

    fn is_due(&self, source: IpAddr, now: Timestamp) -> bool {
        let mut reported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.sources.contains(&source) || reported.last.is_some_and(|last| now.since(last) < INTERVAL) {
            return false;
        }
        if reported.sources.len() == MAX_SOURCES {
            reported.sources.pop_front();
        }
        reported.sources.push_back(source);
        reported.last = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warning_is_due_once_per_source_and_minute() {
        let proxies = UnlistedProxies::default();
        let source = |number: u8| IpAddr::from([192, 0, 2, number]);
        let start = Timestamp::from_millis(1_800_000_000_000);
        assert!(proxies.is_due(source(1), start));
        assert!(!proxies.is_due(source(2), start.plus(Duration::from_secs(59))), "one per minute");
        assert!(proxies.is_due(source(2), start.plus(INTERVAL)));
        assert!(!proxies.is_due(source(1), start.plus(INTERVAL * 5)), "once per source");
        for minute in 3..=200 {
            proxies.is_due(source(minute), start.plus(INTERVAL * u32::from(minute)));
        }
        assert_eq!(proxies.0.lock().unwrap().sources.len(), MAX_SOURCES);
    }
}
