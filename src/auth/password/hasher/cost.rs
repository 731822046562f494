//! Estimates the cost of a hash from its parameters, before any of it is spent.

use std::time::Duration;

/// The maximum estimated time of one verification of a stored hash.
const MAX_TIME: Duration = Duration::from_secs(10);

/// The maximum memory of a stored hash in MiB.
pub(crate) const MAX_MEMORY_MIB: u32 = 256;

/// The cost of comparing one password with a hash, on one core of a 2020s server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub time: Duration,
    /// In bytes.
    pub memory: u64,
}

impl Cost {
    /// `units` steps of `nanoseconds` each.
    pub(crate) const fn new(units: u64, nanoseconds: u64, memory: u64) -> Self {
        Self { time: Duration::from_nanos(units.saturating_mul(nanoseconds)), memory }
    }

    /// Whether the hash is refused: a tampered or hostile row must exhaust neither memory nor processors.
    pub(crate) fn is_excessive(self) -> bool {
        self.time > MAX_TIME || self.memory > u64::from(MAX_MEMORY_MIB) << 20
    }
}
