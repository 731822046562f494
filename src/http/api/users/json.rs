//! The JSON forms of what a user owns: camelCase members, RFC 3339 times in UTC.

use serde::Serialize;

use crate::{
    auth::list_events::EventPage,
    domain::{SessionId, Timestamp, UserId, device, event::Event, session::Session, user::User},
};

/// A profile.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    id: UserId,
    email: String,
    email_verified: bool,
    name: String,
    image: Option<String>,
    created_at: String,
    updated_at: String,
    last_sign_in_at: Option<String>,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified,
            name: user.name.as_str().to_owned(),
            image: user.image,
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
            last_sign_in_at: user.last_sign_in_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// The live sessions.
#[derive(Serialize)]
pub struct SessionList {
    sessions: Vec<SessionEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionEntry {
    id: SessionId,
    current: bool,
    device: String,
    user_agent: Option<String>,
    address: Option<String>,
    created_at: String,
    last_seen_at: String,
    expires_at: String,
}

impl SessionList {
    /// The sessions as seen from the `current` one.
    pub fn new(sessions: Vec<Session>, current: SessionId) -> Self {
        let entry = |session: Session| SessionEntry {
            id: session.id,
            current: session.id == current,
            device: device::describe(session.user_agent.as_deref()),
            user_agent: session.user_agent,
            address: session.address.map(|address| address.to_string()),
            created_at: session.created_at.to_rfc3339(),
            last_seen_at: session.last_seen_at.to_rfc3339(),
            expires_at: session.idle_expires_at.to_rfc3339(),
        };
        Self { sessions: sessions.into_iter().map(entry).collect() }
    }
}

/// How many sessions were ended.
#[derive(Serialize)]
pub struct Revoked {
    /// Their number.
    pub revoked: usize,
}

/// A page of the security log.
#[derive(Serialize)]
pub struct EventList {
    events: Vec<EventEntry>,
    /// Give it as `before` to get the next page; null on the last.
    next: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventEntry {
    id: i64,
    at: String,
    event: &'static str,
    session_id: Option<SessionId>,
    address: Option<String>,
    device: String,
    detail: Option<String>,
}

impl From<Event> for EventEntry {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.at.to_rfc3339(),
            event: event.kind.as_str(),
            session_id: event.session_id,
            address: event.address.map(|address| address.to_string()),
            device: device::describe(event.user_agent.as_deref()),
            detail: event.detail,
        }
    }
}

impl From<EventPage> for EventList {
    fn from(page: EventPage) -> Self {
        Self { events: page.events.into_iter().map(EventEntry::from).collect(), next: page.next }
    }
}
