//! Show a user their own security log.

use super::{Auth, error::InternalError};
use crate::domain::{
    UserId,
    event::{Event, EventKind},
};

/// A page of the log, newest first.
#[derive(Debug)]
pub struct EventPage {
    /// The entries.
    pub events: Vec<Event>,
    /// Names the next page; `None` on the last.
    pub next: Option<i64>,
}

impl Auth {
    /// The newest `limit` entries about `owner` older than the entry `before`.
    pub async fn list_events(&self, owner: UserId, before: Option<i64>, limit: u8) -> Result<EventPage, InternalError> {
        self.events(owner, before, limit, &[]).await
    }

    /// The same without what is [routine](EventKind::ROUTINE): what a person would want to look at.
    pub async fn list_notable_events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
    ) -> Result<EventPage, InternalError> {
        self.events(owner, before, limit, &EventKind::ROUTINE).await
    }

    async fn events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
        without: &[EventKind],
    ) -> Result<EventPage, InternalError> {
        let limit = usize::from(limit);
        // One more than is shown tells whether there is a next page.
        let mut events = self.store.events(owner, before, limit as u64 + 1, without).await?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = if more { events.last().map(|event| event.id) } else { None };
        Ok(EventPage { events, next })
    }
}
