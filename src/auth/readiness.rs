//! Whether the service can do its work.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    domain::Timestamp,
    store::{Store, StoreError, Unavailable},
};

/// How long a result is reused, so that requests to the public probe do not become writes.
pub const MAX_AGE: Duration = Duration::from_secs(1);

/// How long the database may take. Shorter than the timeout of common probes.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Checks that the database accepts changes.
pub struct Readiness {
    store: Store,
    clock: Clock,
    /// Locked during a check: requests that arrive meanwhile share its result.
    last: Mutex<Option<(Timestamp, Result<(), NotReady>)>>,
}

/// Why the service cannot do its work. The cause is only logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// A temporary condition.
    #[error(transparent)]
    Unavailable(Unavailable),
    /// The database failed.
    #[error("the database failed")]
    Failed,
}

impl Readiness {
    pub(super) const fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, last: Mutex::const_new(None) }
    }

    /// The result of a check that is at most [`MAX_AGE`] old.
    pub async fn check(&self) -> Result<(), NotReady> {
        let mut last = self.last.lock().await;
        let now = self.clock.now();
        if let Some((at, result)) = *last
            && at <= now
            && now.since(at) < MAX_AGE
        {
            return result;
        }
        let result = self.write(now).await;
        // The age of a slow result begins at its end; otherwise each waiting request would check again.
        *last = Some((self.clock.now(), result));
        result
    }

    async fn write(&self, now: Timestamp) -> Result<(), NotReady> {
        match tokio::time::timeout(TIMEOUT, self.store.check_writable(now)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(%error, "not ready");
                Err(error.into())
            }
            Err(_) => {
                tracing::error!(error = %Unavailable::Slow, "not ready");
                Err(NotReady::Unavailable(Unavailable::Slow))
            }
        }
    }
}

impl From<StoreError> for NotReady {
    fn from(error: StoreError) -> Self {
        error.unavailable().map_or(Self::Failed, Self::Unavailable)
    }
}
