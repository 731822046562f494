//! One-time secrets: the links in messages. Only digests are stored.
//!
//! An owner has at most one secret per purpose: a new one replaces the older one. The owner is a user, or for sign-in a
//! tag of an address ([`codes`](super::codes)). One conditional update uses a secret up, so that of concurrent uses one
//! succeeds.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    entity::one_time_secret::{ActiveModel, Column, Entity, Model},
    transaction::Transaction,
};
use crate::domain::{LinkPurpose, MailId, Timestamp, UserId};

/// A new secret.
#[derive(Debug)]
pub struct NewOneTimeSecret {
    /// The message with the secret. Another attempt to send it has the same secret.
    pub mail: MailId,
    /// What the secret authorizes.
    pub purpose: LinkPurpose,
    /// The user.
    pub user_id: UserId,
    /// The SHA-256 of the secret.
    pub digest: [u8; 32],
    /// What the secret depends on, by purpose.
    pub payload: String,
    /// When the message was requested.
    pub requested_at: Timestamp,
    /// When the secret expires.
    pub expires_at: Timestamp,
}

/// A stored secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeSecret {
    /// The user.
    pub user_id: UserId,
    /// What the secret depends on, by purpose.
    pub payload: String,
    /// When the secret expires.
    pub expires_at: Timestamp,
    /// Whether the secret was used.
    pub is_used: bool,
}

impl Store {
    /// Stores a secret instead of the user's older one for the same purpose. Storing a secret again extends its life.
    /// `false` if the secret was used already, or a message that was requested later has replaced it.
    pub async fn issue_one_time_secret(&self, new: NewOneTimeSecret) -> Result<bool, StoreError> {
        Ok(issue(&self.db.write, to_row(new)).await?)
    }

    /// The secret with this digest, used and expired ones included.
    pub async fn one_time_secret(
        &self,
        purpose: LinkPurpose,
        digest: &[u8; 32],
    ) -> Result<Option<OneTimeSecret>, StoreError> {
        Ok(find(&self.db.read, purpose, digest).await?)
    }

    /// Deletes the secrets that expired before `before`. Returns their number.
    pub async fn delete_one_time_secrets_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::ExpiresAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, uuid::Uuid>(&self.db, Column::Id, expired).await?)
    }
}

/// The row of a secret without a code.
pub(super) fn to_row(new: NewOneTimeSecret) -> Model {
    Model {
        id: new.mail.uuid(),
        purpose: new.purpose.as_str().to_owned(),
        owner: new.user_id.to_string(),
        user_id: Some(new.user_id.into()),
        digest: new.digest.to_vec(),
        payload: new.payload,
        browser: None,
        code: None,
        attempts: 0,
        requested_at: new.requested_at.millis(),
        expires_at: new.expires_at.millis(),
        used_at: None,
    }
}

/// Stores a secret instead of the owner's older one for the same purpose. `false` if the secret was used already, or a
/// newer one has replaced it.
pub(super) async fn issue(db: &impl ConnectionTrait, new: Model) -> Result<bool, DbErr> {
    let again = Condition::all().add(Column::Digest.eq(new.digest.clone())).add(Column::UsedAt.is_null());
    let newer =
        Condition::all().add(Column::Digest.ne(new.digest.clone())).add(Column::RequestedAt.lte(new.requested_at));
    let replace = OnConflict::columns([Column::Owner, Column::Purpose])
        .update_columns([
            Column::Id,
            Column::UserId,
            Column::Digest,
            Column::Payload,
            Column::Browser,
            Column::Code,
            Column::Attempts,
            Column::RequestedAt,
            Column::ExpiresAt,
            Column::UsedAt,
        ])
        .action_cond_where(Condition::any().add(again).add(newer))
        .to_owned();
    let row = ActiveModel::from(new).reset_all();
    match Entity::insert_many([row]).on_conflict(replace).exec_without_returning(db).await {
        Ok(written) => Ok(written == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    purpose: LinkPurpose,
    digest: &[u8; 32],
) -> Result<Option<OneTimeSecret>, DbErr> {
    let query = Entity::find().filter(Column::Digest.eq(digest.to_vec())).filter(Column::Purpose.eq(purpose.as_str()));
    Ok(query.one(db).await?.and_then(|row: Model| {
        Some(OneTimeSecret {
            user_id: row.user_id?.0,
            payload: row.payload,
            expires_at: Timestamp::from_millis(row.expires_at),
            is_used: row.used_at.is_some(),
        })
    }))
}

/// Uses a secret up. `false` if it does not exist, has expired or was used.
pub(super) async fn consume(
    transaction: &Transaction,
    purpose: LinkPurpose,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(Column::Digest.eq(digest.to_vec()))
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Deletes the secrets of a user, except that of one purpose.
pub(super) async fn delete_others(transaction: &Transaction, owner: UserId, kept: LinkPurpose) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Purpose.ne(kept.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Deletes all secrets of a user.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}
