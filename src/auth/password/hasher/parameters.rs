//! The cost of new hashes, and the limits of concurrent hashing.

use std::{num::NonZeroUsize, thread};

use argon2::Params;

use super::{HasherError, OUTPUT_BYTES};

/// The cost of one argon2id hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashParameters {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl HashParameters {
    /// 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, ASVS 11.4.2). About 15 ms of processor
    /// time.
    pub const STANDARD: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

    /// The lowest cost that argon2id allows, for tests. Not secure.
    pub const fn cheap_for_tests() -> Self {
        Self { memory_kib: 8, passes: 1, lanes: 1 }
    }

    pub(super) fn params(self) -> Result<Params, HasherError> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_BYTES)).map_err(|_| HasherError::Unavailable)
    }
}

/// Limits of concurrent hashing and password checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashLimits {
    /// Threads, at least 1. Peak memory is the memory of one hash times `permits`.
    pub permits: usize,
    /// Callers that may wait for a permit. Further callers get [`HasherError::Busy`].
    pub queue: usize,
}

impl HashLimits {
    /// One permit per processor, and 32 waiting callers per permit: the last one waits about half a second.
    pub fn for_this_machine() -> Self {
        let permits = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { permits, queue: permits * 32 }
    }
}
