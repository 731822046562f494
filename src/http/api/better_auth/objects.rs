//! The contract's objects. Times have exactly three fraction digits, which its clients rely on.

use serde::Serialize;

use crate::{
    auth::update_profile::PasswordCredential,
    domain::{SessionId, UserId, session::Session, user::User},
};

/// The most bytes a picture's address may have.
const MAX_IMAGE: usize = 2048;

/// Whether a text can be a picture's address: of bearable length, on one line.
pub fn is_image(text: &str) -> bool {
    text.len() <= MAX_IMAGE && !text.chars().any(char::is_control)
}

/// `User`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserObject {
    id: UserId,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    created_at: String,
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

/// `Session`. Its `token` is the session's id: enough to revoke it, of no use to whoever steals it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionObject {
    id: SessionId,
    user_id: UserId,
    token: SessionId,
    expires_at: String,
    created_at: String,
    updated_at: String,
    ip_address: String,
    user_agent: String,
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

/// `Account`: what a user signs in with. Its id is derived, not stored: each user has one, with the user's
/// own id.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountObject {
    id: UserId,
    provider_id: &'static str,
    account_id: UserId,
    user_id: UserId,
    created_at: String,
    updated_at: String,
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
