//! The ends of sessions that the database has not stored yet. The queue lives as long as the process.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    auth::{audit::EventDetail, principal::SessionRef, requester::Requester, token::revocations::SessionSet},
    domain::{UserId, event::EventKind, session::EndReason},
};

/// The most ends that wait, in total and for one user.
const CAPACITY: usize = 10_000;
const CAPACITY_PER_USER: usize = 100;

/// An end that is being written is written again after this time: its request may have been canceled.
const ATTEMPT: Duration = Duration::from_secs(10);

/// The end of some sessions of one user, and the security event about it.
#[derive(Clone, Debug)]
pub(super) struct SessionEnd {
    /// The user, and the session that the security event names.
    pub(super) subject: SessionRef,
    /// The sessions that end.
    pub(super) sessions: SessionSet,
    pub(super) reason: EndReason,
    pub(super) event: EventKind,
    pub(super) detail: Option<EventDetail>,
    pub(super) requester: Requester,
}

impl SessionEnd {
    pub(super) const fn owner(&self) -> UserId {
        self.subject.user_id
    }
}

/// Names an entry of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// A bounded queue.
#[derive(Default)]
pub(super) struct EndQueue(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    waiting: VecDeque<Entry>,
    issued: u64,
}

struct Entry {
    ticket: Ticket,
    end: SessionEnd,
    added_at: Duration,
    due_at: Duration,
}

impl EndQueue {
    /// Adds an end that the caller writes now. `None`: there is no room.
    pub(super) fn add(&self, end: SessionEnd, now: Duration) -> Option<Ticket> {
        let mut entries = self.entries();
        let of_user = entries.waiting.iter().filter(|entry| entry.end.owner() == end.owner()).count();
        if entries.waiting.len() >= CAPACITY || of_user >= CAPACITY_PER_USER {
            return None;
        }
        entries.issued += 1;
        let ticket = Ticket(entries.issued);
        entries.waiting.push_back(Entry { ticket, end, added_at: now, due_at: now + ATTEMPT });
        Some(ticket)
    }

    /// Leaves an end that could not be written for the next retry.
    pub(super) fn postpone(&self, ticket: Ticket) {
        let mut entries = self.entries();
        if let Some(entry) = entries.waiting.iter_mut().find(|entry| entry.ticket == ticket) {
            entry.due_at = Duration::ZERO;
        }
    }

    /// Removes and returns an end. `None`: another caller has removed it.
    pub(super) fn remove(&self, ticket: Ticket) -> Option<SessionEnd> {
        let mut entries = self.entries();
        let index = entries.waiting.iter().position(|entry| entry.ticket == ticket)?;
        entries.waiting.remove(index).map(|entry| entry.end)
    }

    /// The ends to be written now, the oldest first.
    pub(super) fn due(&self, now: Duration) -> Vec<(Ticket, SessionEnd)> {
        let entries = self.entries();
        let due = entries.waiting.iter().filter(|entry| entry.due_at <= now);
        due.map(|entry| (entry.ticket, entry.end.clone())).collect()
    }

    /// All ends of sessions of `owner`, the oldest first.
    pub(super) fn of(&self, owner: UserId) -> Vec<(Ticket, SessionEnd)> {
        let entries = self.entries();
        let own = entries.waiting.iter().filter(|entry| entry.end.owner() == owner);
        own.map(|entry| (entry.ticket, entry.end.clone())).collect()
    }

    /// The ends that were added at least `span` ago.
    pub(super) fn older_than(&self, span: Duration, now: Duration) -> Vec<Ticket> {
        let entries = self.entries();
        let old = entries.waiting.iter().filter(|entry| now.saturating_sub(entry.added_at) >= span);
        old.map(|entry| entry.ticket).collect()
    }

    // No code panics while it has the lock.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SessionId, Timestamp};

    const NOW: Duration = Duration::from_secs(5);

    fn end(user: u8) -> SessionEnd {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let session_id = SessionId::new(at, [user; 10]);
        SessionEnd {
            subject: SessionRef { user_id: UserId::new(at, [user; 10]), session_id },
            sessions: SessionSet::One(session_id),
            reason: EndReason::SignedOut,
            event: EventKind::SessionExpired,
            detail: None,
            requester: Requester::default(),
        }
    }

    #[test]
    fn queue_is_bounded_in_total_and_per_user() {
        let queue = EndQueue::default();
        for _ in 0..CAPACITY_PER_USER {
            assert!(queue.add(end(0), NOW).is_some());
        }
        assert!(queue.add(end(0), NOW).is_none());
        for number in CAPACITY_PER_USER..CAPACITY {
            let user = u8::try_from(number / CAPACITY_PER_USER).unwrap();
            assert!(queue.add(end(user), NOW).is_some(), "{number}");
        }
        assert!(queue.add(end(255), NOW).is_none());
    }

    #[test]
    fn postponed_end_is_due_and_removed_once() {
        let queue = EndQueue::default();
        let ticket = queue.add(end(1), NOW).unwrap();
        assert!(queue.due(NOW).is_empty(), "the caller writes it");
        assert_eq!(queue.due(NOW + ATTEMPT).len(), 1, "the caller was canceled");
        queue.postpone(ticket);
        assert_eq!(queue.due(NOW).len(), 1);
        assert_eq!(queue.of(end(1).owner()).len(), 1);
        assert!(queue.of(end(2).owner()).is_empty());
        assert!(queue.older_than(NOW, NOW).is_empty() && queue.older_than(NOW, NOW + NOW) == [ticket]);
        assert!(queue.remove(ticket).is_some() && queue.remove(ticket).is_none());
    }
}
