//! Sessions brought along from another system, found by the tokens that opened them there.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Store, StoreError,
    entity::imported_session::{Column, Entity},
};
use crate::domain::SessionId;

/// The SHA-256 of what somebody presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportedDigest {
    /// Of the token with its signature, as the old cookie held it.
    Cookie([u8; 32]),
    /// Of the token alone.
    Token([u8; 32]),
}

/// A session brought along.
#[derive(Debug)]
pub struct ImportedSession {
    /// The session here.
    pub id: SessionId,
    /// What its first secret's hash is: the digest of the old cookie, in whichever form it was presented.
    pub first_secret_hash: Vec<u8>,
}

impl Store {
    /// The session that a token of the old system opened.
    pub async fn imported_session(&self, presented: ImportedDigest) -> Result<Option<ImportedSession>, StoreError> {
        let condition = match presented {
            ImportedDigest::Cookie(digest) => Column::CookieHash.eq(digest.to_vec()),
            ImportedDigest::Token(digest) => Column::TokenHash.eq(digest.to_vec()),
        };
        let row = Entity::find().filter(condition).one(&self.db).await?;
        Ok(row.map(|row| ImportedSession {
            id: SessionId::from_uuid(row.session_id),
            first_secret_hash: row.cookie_hash,
        }))
    }
}
