//! Lookup of imported sessions by the tokens of the former system.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Store, StoreError,
    entity::imported_session::{Column, Entity},
};
use crate::domain::SessionId;

/// The SHA-256 of a presented token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportedDigest {
    /// The token with its signature, as in the old cookie.
    Cookie([u8; 32]),
    /// The token alone.
    Token([u8; 32]),
}

/// An imported session.
#[derive(Debug)]
pub struct ImportedSession {
    /// The session id.
    pub id: SessionId,
    /// The session's first secret hash: the digest of the old cookie, for both forms of the token.
    pub first_secret_hash: Vec<u8>,
}

impl Store {
    /// The session with this token digest.
    pub async fn imported_session(&self, presented: ImportedDigest) -> Result<Option<ImportedSession>, StoreError> {
        let condition = match presented {
            ImportedDigest::Cookie(digest) => Column::CookieHash.eq(digest.to_vec()),
            ImportedDigest::Token(digest) => Column::TokenHash.eq(digest.to_vec()),
        };
        let row = Entity::find().filter(condition).one(&self.db.read).await?;
        Ok(row.map(|row| ImportedSession {
            id: SessionId::from_uuid(row.session_id),
            first_secret_hash: row.cookie_hash,
        }))
    }
}
