//! The revocation feed: how this process learns of sessions that ended on other replicas.
//!
//! The transaction that ends a session also appends a user event. The database numbers the events, and a writer holds
//! a lock from the append until its transaction has ended ([`user_events`](crate::store::user_events)). So numbers
//! become visible in their order, also if a transaction commits late: a reader that has seen a number has missed no
//! smaller one. No clock of any replica decides what is read.
//!
//! Clocks decide only what a full load reads: the ends of the last hour and a quarter, by the clocks of the replicas
//! that wrote them.

use std::time::Duration;

use super::Sessions;
use crate::{domain::Timestamp, store::StoreError};

/// The greatest difference between the clocks of two replicas that a full load and the denylist tolerate.
pub const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_hours(1);

/// A greater step of this process's clock reloads the feed.
const MAX_CLOCK_STEP: Duration = Duration::from_secs(30);

/// How far the feed has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// The number of the last user event that was read.
    number: i64,
    /// The start of the monotonic time, by the wall clock at the last full load. It changes when the clock is set.
    epoch: Timestamp,
}

impl Sessions {
    /// Loads every session that ended while its access tokens may be unexpired. Called before the first
    /// request, so that a restart forgets no sign-out.
    pub async fn load_revocations(&self) -> Result<(), StoreError> {
        let epoch = self.epoch();
        // Read first: the full load sees every end up to this number.
        let number = self.store.last_user_event().await?;
        let since = self.clock.now().minus(self.denied_for());
        self.deny_tokens_of(&self.store.sessions_ended_since(since).await?);
        self.set_position(Position { number, epoch });
        Ok(())
    }

    /// Loads the sessions that ended since the last successful call, on any replica. An outage of the
    /// database is made up for. After a step of the clock, everything is loaded again: tokens that had expired may be
    /// valid again.
    pub async fn refresh_revocations(&self) -> Result<(), StoreError> {
        match self.position() {
            Some(position) if !self.clock_has_stepped(position) => {
                let number = self.store.last_user_event().await?;
                match number.cmp(&position.number) {
                    std::cmp::Ordering::Equal => {}
                    std::cmp::Ordering::Greater => {
                        let ended = self.store.sessions_ended_between(position.number, number).await?;
                        self.deny_tokens_of(&ended);
                        self.set_position(Position { number, ..position });
                    }
                    // The retention has deleted the last events, or a backup was restored.
                    std::cmp::Ordering::Less => self.load_revocations().await?,
                }
            }
            _ => self.load_revocations().await?,
        }
        self.revocations.forget_expired();
        Ok(())
    }

    /// How long a session stays on the denylist: until its last access token has expired for this process, also one
    /// from a replica whose clock is ahead.
    pub(super) fn denied_for(&self) -> Duration {
        self.tokens.longest_validity() + MAX_CLOCK_DIFFERENCE
    }

    fn clock_has_stepped(&self, position: Position) -> bool {
        let epoch = self.epoch();
        epoch.since(position.epoch).max(position.epoch.since(epoch)) > MAX_CLOCK_STEP
    }

    fn epoch(&self) -> Timestamp {
        self.clock.now().minus(self.clock.monotonic())
    }
}
