//! Recovery codes: hashes, of which one conditional update uses one up.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, NotSet, PaginatorTrait, QueryFilter, Set, sea_query::Expr,
};

use super::{
    Store, StoreError,
    entity::recovery_code::{ActiveModel, Column, Entity},
    transaction::Transaction,
};
use crate::domain::{Timestamp, UserId};

impl Store {
    /// The hash of one of `owner`'s codes: all have the same parameters and salt. `None`: the account has no codes.
    pub async fn recovery_code_hash(&self, owner: UserId) -> Result<Option<String>, StoreError> {
        let row = Entity::find().filter(Column::UserId.eq(owner.as_str())).one(&self.db.read).await?;
        Ok(row.map(|row| row.hash))
    }

    /// The number of `owner`'s codes that were not used.
    pub async fn unused_recovery_codes(&self, owner: UserId) -> Result<u64, StoreError> {
        Ok(count_unused(&self.db.read, owner).await?)
    }
}

pub(super) async fn count_unused(db: &impl ConnectionTrait, owner: UserId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::UserId.eq(owner.as_str())).filter(Column::UsedAt.is_null()).count(db).await
}

/// Uses a code up. `false` if there is no such code, or it was used.
pub(super) async fn consume(
    transaction: &Transaction,
    owner: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Hash.eq(hash))
        .filter(Column::UsedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Replaces all codes of a user.
pub(super) async fn replace(
    transaction: &Transaction,
    owner: UserId,
    hashes: Vec<String>,
    now: Timestamp,
) -> Result<(), DbErr> {
    delete_all(transaction, owner).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let row = |hash| ActiveModel {
        id: NotSet,
        user_id: Set(owner.into()),
        hash: Set(hash),
        used_at: Set(None),
        created_at: Set(Some(now.millis())),
    };
    Entity::insert_many(hashes.into_iter().map(row)).exec_without_returning(transaction).await?;
    Ok(())
}

/// Deletes all codes of a user.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}

/// Deletes the codes of a user that were made at `since` or later.
pub(super) async fn delete_made_since(transaction: &Transaction, owner: UserId, since: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::CreatedAt.gte(since.millis()))
        .exec(transaction)
        .await?;
    Ok(())
}
