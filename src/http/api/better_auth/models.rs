//! The contract's objects. Its clients rely on times with exactly three fraction digits.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::password::PasswordCredential,
    domain::{SessionId, UserId, session::Session, user::User},
};

/// A user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserObject {
    /// The user's id, which never changes.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// The display name; may be empty.
    #[schema(max_length = 100)]
    name: String,
    /// The e-mail address, in lower case.
    email: String,
    /// Whether the address is verified.
    email_verified: bool,
    /// The address of a picture.
    #[schema(required = true)]
    image: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Whether sign-ins have two steps.
    two_factor_enabled: bool,
}

impl From<&User> for UserObject {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            name: user.name.as_str().to_owned(),
            email: user.email.to_lowercase(),
            email_verified: user.email_verified,
            image: user.image.clone(),
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
            two_factor_enabled: user.two_factor,
        }
    }
}

/// A session. Its `token` is the session's id: it can revoke the session, but not authenticate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionObject {
    /// The session's id; not a secret.
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// The user.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    user_id: UserId,
    /// The session's id, for `revoke-session`.
    #[schema(value_type = String, format = "uuid")]
    token: SessionId,
    /// When the session expires without further use.
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When the session was last used.
    #[schema(format = DateTime)]
    updated_at: String,
    /// The IP address of the last use; empty if unknown.
    ip_address: String,
    /// The `User-Agent` of the last use; empty if unknown.
    user_agent: String,
}

/// The session of the request, and its user.
#[derive(Serialize, ToSchema)]
pub struct CurrentSession {
    session: SessionObject,
    user: UserObject,
}

impl CurrentSession {
    pub fn new(session: &Session, user: &User) -> Self {
        Self { session: session.into(), user: user.into() }
    }
}

/// Success.
#[derive(Serialize, ToSchema)]
pub struct StatusResponse {
    /// Always true.
    status: bool,
}

impl StatusResponse {
    pub const SUCCESS: Self = Self { status: true };
}

/// Success.
#[derive(Serialize, ToSchema)]
pub struct SuccessResponse {
    /// Always true.
    pub success: bool,
}

/// The API is available.
#[derive(Serialize, ToSchema)]
pub struct OkResponse {
    /// Always true.
    pub ok: bool,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub struct AccessTokenResponse {
    /// A JWT (RFC 9068). Its claims `auth_time`, `amr` and `acr` say how and when the user signed in.
    pub token: String,
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

/// An account that a user signs in with. Each user has one; its ids are the user's id.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub struct AccountObject {
    /// The account's id.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// Always `credential`: a password.
    provider_id: &'static str,
    /// The user's id.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    account_id: UserId,
    /// The user.
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
