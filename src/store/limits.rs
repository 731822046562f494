//! Bounds the time that a request waits for the database.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::{self, Error::AnyDriverError},
};
use tokio::time::{Instant, timeout};

use super::{Unavailable, breaker::Breaker};

/// The longest wait for a connection, the lock and the answer to a statement together.
pub(super) const LIMIT: Duration = Duration::from_secs(2);

/// The longest wait for a connection, and on SQLite for the lock of another process. Shorter than [`LIMIT`], so that
/// the reason is known.
pub(super) const WAIT: Duration = Duration::from_millis(1500);

/// The limits of a PostgreSQL server for one statement, shorter than [`LIMIT`]. `{0}` is `SET` or `SET LOCAL`.
pub(super) fn server_limits(set: &str) -> String {
    format!("{set} lock_timeout = '1500ms'; {set} statement_timeout = '1800ms'")
}

/// The limits of an SQLite file or a PostgreSQL server.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// The limit of a step that needs a connection.
    entry: Duration,
    /// The limit of a step within a transaction. `None` on SQLite: all waits are at the start of a transaction, and a
    /// statement that was given up would still occupy the only writer.
    step: Option<Duration>,
    /// `None` on SQLite: a lock of another process says nothing about the next moment.
    breaker: Option<Arc<Breaker>>,
}

impl Limits {
    /// The limits of a file, which always answers once its lock is free.
    pub const fn of_file() -> Self {
        Self { entry: LIMIT, step: None, breaker: None }
    }

    /// The limits of a server, which can stop answering.
    pub fn of_server() -> Self {
        Self { entry: LIMIT, step: Some(LIMIT), breaker: Some(Arc::default()) }
    }

    /// The limits of a long transaction that has begun: none.
    pub const fn none() -> Self {
        Self::of_file()
    }

    /// Runs a step that needs a connection.
    pub async fn enter<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(breaker) = &self.breaker else { return within(Some(self.entry), step).await };
        let admission = breaker.admit(Instant::now()).map_err(|_| refusal(Unavailable::Paused))?;
        let result = within(Some(self.entry), step).await;
        if is_silence(&result) {
            admission.silent(Instant::now());
        } else {
            admission.answered();
        }
        result
    }

    /// Runs a step of a transaction, which has a connection.
    pub async fn step<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let result = within(self.step, step).await;
        if let Some(breaker) = &self.breaker {
            if is_silence(&result) {
                breaker.silent(Instant::now());
            } else {
                breaker.answered();
            }
        }
        result
    }
}

async fn within<T>(limit: Option<Duration>, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let Some(limit) = limit else { return step.await };
    timeout(limit, step).await.unwrap_or_else(|_| Err(refusal(Unavailable::Slow)))
}

/// Whether the database gave no answer at all. An error of the server is an answer.
fn is_silence<T>(result: &Result<T, DbErr>) -> bool {
    match result {
        Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => true,
        Err(DbErr::Conn(RuntimeErr::SqlxError(error))) => !matches!(**error, sqlx::Error::Database(_)),
        _ => false,
    }
}

/// An error of this service instead of one of the database.
pub(super) fn refusal(reason: Unavailable) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(AnyDriverError(Box::new(reason)))))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::store::StoreError;

    /// As short as possible: the steps of these tests never end, or end at once.
    const SHORT: Duration = Duration::from_millis(1);

    fn server() -> Limits {
        Limits { entry: SHORT, step: Some(SHORT), ..Limits::of_server() }
    }

    async fn ask(limits: &Limits, step: impl Future<Output = Result<(), DbErr>>) -> Option<Unavailable> {
        limits.enter(step).await.err().and_then(|error| StoreError::from(error).unavailable())
    }

    #[tokio::test]
    async fn silent_server_is_not_asked_again() {
        let limits = server();
        for _ in 0..3 {
            assert_eq!(ask(&limits, pending()).await, Some(Unavailable::Slow));
        }
        let other_request = limits.clone();
        assert_eq!(ask(&other_request, pending()).await, Some(Unavailable::Paused));
    }

    #[tokio::test]
    async fn silence_within_a_transaction_counts() {
        let limits = server();
        for _ in 0..3 {
            limits.step(pending::<Result<(), _>>()).await.unwrap_err();
        }
        assert_eq!(ask(&limits, async { Ok(()) }).await, Some(Unavailable::Paused));
    }

    #[tokio::test]
    async fn error_of_the_server_is_an_answer() {
        let limits = server();
        for _ in 0..10 {
            ask(&limits, async { Err(DbErr::Custom("a bug".to_owned())) }).await;
        }
        assert_eq!(ask(&limits, async { Ok(()) }).await, None);
    }

    #[tokio::test]
    async fn connection_not_free_in_time_counts() {
        let limits = server();
        for _ in 0..3 {
            let step = async { Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) };
            assert_eq!(ask(&limits, step).await, Some(Unavailable::NoConnection));
        }
        assert_eq!(ask(&limits, async { Ok(()) }).await, Some(Unavailable::Paused));
    }

    #[tokio::test]
    async fn file_wait_is_bounded_without_a_breaker() {
        let limits = Limits { entry: SHORT, ..Limits::of_file() };
        for _ in 0..10 {
            assert_eq!(ask(&limits, pending()).await, Some(Unavailable::Slow));
        }
        assert_eq!(ask(&limits, async { Ok(()) }).await, None);
    }
}
