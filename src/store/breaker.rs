//! A circuit breaker: stops asking a database that does not answer, so that requests fail at once instead of each
//! waiting for its time limit.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The number of consecutive failures that opens the breaker.
const FAILURES: u32 = 3;

/// How long nothing is asked after that. Then one request at a time tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the database may be asked. `now` is monotonic.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Clone, Copy, Debug)]
enum State {
    /// Everything is asked.
    Closed { failures: u32 },
    /// Nothing is asked before this time.
    Open { until: Instant },
    /// One request tries; the time is that of its admission.
    Trying { since: Instant },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// The database is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// Permission to ask the database. Dropping it without a report, because the request was canceled, lets another
/// request try.
#[derive(Debug)]
#[must_use = "the result of the request must be reported"]
pub(super) struct Admission<'a> {
    breaker: &'a Breaker,
    /// When the only request that tries was admitted.
    trying: Option<Instant>,
}

impl Breaker {
    /// Admits a request, or refuses it because the database did not answer the last ones.
    pub fn admit(&self, now: Instant) -> Result<Admission<'_>, Refused> {
        let mut state = self.state();
        let trying = match *state {
            State::Closed { .. } => None,
            State::Open { until } if until <= now => {
                *state = State::Trying { since: now };
                Some(now)
            }
            State::Open { .. } | State::Trying { .. } => return Err(Refused),
        };
        Ok(Admission { breaker: self, trying })
    }

    /// Records that the database answered, possibly with an error.
    pub fn answered(&self) {
        let before = std::mem::take(&mut *self.state());
        if !matches!(before, State::Closed { .. }) {
            tracing::info!("the database answers again");
        }
    }

    /// Records that the database did not answer.
    pub fn silent(&self, now: Instant) {
        let mut state = self.state();
        // An open breaker learns nothing from requests that were admitted earlier.
        let State::Closed { failures } = *state else { return };
        *state = if failures + 1 < FAILURES {
            State::Closed { failures: failures + 1 }
        } else {
            tracing::error!("the database does not answer; requests that need it get 503 at once until it does");
            State::Open { until: now + PAUSE }
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admission<'_> {
    /// Reports that the database answered, possibly with an error.
    pub fn answered(mut self) {
        self.trying = None;
        self.breaker.answered();
    }

    /// Reports that the database did not answer.
    pub fn silent(mut self, now: Instant) {
        if self.trying.take().is_some() {
            *self.breaker.state() = State::Open { until: now + PAUSE };
        } else {
            self.breaker.silent(now);
        }
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let Some(since) = self.trying else { return };
        let mut state = self.breaker.state();
        // Another answer may have closed the breaker since, and a later request may be trying.
        if matches!(*state, State::Trying { since: other } if other == since) {
            *state = State::Open { until: since };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(breaker: &Breaker, now: Instant) {
        for _ in 0..FAILURES {
            breaker.admit(now).unwrap().silent(now);
        }
    }

    #[test]
    fn breaker_opens_after_consecutive_failures() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            for _ in 1..FAILURES {
                breaker.admit(now).unwrap().silent(now);
            }
            breaker.admit(now).unwrap().answered();
        }
        assert!(breaker.admit(now).is_ok(), "an answer resets the count");
        open(&breaker, now);
        assert_eq!(breaker.admit(now).unwrap_err(), Refused);
    }

    #[test]
    fn breaker_open_admits_one_after_the_pause() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        open(&breaker, now);
        assert!(breaker.admit(now + PAUSE.mul_f32(0.9)).is_err());
        let later = now + PAUSE;
        let trying = breaker.admit(later).unwrap();
        assert!(breaker.admit(later + PAUSE).is_err(), "only one tries, as long as it takes");
        trying.silent(later + PAUSE);
        assert!(breaker.admit(later + PAUSE).is_err(), "the pause begins again");
        breaker.admit(later + 2 * PAUSE).unwrap().answered();
        let many: Vec<_> = (0..10).map(|_| breaker.admit(later)).collect();
        assert!(many.iter().all(Result::is_ok));
    }

    #[test]
    fn breaker_canceled_try_admits_the_next() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        open(&breaker, now);
        let later = now + PAUSE;
        drop(breaker.admit(later).unwrap());
        let next = breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_err());
        next.answered();
        assert!(breaker.admit(later).is_ok());
    }

    #[test]
    fn breaker_closes_on_a_late_answer() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let early = breaker.admit(now).unwrap();
        let late = breaker.admit(now).unwrap();
        open(&breaker, now);
        late.silent(now + PAUSE);
        assert!(breaker.admit(now + PAUSE / 2).is_err(), "a late failure changes nothing");
        early.answered();
        assert!(breaker.admit(now).is_ok());
    }
}
