//! Disabling and enabling accounts. A disabled account keeps its address, password and data.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError, credentials,
    entity::user,
    session_ends::end_others,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason, user_event::UserEventKind};

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
        let Some((disabled, events)) = disable(&transaction, owner, now).await? else { return Ok(None) };
        user_events::append(&transaction, events, now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&disabled.ended);
        Ok(Some(disabled))
    }

    /// Enables `owner`'s account. Ended sessions stay ended. `None` if the account does not exist, otherwise
    /// whether the account was disabled before.
    pub async fn enable_user(&self, owner: UserId, now: Timestamp) -> Result<Option<bool>, StoreError> {
        let transaction = self.begin_write().await?;
        let Some(row) = lock_user(&transaction, owner).await? else { return Ok(None) };
        let changed = row.disabled_at.is_some();
        if changed {
            let event = set_disabled_at(&transaction, row, None).await?;
            user_events::append(&transaction, [event], now).await?;
        }
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(Some(changed))
    }
}

/// Disables an account and ends its sessions. Returns the user events that the caller appends at the end of the
/// transaction. `None` if the account does not exist.
pub(super) async fn disable(
    transaction: &Transaction,
    owner: UserId,
    now: Timestamp,
) -> Result<Option<(DisabledUser, Vec<NewUserEvent>)>, DbErr> {
    let Some(row) = lock_user(transaction, owner).await? else { return Ok(None) };
    let event = match row.disabled_at {
        None => Some(set_disabled_at(transaction, row, Some(now)).await?),
        Some(_) => None,
    };
    let changed = event.is_some();
    let ended = end_others(transaction, owner, None, EndReason::UserDisabled, now).await?;
    let ends = NewUserEvent::ended(owner, &ended, EndReason::UserDisabled);
    let events = event.into_iter().chain(ends).collect();
    Ok(Some((DisabledUser { ended, changed }, events)))
}

/// The account, locked until the transaction ends. `None` if it does not exist.
///
/// Advances the version of the credentials: requests that have verified a password create no session and
/// change no password.
async fn lock_user(transaction: &Transaction, owner: UserId) -> Result<Option<user::Model>, DbErr> {
    if !credentials::advance_version(transaction, owner, None).await? {
        return Ok(None);
    }
    user::Entity::find_by_id(owner).one(transaction).await
}

/// Changes the account, and returns the event.
async fn set_disabled_at(
    transaction: &Transaction,
    mut row: user::Model,
    disabled_at: Option<Timestamp>,
) -> Result<NewUserEvent, DbErr> {
    row.disabled_at = disabled_at.map(Timestamp::millis);
    user::Entity::update_many()
        .col_expr(user::Column::DisabledAt, Expr::value(row.disabled_at))
        .filter(user::Column::Id.eq(row.id))
        .exec(transaction)
        .await?;
    let kind = if row.disabled_at.is_some() { UserEventKind::Disabled } else { UserEventKind::Enabled };
    Ok(NewUserEvent::of_user(kind, &row))
}
