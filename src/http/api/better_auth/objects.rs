//! The contract's objects. Times have exactly three fraction digits, which its clients rely on.

use serde::Serialize;
use utoipa::ToSchema;

pub use crate::domain::user::is_image;
use crate::{
    auth::accounts::profile::PasswordCredential,
    domain::{SessionId, UserId, session::Session, user::User},
};

/// A user, as the sign-in API answers them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserObject {
    /// Names the user, for ever.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// What to call them; may be empty.
    #[schema(max_length = 100)]
    name: String,
    /// In lower case.
    email: String,
    /// Whether the address has been shown to be theirs.
    email_verified: bool,
    /// A picture's address.
    #[schema(required = true)]
    image: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&User> for UserObject {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            name: user.name.as_str().to_owned(),
            // The contract's addresses are in lower case.
            email: user.email.to_lowercase(),
            email_verified: user.email_verified,
            image: user.image.clone(),
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
        }
    }
}

/// A session. Its `token` is the session's id: enough to revoke it, of no use to whoever steals it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionObject {
    /// Names the session; not a secret.
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// Whose it is.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    user_id: UserId,
    /// The session's id once more: what `revoke-session` takes.
    #[schema(value_type = String, format = "uuid")]
    token: SessionId,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was used last.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Where it was used from last; empty where unknown.
    ip_address: String,
    /// What the device called itself; empty where unknown.
    user_agent: String,
}

/// The session of the request, and its user.
#[derive(Serialize, ToSchema)]
pub struct CurrentSession {
    session: SessionObject,
    user: UserObject,
}

impl CurrentSession {
    /// A session with its user.
    pub fn new(session: &Session, user: &User) -> Self {
        Self { session: session.into(), user: user.into() }
    }
}

/// That it was done.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// Always true.
    status: bool,
}

impl Status {
    /// What the contract answers where there is nothing to say.
    pub const DONE: Self = Self { status: true };
}

/// That it was done.
#[derive(Serialize, ToSchema)]
pub struct Success {
    /// Always true.
    pub success: bool,
}

/// That the API is there.
#[derive(Serialize, ToSchema)]
pub struct Okay {
    /// Always true.
    pub ok: bool,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub struct AccessToken {
    /// A JWT (RFC 9068).
    pub token: String,
}

/// A user whose password has changed.
#[derive(Serialize, ToSchema)]
#[schema(as = PasswordChanged)]
pub struct PasswordChangedObject {
    /// The token of the new session, where the session that asked was replaced.
    #[schema(required = true)]
    pub token: Option<String>,
    /// Whose password it is.
    pub user: UserObject,
}

impl From<&Session> for SessionObject {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            user_id: session.user_id,
            token: session.id,
            expires_at: session.idle_expires_at.to_rfc3339(),
            created_at: session.created_at.to_rfc3339(),
            updated_at: session.last_seen_at.to_rfc3339(),
            ip_address: session.address.map(|address| address.to_string()).unwrap_or_default(),
            user_agent: session.user_agent.clone().unwrap_or_default(),
        }
    }
}

/// What a user signs in with. Its id is derived, not stored: each user has one, with the user's
/// own id.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub struct AccountObject {
    /// Names the account.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// Always `credential`: a password.
    provider_id: &'static str,
    /// The user's own id.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    account_id: UserId,
    /// Whose it is.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    user_id: UserId,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Always empty.
    #[schema(value_type = Vec<String>)]
    scopes: [&'static str; 0],
}

impl From<&PasswordCredential> for AccountObject {
    fn from(credential: &PasswordCredential) -> Self {
        Self {
            id: credential.user_id,
            provider_id: "credential",
            account_id: credential.user_id,
            user_id: credential.user_id,
            created_at: credential.created_at.to_rfc3339(),
            updated_at: credential.updated_at.to_rfc3339(),
            scopes: [],
        }
    }
}
