//! The format of a user event for other systems.

use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::domain::{
    SessionId, UserId,
    user_event::{UserChange, UserEvent, UserEventKind, UserSnapshot},
};

/// A user event. The body of a webhook is the same object.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserEvent)]
pub struct UserEventBody {
    /// The id of the event, the same in every delivery.
    id: String,
    /// The type of the event.
    #[serde(rename = "type")]
    #[schema(schema_with = kinds)]
    kind: &'static str,
    /// The time of the change.
    #[schema(format = DateTime)]
    timestamp: String,
    /// Later events have greater numbers.
    sequence: i64,
    data: UserEventData,
}

/// The data of an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserEventData {
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    user_id: UserId,
    /// The user after the change. Only with `user.created`, `user.updated`, `user.disabled` and `user.enabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserEventUser>,
    /// The session. Only with `session.ended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    session: Option<UserEventSession>,
}

/// A user in an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserEventUser {
    email: String,
    email_verified: bool,
    /// The display name; may be empty.
    name: String,
    /// The address of a picture.
    #[schema(required = true)]
    image: Option<String>,
    /// Whether the account is disabled.
    disabled: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A session in an event.
#[derive(Debug, Serialize, ToSchema)]
struct UserEventSession {
    /// The claim `sid` of its access tokens.
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// Why it ended, such as `signed_out` or `password_changed`.
    reason: String,
}

fn kinds() -> Object {
    let names = UserEventKind::ALL.map(UserEventKind::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

impl UserEventBody {
    /// The id of the event.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl From<UserEvent> for UserEventBody {
    fn from(event: UserEvent) -> Self {
        let UserEvent { sequence, user_id, at, change } = event;
        let kind = change.kind().as_str();
        let user = change.user().map(UserEventUser::from);
        let session = match change {
            UserChange::SessionEnded { session, reason } => Some(UserEventSession { id: session, reason }),
            _ => None,
        };
        Self {
            // A restored backup counts from its own last event, so the number alone could appear twice.
            id: format!("evt_{sequence}_{}", at.millis()),
            kind,
            timestamp: at.to_rfc3339(),
            sequence,
            data: UserEventData { user_id, user, session },
        }
    }
}

impl From<&UserSnapshot> for UserEventUser {
    fn from(user: &UserSnapshot) -> Self {
        Self {
            email: user.email.clone(),
            email_verified: user.email_verified,
            name: user.name.clone(),
            image: user.image.clone(),
            disabled: user.disabled,
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
        }
    }
}
