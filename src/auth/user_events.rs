//! Reading the user events, page by page, to keep a copy of the users.

mod cursor;

pub use cursor::{EventCursor, InvalidCursor};

use super::error::InternalError;
use crate::{
    domain::user_event::UserEvent,
    store::{Store, StoreError},
};

/// Reads the user events.
pub struct UserEvents {
    store: Store,
}

/// A page of events, oldest first.
#[derive(Debug)]
pub struct UserEventPage {
    /// The events.
    pub events: Vec<UserEvent>,
    /// The cursor of the next page, also if there are no further events yet.
    pub next: EventCursor,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ReadEventsError {
    /// Events after the cursor have been deleted, or the cursor is from another database.
    #[error("events after the cursor are gone")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<StoreError> for ReadEventsError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl UserEvents {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The first `limit` events after the cursor. Without a cursor, the events from the beginning: they
    /// describe all users.
    pub async fn page(&self, after: Option<EventCursor>, limit: u16) -> Result<UserEventPage, ReadEventsError> {
        let cursor = match after {
            Some(cursor) => cursor,
            None => EventCursor::start(self.store.user_event_extent().await?.head),
        };
        let events = self.store.user_events_after(cursor.position(), limit.into()).await?;
        // After the events: the retention may have deleted some in between.
        let extent = self.store.user_event_extent().await?;
        if cursor.is_gone(extent.purged_through, extent.head) {
            return Err(ReadEventsError::Gone);
        }
        let next = events.last().map_or(cursor, |last| cursor.moved_to(last.sequence));
        Ok(UserEventPage { events, next })
    }
}
