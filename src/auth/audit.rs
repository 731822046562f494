//! The security log: written to the process log at once and to the database a moment later, and read by its users.
//!
//! The database has a bounded number of rows of every [kind](Bound). Events beyond are counted: one row stands for all
//! of one kind.

mod bound;
mod detail;
mod queue;
mod surplus;

use std::{sync::Arc, time::Duration};

pub use bound::Bound;
pub use detail::{CredentialRejection, EventDetail, FirstFactor, SecondFactor};

use bound::Budgets;
use queue::Queue;
use surplus::Surplus;

use super::{
    error::{InternalError, Interrupted},
    principal::{Principal, SessionRef},
    requester::Requester,
    throttle::NetworkLimiter,
};
use crate::{
    clock::Clock,
    domain::{
        SessionId, UserId,
        event::{Event, EventKind},
    },
    store::{
        Store,
        events::{EventFilter, NewEvent},
    },
};

/// How long a reader waits until the events before are written. A database that does not answer must not hide the older
/// ones.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the last events may take to be written at a stop.
pub const FINISH_TIMEOUT: Duration = Duration::from_millis(700);

/// Writes and lists security events.
pub struct Audit {
    store: Store,
    clock: Clock,
    budgets: Arc<Budgets>,
    surplus: Arc<Surplus>,
    queue: Queue,
}

/// The user and session that an event is about, as far as they are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject {
    user: Option<UserId>,
    session: Option<SessionId>,
}

/// A page of the log, newest first.
#[derive(Debug)]
pub struct EventPage {
    /// The entries.
    pub events: Vec<Event>,
    /// The `before` of the next page. `None` on the last page.
    pub next: Option<i64>,
}

impl Audit {
    /// Starts the task that writes the events. It ends when the value is dropped.
    pub(super) fn start(store: Store, clock: Clock, networks: Arc<NetworkLimiter>) -> Self {
        let budgets = Arc::new(Budgets::new(networks, &clock));
        let surplus = Arc::<Surplus>::default();
        let (queue, writer) = queue::queue(store.clone());
        let on_tick = {
            let (budgets, surplus, clock) = (Arc::clone(&budgets), Arc::clone(&surplus), clock.clone());
            move || {
                budgets.drop_idle();
                surplus.ended(clock.now())
            }
        };
        tokio::spawn(writer.run(on_tick));
        Self { store, clock, budgets, surplus, queue }
    }

    /// Writes an event to the log, and queues it for the database. Never waits, and never fails: the operation that the
    /// event reports continues.
    pub fn record(
        &self,
        kind: EventKind,
        subject: impl Into<Subject>,
        requester: &Requester,
        detail: impl Into<Option<EventDetail>>,
    ) {
        let subject = subject.into();
        let Subject { user, session } = subject;
        let detail = detail.into().map(EventDetail::as_str);
        tracing::info!(
            target: "latchkey::security",
            event = kind.as_str(),
            user_id = user.map(tracing::field::display),
            session_id = session.map(tracing::field::display),
            address = requester.address.map(tracing::field::display),
            user_agent = requester.user_agent,
            request_id = requester.request_id,
            detail,
        );
        let at = self.clock.now();
        if !self.budgets.admit(kind, subject, requester) {
            // A count of incidents sums up requests of many: it is in the log of no user.
            let is_incident = Bound::of(kind, user.is_some()) == Bound::Incident;
            self.surplus.count(kind, user.filter(|_| !is_incident), at);
            return;
        }
        self.queue.push(NewEvent {
            at,
            kind,
            user_id: user,
            session_id: session,
            address: requester.address,
            user_agent: requester.user_agent.clone(),
            detail,
            request_id: requester.request_id.clone(),
            count: None,
        });
    }

    /// Passes `result` on, and records it if a rate limit refused the attempt. `detail` names the budget.
    pub(super) fn record_throttled<T, E: Into<Interrupted>>(
        &self,
        result: Result<T, E>,
        detail: EventDetail,
        principal: impl Into<Option<Principal>>,
        requester: &Requester,
    ) -> Result<T, Interrupted> {
        let result = result.map_err(Into::into);
        if matches!(result, Err(Interrupted::Throttled(_))) {
            let subject = principal.into().map_or_else(Subject::unknown, Subject::from);
            self.record(EventKind::LoginFailMax, subject, requester, detail);
        }
        result
    }

    /// Records that a presented credential was rejected. The credential itself is never logged. Expired
    /// access tokens are not recorded: expiry is no incident.
    pub fn credential_rejected(&self, reason: CredentialRejection, requester: &Requester) {
        self.record(EventKind::TokenInvalid, Subject::unknown(), requester, EventDetail::Rejected(reason));
    }

    /// Records that a state-changing request from another site was refused.
    pub fn cross_site_refused(&self, requester: &Requester) {
        self.record(EventKind::MaliciousCsrf, Subject::unknown(), requester, None);
    }

    /// Waits until the events that have been recorded are written, at most for a second.
    pub async fn flush(&self) {
        for row in self.surplus.ended(self.clock.now()) {
            self.queue.push(row);
        }
        // A reader gets the events that are written.
        let _ = self.queue.flush(READ_TIMEOUT).await;
    }

    /// Writes all recorded events and counts. Called at a stop, before the database is closed.
    pub async fn finish(&self) {
        for row in self.surplus.all(self.clock.now()) {
            self.queue.push(row);
        }
        let lost = self.queue.flush(FINISH_TIMEOUT).await;
        if lost > 0 {
            tracing::error!(lost, "security events were not stored before the stop; this log has them");
        }
    }

    /// The newest `limit` entries about `owner`, older than the entry `before`.
    pub async fn events(&self, owner: UserId, before: Option<i64>, limit: u8) -> Result<EventPage, InternalError> {
        self.page(owner, before, limit, EventFilter::All).await
    }

    /// Like [`events`](Self::events), without [routine](EventKind::is_routine) entries.
    pub async fn notable_events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
    ) -> Result<EventPage, InternalError> {
        self.page(owner, before, limit, EventFilter::Notable).await
    }

    async fn page(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
        filter: EventFilter,
    ) -> Result<EventPage, InternalError> {
        // Users see the events of the requests that they have just made.
        self.flush().await;
        let limit = usize::from(limit);
        // One entry more than the page has shows whether there is a next page.
        let mut events = self.store.events(owner, before, limit as u64 + 1, filter).await?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = if more { events.last().map(|event| event.id) } else { None };
        Ok(EventPage { events, next })
    }
}

impl Subject {
    /// No user is known.
    pub const fn unknown() -> Self {
        Self { user: None, session: None }
    }
}

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self { user: Some(user), session: None }
    }
}

impl From<Option<UserId>> for Subject {
    fn from(user: Option<UserId>) -> Self {
        Self { user, session: None }
    }
}

impl From<SessionRef> for Subject {
    fn from(SessionRef { user_id, session_id }: SessionRef) -> Self {
        Self { user: Some(user_id), session: Some(session_id) }
    }
}

impl From<Principal> for Subject {
    fn from(principal: Principal) -> Self {
        principal.session().into()
    }
}
