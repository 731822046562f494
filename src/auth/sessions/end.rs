//! Ending sessions also while the database refuses the write.
//!
//! A session is first refused in memory, then ended in the database. If the database is unavailable, the end stays in a
//! queue, and the session stays refused, until a retry succeeds or the session has expired.

use super::{
    Sessions,
    queue::{SessionEnd, Ticket},
};
use crate::{
    auth::{error::InternalError, token::revocations::SessionSet},
    domain::{
        SessionId, UserId,
        session::{EndReason, Session},
    },
    store::StoreError,
};

/// What happened to an end.
pub(super) enum Ended {
    /// It is in the database. The sessions that it ended: none if all had ended before.
    Stored(Vec<SessionId>),
    /// This process refuses the sessions, and retries the write. No other process uses the database.
    Queued,
}

impl Sessions {
    /// Ends sessions. An error: the end is not stored, and other servers do not know of it. This process refuses the
    /// sessions all the same, unless the queue is full.
    pub(super) async fn end(&self, end: SessionEnd) -> Result<Ended, InternalError> {
        let (owner, sessions) = (end.owner(), end.sessions);
        let Some(ticket) = self.queue.add(end.clone(), self.clock.monotonic()) else {
            tracing::error!(
                "too many ended sessions wait for the database; another one is not refused until it is stored"
            );
            let ended = self.store_end(&end).await?;
            self.report(end, &ended);
            return Ok(Ended::Stored(ended));
        };
        self.revocations.refuse(owner, sessions);
        match self.store_queued(ticket, &end).await {
            Ok(ended) => Ok(Ended::Stored(ended)),
            Err(error) => {
                if self.is_unknown(&end).await {
                    self.forget(ticket);
                    return Ok(Ended::Stored(Vec::new()));
                }
                self.queue.postpone(ticket);
                tracing::warn!(%error, "an ended session is refused in memory until the database stores its end");
                if error.unavailable().is_some() && !self.store.is_shared() {
                    Ok(Ended::Queued)
                } else {
                    Err(error.into())
                }
            }
        }
    }

    /// Writes the ends that wait for the database. Stops when the database is unavailable.
    pub async fn write_queued_ends(&self) -> Result<(), StoreError> {
        let now = self.clock.monotonic();
        for ticket in self.queue.older_than(self.lifetimes.absolute + self.denied_for(), now) {
            self.forget(ticket);
        }
        self.write(self.queue.due(now)).await
    }

    /// Writes the waiting ends of a user's sessions before the user opens another one: a later retry would end it too.
    pub(in crate::auth) async fn settle(&self, owner: UserId) -> Result<(), StoreError> {
        self.write(self.queue.of(owner)).await
    }

    /// The sessions without those that this process refuses.
    pub(super) fn without_refused(&self, sessions: Vec<Session>) -> Vec<Session> {
        let is_active = |session: &Session| !self.revocations.is_revoked(session.user_id, session.id);
        sessions.into_iter().filter(is_active).collect()
    }

    /// Refuses the access tokens of sessions that have ended in the database.
    pub(in crate::auth) fn deny_tokens_of(&self, sessions: &[SessionId]) {
        for session in sessions {
            self.revocations.insert(*session, self.denied_for());
        }
    }

    async fn write(&self, waiting: Vec<(Ticket, SessionEnd)>) -> Result<(), StoreError> {
        let mut result = Ok(());
        for (ticket, end) in waiting {
            match self.store_queued(ticket, &end).await {
                Ok(_) => {}
                Err(error) if error.unavailable().is_some() => return Err(error),
                // A bug that concerns one end must not keep the others.
                Err(error) => result = Err(error),
            }
        }
        result
    }

    async fn store_queued(&self, ticket: Ticket, end: &SessionEnd) -> Result<Vec<SessionId>, StoreError> {
        let ended = self.store_end(end).await?;
        self.forget(ticket);
        self.report(end.clone(), &ended);
        Ok(ended)
    }

    async fn store_end(&self, end: &SessionEnd) -> Result<Vec<SessionId>, StoreError> {
        let (owner, now) = (end.owner(), self.clock.now());
        let ended = match end.sessions {
            SessionSet::One(session) => {
                let notice = match end.reason {
                    EndReason::TokenReused => self.notices.session_ended(end.subject, &end.requester).await?,
                    _ => None,
                };
                let ended = self.store.end_session(owner, session, end.reason, notice, now).await?;
                if ended { vec![session] } else { Vec::new() }
            }
            SessionSet::AllBut(kept) => self.store.end_other_sessions(owner, kept, end.reason, now).await?,
        };
        self.deny_tokens_of(&ended);
        Ok(ended)
    }

    fn report(&self, end: SessionEnd, ended: &[SessionId]) {
        if !ended.is_empty() {
            self.audit.record(end.event, end.subject, &end.requester, end.detail);
        }
    }

    fn forget(&self, ticket: Ticket) {
        if let Some(end) = self.queue.remove(ticket) {
            self.revocations.settle(end.owner(), end.sessions);
        }
    }

    /// Whether the database can still be read, and has no such active session.
    async fn is_unknown(&self, end: &SessionEnd) -> bool {
        let SessionSet::One(session) = end.sessions else { return false };
        matches!(self.store.session(end.owner(), session, self.clock.now()).await, Ok(None))
    }
}
