//! The security log: written to the process log and to the database, and read by its users.

mod detail;

use std::sync::Arc;

pub use detail::{CredentialRejection, EventDetail};

use super::{
    error::{InternalError, Interrupted},
    principal::{Principal, SessionRef},
    requester::Requester,
    throttle::{Network, NetworkLimiter, Purpose},
};
use crate::{
    clock::Clock,
    domain::{
        SessionId, UserId,
        event::{Event, EventKind},
    },
    store::{Store, events::NewEvent},
};

/// Writes and lists security events.
pub struct Audit {
    store: Store,
    clock: Clock,
    networks: Arc<NetworkLimiter>,
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
    pub(super) const fn new(store: Store, clock: Clock, networks: Arc<NetworkLimiter>) -> Self {
        Self { store, clock, networks }
    }

    /// Writes an event to the log and to the database. A failure of the database is logged and does not
    /// fail the operation that the event reports.
    ///
    /// Events that a client can cause without limit are stored within a budget per network; the process
    /// log has them all.
    pub async fn record(
        &self,
        kind: EventKind,
        subject: impl Into<Subject>,
        requester: &Requester,
        detail: impl Into<Option<EventDetail>>,
    ) {
        let Subject { user, session } = subject.into();
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
        if is_unlimited(kind, user) && self.networks.check(Purpose::Incident, Network::from(requester)).is_err() {
            return;
        }
        let event = NewEvent {
            at: self.clock.now(),
            kind,
            user_id: user,
            session_id: session,
            address: requester.address,
            user_agent: requester.user_agent.clone(),
            detail,
            request_id: requester.request_id.clone(),
        };
        if let Err(error) = self.store.append_event(event).await {
            tracing::error!(%error, event = kind.as_str(), "a security event could not be stored");
        }
    }

    /// Passes `result` on, and records it if a rate limit refused the attempt. `detail` names the budget.
    pub(super) async fn record_throttled<T, E: Into<Interrupted>>(
        &self,
        result: Result<T, E>,
        detail: EventDetail,
        principal: impl Into<Option<Principal>>,
        requester: &Requester,
    ) -> Result<T, Interrupted> {
        let result = result.map_err(Into::into);
        if matches!(result, Err(Interrupted::Throttled(_))) {
            let subject = principal.into().map_or_else(Subject::unknown, Subject::from);
            self.record(EventKind::LoginFailMax, subject, requester, detail).await;
        }
        result
    }

    /// Records that a presented credential was rejected. The credential itself is never logged. Expired
    /// access tokens are not recorded: expiry is no incident.
    pub async fn credential_rejected(&self, reason: CredentialRejection, requester: &Requester) {
        self.record(EventKind::TokenInvalid, Subject::unknown(), requester, EventDetail::Rejected(reason)).await;
    }

    /// Records that a state-changing request from another site was refused.
    pub async fn cross_site_refused(&self, requester: &Requester) {
        self.record(EventKind::MaliciousCsrf, Subject::unknown(), requester, None).await;
    }

    /// The newest `limit` entries about `owner`, older than the entry `before`.
    pub async fn events(&self, owner: UserId, before: Option<i64>, limit: u8) -> Result<EventPage, InternalError> {
        self.page(owner, before, limit, &[]).await
    }

    /// Like [`events`](Self::events), without [routine](EventKind::ROUTINE) entries.
    pub async fn notable_events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
    ) -> Result<EventPage, InternalError> {
        self.page(owner, before, limit, &EventKind::ROUTINE).await
    }

    async fn page(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u8,
        without: &[EventKind],
    ) -> Result<EventPage, InternalError> {
        let limit = usize::from(limit);
        // One entry more than the page has shows whether there is a next page.
        let mut events = self.store.events(owner, before, limit as u64 + 1, without).await?;
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

/// Whether a client can cause such events as fast as it can send requests.
const fn is_unlimited(kind: EventKind, user: Option<UserId>) -> bool {
    match kind {
        EventKind::LoginFail => user.is_none(),
        EventKind::TokenInvalid
        | EventKind::LoginFailMax
        | EventKind::AuthorizationFail
        | EventKind::MaliciousCsrf
        | EventKind::BreachCheckFail
        | EventKind::UserUpdated => true,
        _ => false,
    }
}
