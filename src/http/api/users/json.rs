//! The JSON forms of what a user owns: camelCase members, RFC 3339 times in UTC.

use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::{
    auth::audit::EventPage,
    domain::{
        SessionId, Timestamp, UserId, device,
        event::{Event, EventKind},
        session::Session,
        user::User,
    },
};

/// A profile.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Names the user, for ever.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// The address as it was typed.
    email: String,
    /// Whether the address has been shown to be theirs.
    email_verified: bool,
    /// What to call them; may be empty.
    #[schema(max_length = 100)]
    name: String,
    /// A picture's address.
    #[schema(required = true)]
    image: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(required = true, format = DateTime)]
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
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<SessionEntry>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionEntry {
    /// Names the session; not a secret.
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// Whether the token of this request belongs to it.
    current: bool,
    /// Browser and system in words.
    device: String,
    /// What the device called itself.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// The IP address it was last used from.
    #[schema(required = true)]
    address: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
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
#[derive(Serialize, ToSchema)]
pub struct Revoked {
    /// Their number.
    #[schema(minimum = 0)]
    pub revoked: usize,
}

/// A page of the security log.
#[derive(Serialize, ToSchema)]
pub struct EventList {
    events: Vec<EventEntry>,
    /// Give it as `before` to get the next page; null on the last.
    #[schema(required = true)]
    next: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventEntry {
    /// Grows with time.
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// What happened (OWASP Logging Vocabulary).
    #[schema(schema_with = event_name)]
    event: &'static str,
    /// In which session.
    #[schema(required = true, value_type = Option<String>, format = "uuid")]
    session_id: Option<SessionId>,
    /// From which IP address.
    #[schema(required = true)]
    address: Option<String>,
    /// From which device, in words.
    device: String,
    /// More about it.
    #[schema(required = true)]
    detail: Option<String>,
}

fn event_name() -> Object {
    let names = EventKind::ALL.map(EventKind::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
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
