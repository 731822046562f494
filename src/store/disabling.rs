//! Disabling and enabling accounts. A disabled account keeps its address, password and data.

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{Store, StoreError, credentials, entity::user, sessions::end_others};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason};

/// A disabled account.
#[derive(Debug)]
pub struct DisabledUser {
    /// The sessions that were ended.
    pub ended: Vec<SessionId>,
    /// Whether the account was enabled before.
    pub changed: bool,
}

impl Store {
    /// Disables `owner`'s account and ends every session, in one transaction. `None` if the account does not
    /// exist.
    pub async fn disable_user(&self, owner: UserId, now: Timestamp) -> Result<Option<DisabledUser>, StoreError> {
        let transaction = self.begin_write().await?;
        let disabled = disable(&transaction, owner, now).await?;
        transaction.commit().await?;
        Ok(disabled)
    }

    /// Enables `owner`'s account. Ended sessions stay ended. `None` if the account does not exist, otherwise
    /// whether the account was disabled before.
    pub async fn enable_user(&self, owner: UserId) -> Result<Option<bool>, StoreError> {
        let transaction = self.begin_write().await?;
        let Some(disabled_at) = lock_user(&transaction, owner).await? else { return Ok(None) };
        let changed = disabled_at.is_some();
        if changed {
            set_disabled_at(&transaction, owner, None).await?;
        }
        transaction.commit().await?;
        Ok(Some(changed))
    }
}

/// Disables an account and ends its sessions. `None` if the account does not exist.
pub(super) async fn disable(
    transaction: &DatabaseTransaction,
    owner: UserId,
    now: Timestamp,
) -> Result<Option<DisabledUser>, DbErr> {
    let Some(disabled_at) = lock_user(transaction, owner).await? else { return Ok(None) };
    let changed = disabled_at.is_none();
    if changed {
        set_disabled_at(transaction, owner, Some(now)).await?;
    }
    let ended = end_others(transaction, owner, None, EndReason::UserDisabled, now).await?;
    Ok(Some(DisabledUser { ended, changed }))
}

/// When the account was disabled, inside an `Option` that is `None` if the account does not exist.
///
/// Locks the account's row until the transaction ends, and advances the version of the credentials: requests
/// that have verified a password open no session and change no password.
async fn lock_user(transaction: &DatabaseTransaction, owner: UserId) -> Result<Option<Option<i64>>, DbErr> {
    if !credentials::advance_version(transaction, owner, None).await? {
        return Ok(None);
    }
    let query = user::Entity::find_by_id(owner).select_only().column(user::Column::DisabledAt);
    query.into_tuple().one(transaction).await
}

async fn set_disabled_at(
    transaction: &DatabaseTransaction,
    owner: UserId,
    disabled_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::DisabledAt, Expr::value(disabled_at.map(Timestamp::millis)))
        .filter(user::Column::Id.eq(owner.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}
