//! Challenges for passkeys: one-time secrets, of which a browser can have several.
//!
//! The first response uses a challenge up, whether or not it verifies. Of concurrent responses, one is verified.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Store, StoreError,
    entity::one_time_secret::{ActiveModel, Column, Entity, Model},
    one_time,
};
use crate::domain::{LinkPurpose, MailId, Timestamp, UserId};

/// A new challenge.
#[derive(Debug)]
pub struct NewCeremony {
    /// The id of the row.
    pub id: MailId,
    /// The kind of the ceremony.
    pub purpose: LinkPurpose,
    /// The SHA-256 of the secret of the browser.
    pub digest: [u8; 32],
    /// The user. A change of the credentials of this user ends the ceremony.
    pub user_id: Option<UserId>,
    /// What verifies the response.
    pub payload: String,
    /// When the challenge expires.
    pub expires_at: Timestamp,
}

impl Store {
    /// Stores a challenge.
    pub async fn begin_ceremony(&self, new: NewCeremony, now: Timestamp) -> Result<(), StoreError> {
        let purpose = new.purpose.as_str();
        let row = Model {
            id: new.id.uuid(),
            purpose: purpose.to_owned(),
            // Its own: several tabs and devices can have a challenge at the same time.
            owner: format!("{purpose} {}", new.id),
            user_id: new.user_id.map(Into::into),
            digest: new.digest.to_vec(),
            payload: new.payload,
            browser: None,
            code: None,
            attempts: 0,
            requested_at: now.millis(),
            expires_at: new.expires_at.millis(),
            used_at: None,
        };
        Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(&self.db.write).await?;
        Ok(())
    }

    /// Uses a challenge up, and returns what verifies the response. `None`: it was used, has expired, or never existed.
    pub async fn take_ceremony(
        &self,
        purpose: LinkPurpose,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let transaction = self.begin_write().await?;
        if !one_time::consume(&transaction, purpose, digest, now).await? {
            return Ok(None);
        }
        let row = Entity::find().filter(Column::Digest.eq(digest.to_vec())).one(&transaction).await?;
        transaction.commit().await?;
        Ok(row.map(|row| row.payload))
    }
}
