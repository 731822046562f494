//! What people prove themselves with: a password each, kept as a PHC string.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set,
    sea_query::Expr,
};

use super::{
    Store, StoreError,
    entity::credential::{ActiveModel, Column, Entity},
};
use crate::domain::{Timestamp, UserId};

const PASSWORD: &str = "password";

/// That a user has a password, and since when; not the password.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCredential {
    /// Whose it is.
    pub user_id: UserId,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Store {
    /// Whether `owner` has a password, and since when.
    pub async fn password_credential(&self, owner: UserId) -> Result<Option<PasswordCredential>, StoreError> {
        let key = (owner.into(), PASSWORD.to_owned());
        Ok(Entity::find_by_id(key).one(&self.db).await?.map(|row| PasswordCredential {
            user_id: owner,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }))
    }

    /// The hash of `owner`'s password (a PHC string).
    pub async fn password_hash(&self, owner: UserId) -> Result<Option<String>, StoreError> {
        let key = (owner.into(), PASSWORD.to_owned());
        Ok(Entity::find_by_id(key).one(&self.db).await?.map(|row| row.secret))
    }

    /// Replaces `owner`'s password hash if it still is `seen`; otherwise somebody else was faster and
    /// the answer is `false`.
    pub async fn replace_password_hash(
        &self,
        owner: UserId,
        seen: &str,
        next: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::Secret, Expr::value(next))
            .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::Kind.eq(PASSWORD))
            .filter(Column::Secret.eq(seen))
            .exec(&self.db)
            .await?;
        Ok(updated.rows_affected == 1)
    }
}

pub(super) async fn insert_password(
    db: &impl ConnectionTrait,
    owner: UserId,
    hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        user_id: Set(owner.into()),
        kind: Set(PASSWORD.to_owned()),
        secret: Set(hash),
        created_at: Set(now.millis()),
        updated_at: Set(now.millis()),
    };
    row.insert(db).await?;
    Ok(())
}

pub(super) async fn set_password(
    db: &impl ConnectionTrait,
    owner: UserId,
    hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Secret, Expr::value(hash))
        .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Kind.eq(PASSWORD))
        .exec(db)
        .await?;
    Ok(())
}

/// Holds on to all of `owner`'s credentials until the transaction ends.
pub(super) async fn hold_all(transaction: &DatabaseTransaction, owner: UserId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Secret, Expr::col(Column::Secret))
        .filter(Column::UserId.eq(owner.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}

pub(super) async fn delete_all(transaction: &DatabaseTransaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}

/// Whether the hash still is `seen`; if so, holds on to its row until the transaction ends: an update
/// that changes nothing locks on both databases.
pub(super) async fn hold_password(transaction: &DatabaseTransaction, owner: UserId, seen: &str) -> Result<bool, DbErr> {
    let held = Entity::update_many()
        .col_expr(Column::Secret, Expr::col(Column::Secret))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Kind.eq(PASSWORD))
        .filter(Column::Secret.eq(seen))
        .exec(transaction)
        .await?;
    Ok(held.rows_affected == 1)
}
