//! The addresses that users have left. For a while, the holder of such an address can undo the change with a link, and no
//! other account can take the address.
//!
//! A user who changes the address several times leaves several addresses. The earliest one wins: undoing that change
//! ends the links of all later ones. An attacker who changes the address twice does not outrun the owner.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, NotSet, QueryFilter, QueryOrder, Select, Set,
    sea_query::Expr,
};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    entity::{
        former_address::{ActiveModel, Column, Entity, Model},
        user,
    },
    transaction::Transaction,
    users::find_by_email,
};
use crate::domain::{Email, MailId, Timestamp, UserId};

/// An address that a user has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerAddress {
    /// The user.
    pub user_id: UserId,
    /// The address in its normal form.
    pub email: String,
    /// Until when the change can be undone, and the address is reserved.
    pub expires_at: Timestamp,
    /// Whether the change was undone.
    pub is_used: bool,
}

impl Store {
    /// Stores the digest of the link in a message to a former address. Every attempt to send the message has the same
    /// link, and extends its life. `None` if the change can no longer be undone.
    pub async fn issue_undo(
        &self,
        mail: MailId,
        digest: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Option<FormerAddress>, StoreError> {
        let issued = Entity::update_many()
            .col_expr(Column::Digest, Expr::value(digest.to_vec()))
            .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
            .filter(Column::MailId.eq(mail.uuid()))
            .filter(Column::UsedAt.is_null())
            .exec(&self.db.write)
            .await?;
        if issued.rows_affected == 0 {
            return Ok(None);
        }
        self.former_address(&digest).await
    }

    /// The address whose link has this digest, also if the change was undone or can no longer be.
    pub async fn former_address(&self, digest: &[u8; 32]) -> Result<Option<FormerAddress>, StoreError> {
        Ok(find(&self.db.read, digest).await?.map(to_former_address))
    }

    /// Whether `owner` can take the address: no other account has it, or has left it within the time of an undo.
    pub async fn is_free(&self, email: &Email, owner: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let holder = find_by_email(&self.db.read, email).await?;
        if holder.is_some_and(|row| row.id.0 != owner) {
            return Ok(false);
        }
        Ok(!is_reserved(&self.db.read, email, Some(owner), now).await?)
    }

    /// Whether an account has left the address within the time of an undo.
    pub async fn is_reserved(&self, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        Ok(is_reserved(&self.db.read, email, None, now).await?)
    }

    /// Deletes the addresses whose changes could be undone until `before`. Returns their number.
    pub async fn delete_former_addresses_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::ExpiresAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, i64>(&self.db, Column::Id, expired).await?)
    }
}

/// Reserves the address that a user leaves. `mail` will contain the link.
pub(super) async fn leave(
    transaction: &Transaction,
    left: &user::Model,
    mail: MailId,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        mail_id: Set(mail.uuid()),
        user_id: Set(left.id),
        email: Set(left.email.clone()),
        email_key: Set(left.email_key.clone()),
        digest: Set(None),
        expires_at: Set(expires_at.millis()),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Whether an account other than `owner` has left the address within the time of an undo. Call it after the address was
/// written: a concurrent transaction that leaves it holds the unique key until it commits.
pub(super) async fn is_reserved(
    db: &impl ConnectionTrait,
    email: &Email,
    owner: Option<UserId>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let mut query = reserved(now).filter(Column::EmailKey.is_in([email.key(), email.former_key()]));
    if let Some(owner) = owner {
        query = query.filter(Column::UserId.ne(owner.as_str()));
    }
    Ok(query.one(db).await?.is_some())
}

/// Ends the changes after the first one that left `email`. `false` if `owner` has not left it within the time of an undo.
pub(super) async fn return_to(
    transaction: &Transaction,
    owner: UserId,
    email: &Email,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let first = reserved(now)
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::EmailKey.eq(email.key()))
        .order_by_asc(Column::Id)
        .one(transaction)
        .await?;
    let Some(first) = first else { return Ok(false) };
    delete_later(transaction, owner, first.id).await?;
    Ok(true)
}

/// Ends the changes of `owner` after this one: their links, and the reservations of their addresses.
pub(super) async fn delete_later(transaction: &Transaction, owner: UserId, id: i64) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).filter(Column::Id.gt(id)).exec(transaction).await?;
    Ok(())
}

pub(super) async fn find(db: &impl ConnectionTrait, digest: &[u8; 32]) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Digest.eq(digest.to_vec())).one(db).await
}

/// Uses the link up. `false` if it was used, has expired, or an earlier change was undone.
pub(super) async fn consume(transaction: &Transaction, id: i64, now: Timestamp) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Deletes all former addresses of a user.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}

/// The addresses that can be restored.
fn reserved(now: Timestamp) -> Select<Entity> {
    Entity::find().filter(Column::UsedAt.is_null()).filter(Column::ExpiresAt.gt(now.millis()))
}

fn to_former_address(row: Model) -> FormerAddress {
    FormerAddress {
        user_id: row.user_id.0,
        email: row.email,
        expires_at: Timestamp::from_millis(row.expires_at),
        is_used: row.used_at.is_some(),
    }
}
