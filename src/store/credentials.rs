//! Credentials: a password per user, stored as a PHC string.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Select, Set,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Store, StoreError,
    entity::{
        credential::{ActiveModel, Column, Entity},
        user,
    },
    transaction::Transaction,
};
use crate::domain::{Timestamp, UserId};

pub(super) const PASSWORD: &str = "password";

/// The version of an account's credentials. Every change of a credential increments the version, so that no
/// session is created with a credential that was replaced during its verification. So does the end of a session that may
/// have been another person's: devices of earlier versions are no known devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialsVersion(pub i64);

/// A password hash and the version of the credentials when the hash was read.
#[derive(Clone, Debug)]
pub struct StoredPassword {
    /// The hash (a PHC string).
    pub hash: String,
    /// The version of the account's credentials.
    pub version: CredentialsVersion,
}

/// When a user's password was set.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCredential {
    /// The user.
    pub user_id: UserId,
    /// When the password was first set.
    pub created_at: Timestamp,
    /// When the password was last changed.
    pub updated_at: Timestamp,
}

impl CredentialsVersion {
    /// The version of a new account.
    pub const FIRST: Self = Self(0);

    /// The version after the next change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Store {
    /// When `owner`'s password was set. `None` if the account has none.
    pub async fn password_credential(&self, owner: UserId) -> Result<Option<PasswordCredential>, StoreError> {
        Ok(find_password(owner).one(&self.db.read).await?.map(|row| PasswordCredential {
            user_id: owner,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }))
    }

    /// The hash of `owner`'s password, and the version of the credentials.
    pub async fn password(&self, owner: UserId) -> Result<Option<StoredPassword>, StoreError> {
        // Read the version first: if the password changes between the two queries, the version is outdated.
        let Some(user) = user::Entity::find_by_id(owner).one(&self.db.read).await? else { return Ok(None) };
        let hash = self.password_hash(owner).await?;
        Ok(hash.map(|hash| StoredPassword { hash, version: CredentialsVersion(user.credentials_version) }))
    }

    pub(super) async fn password_hash(&self, owner: UserId) -> Result<Option<String>, DbErr> {
        Ok(find_password(owner).one(&self.db.read).await?.map(|row| row.secret))
    }

    /// Replaces `owner`'s password hash if it still is `seen`. `false` if another request changed it first.
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
            .exec(&self.db.write)
            .await?;
        Ok(updated.rows_affected == 1)
    }
}

fn find_password(owner: UserId) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(owner.as_str())).filter(Column::Kind.eq(PASSWORD))
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
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
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

pub(super) async fn has_password(transaction: &Transaction, owner: UserId) -> Result<bool, DbErr> {
    Ok(find_password(owner).one(transaction).await?.is_some())
}

/// Replaces the password, or adds one to an account without.
pub(super) async fn put_password(
    transaction: &Transaction,
    owner: UserId,
    hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    if has_password(transaction, owner).await? {
        set_password(transaction, owner, hash, now).await
    } else {
        insert_password(transaction, owner, hash, now).await
    }
}

/// Records a sign-in. `false` if the credentials no longer have this version, or the account is disabled.
/// Locks the account's row until the transaction ends.
pub(super) async fn record_sign_in(
    transaction: &Transaction,
    owner: UserId,
    version: CredentialsVersion,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let updated = user::Entity::update_many()
        .col_expr(user::Column::LastSignInAt, Expr::value(now.millis()))
        .filter(user::Column::Id.eq(owner.as_str()))
        .filter(user::Column::CredentialsVersion.eq(version.0))
        .filter(user::Column::DisabledAt.is_null())
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Locks the account's row until the transaction ends. `false` if the account is disabled or does not exist, or the
/// credentials no longer have the version `seen`. An update without a change locks the row on both databases.
pub(super) async fn lock_account(
    transaction: &Transaction,
    owner: UserId,
    seen: Option<CredentialsVersion>,
) -> Result<bool, DbErr> {
    let version = user::Column::CredentialsVersion;
    let mut update = user::Entity::update_many()
        .col_expr(version, Expr::col(version))
        .filter(user::Column::Id.eq(owner.as_str()))
        .filter(user::Column::DisabledAt.is_null());
    if let Some(seen) = seen {
        update = update.filter(version.eq(seen.0));
    }
    Ok(update.exec(transaction).await?.rows_affected == 1)
}

/// Increments the version of the account's credentials. `false` if the credentials no longer have the version
/// `seen`, or the account does not exist. Locks the account's row until the transaction ends.
pub(super) async fn advance_version(
    transaction: &Transaction,
    owner: UserId,
    seen: Option<CredentialsVersion>,
) -> Result<bool, DbErr> {
    let version = user::Column::CredentialsVersion;
    let mut update = user::Entity::update_many()
        .col_expr(version, Expr::col(version).add(1))
        .filter(user::Column::Id.eq(owner.as_str()));
    if let Some(seen) = seen {
        update = update.filter(version.eq(seen.0));
    }
    Ok(update.exec(transaction).await?.rows_affected == 1)
}

pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}

/// Whether the hash still is `seen`. If so, locks its row until the transaction ends. An update without a
/// change locks the row on both databases.
pub(super) async fn lock_password(transaction: &Transaction, owner: UserId, seen: &str) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::Secret, Expr::col(Column::Secret))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Kind.eq(PASSWORD))
        .filter(Column::Secret.eq(seen))
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}
