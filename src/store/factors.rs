//! Second factors: the key of an authenticator app, and the changes of all factors of an account together. A
//! [passkey](super::passkeys) is a factor too.
//!
//! Every change advances the version of the credentials: sign-ins that wait for the second factor and trusted devices
//! end, and the links in messages too, except the one that verifies the address.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::totp_factor::{ActiveModel, Column, Entity, Model},
    one_time,
    outbox::{self, LimitedMail},
    passkeys, recovery_codes,
    session_ends::end_others,
    transaction::Transaction,
    trusted_devices,
    user_events::{self, NewUserEvent},
};
use crate::domain::{LinkPurpose, SessionId, Timestamp, UserId, session::EndReason};

/// The key of an authenticator app.
#[derive(Clone, Debug)]
pub struct StoredTotp {
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// The session that began the set-up.
    pub session: SessionId,
    /// When the set-up began.
    pub created_at: Timestamp,
    /// When the set-up was completed. `None`: not yet.
    pub confirmed_at: Option<Timestamp>,
}

/// A new key of an authenticator app.
#[derive(Debug)]
pub struct NewTotp {
    /// The user.
    pub owner: UserId,
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// The session that begins the set-up.
    pub session: SessionId,
    /// The hashes of new recovery codes. Empty: they are made when the set-up is complete.
    pub codes: Vec<String>,
}

/// The completion of a set-up.
#[derive(Debug)]
pub struct ConfirmedTotp {
    /// The user.
    pub owner: UserId,
    /// The sealed key that the code was compared with.
    pub sealed: Vec<u8>,
    /// The step of the code.
    pub step: i64,
    /// The hashes of new recovery codes. Empty: the set-up began with codes.
    pub codes: Vec<String>,
    /// The message that tells the user.
    pub notice: Option<LimitedMail>,
}

impl Store {
    /// The key of `owner`'s authenticator app, confirmed or not.
    pub async fn totp(&self, owner: UserId) -> Result<Option<StoredTotp>, StoreError> {
        Ok(Entity::find_by_id(owner).one(&self.db.read).await?.map(|row: Model| StoredTotp {
            sealed: row.secret,
            session: SessionId::from_uuid(row.session_id),
            created_at: Timestamp::from_millis(row.created_at),
            confirmed_at: row.confirmed_at.map(Timestamp::from_millis),
        }))
    }

    /// Whether sign-ins of `owner` have two steps.
    pub async fn has_second_factor(&self, owner: UserId) -> Result<bool, StoreError> {
        Ok(self.totp(owner).await?.is_some_and(|totp| totp.confirmed_at.is_some()))
    }

    /// Stores a key that waits for the first code, instead of an earlier one that waits. `false` if the account has a
    /// confirmed one.
    pub async fn begin_totp(&self, new: NewTotp, now: Timestamp) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        let row = Model {
            user_id: new.owner.into(),
            secret: new.sealed,
            session_id: new.session.uuid(),
            created_at: now.millis(),
            confirmed_at: None,
            last_step: 0,
        };
        let replace = OnConflict::column(Column::UserId)
            .update_columns([Column::Secret, Column::SessionId, Column::CreatedAt])
            .action_cond_where(Condition::all().add(Column::ConfirmedAt.is_null()))
            .to_owned();
        let row = ActiveModel::from(row).reset_all();
        match Entity::insert_many([row]).on_conflict(replace).exec_without_returning(&transaction).await {
            Ok(1) => {}
            Ok(_) | Err(DbErr::RecordNotInserted) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        recovery_codes::replace(&transaction, new.owner, new.codes).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Completes the set-up, and queues the notice, in one transaction. `false` if the key has changed since, or is
    /// confirmed.
    pub async fn confirm_totp(&self, confirmed: ConfirmedTotp, now: Timestamp) -> Result<bool, StoreError> {
        let owner = confirmed.owner;
        let transaction = self.begin_write().await?;
        if !advance(&transaction, owner, None).await? {
            return Ok(false);
        }
        let updated = Entity::update_many()
            .col_expr(Column::ConfirmedAt, Expr::value(now.millis()))
            .col_expr(Column::LastStep, Expr::value(confirmed.step))
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::ConfirmedAt.is_null())
            .filter(Column::Secret.eq(confirmed.sealed))
            .exec(&transaction)
            .await?;
        if updated.rows_affected == 0 {
            return Ok(false);
        }
        if !confirmed.codes.is_empty() {
            recovery_codes::replace(&transaction, owner, confirmed.codes).await?;
        }
        if let Some(notice) = confirmed.notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(true)
    }

    /// Replaces the recovery codes of an account with a second factor, and queues the notice, in one transaction. `false`
    /// if the account has none.
    pub async fn renew_recovery_codes(
        &self,
        owner: UserId,
        codes: Vec<String>,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        if !advance(&transaction, owner, None).await? || !is_confirmed(&transaction, owner).await? {
            return Ok(false);
        }
        recovery_codes::replace(&transaction, owner, codes).await?;
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes all second factors, and queues the notice, in one transaction. `false` if the account has none.
    pub async fn remove_factors(
        &self,
        owner: UserId,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        if !advance(&transaction, owner, None).await? || !is_confirmed(&transaction, owner).await? {
            return Ok(false);
        }
        delete_second_factors(&transaction, owner).await?;
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(true)
    }

    /// As [`remove_factors`](Self::remove_factors), removes the passkeys too, and ends every session. Returns the ended
    /// sessions; `None` if the account has neither.
    pub async fn reset_factors(
        &self,
        owner: UserId,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let reason = EndReason::FactorsReset;
        let transaction = self.begin_write().await?;
        if !advance(&transaction, owner, None).await? {
            return Ok(None);
        }
        let had_second_factor = is_confirmed(&transaction, owner).await?;
        if passkeys::delete_all(&transaction, owner).await? == 0 && !had_second_factor {
            return Ok(None);
        }
        delete_second_factors(&transaction, owner).await?;
        let ended = end_others(&transaction, owner, None, reason, now).await?;
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        user_events::append(&transaction, NewUserEvent::ended(owner, &ended, reason), now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&ended);
        Ok(Some(ended))
    }
}

/// Accepts the code of a step. `false` if a code of this or a later step was accepted before: one conditional update
/// decides, so that two requests, also to two servers, cannot use one code (RFC 6238 §5.2, ASVS 6.5.1).
pub(super) async fn accept_step(transaction: &Transaction, owner: UserId, step: i64) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::ConfirmedAt.is_not_null())
        .filter(Column::LastStep.lt(step))
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Deletes all second factors and passkeys of a user.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    passkeys::delete_all_and_handle(transaction, owner).await?;
    delete_second_factors(transaction, owner).await
}

async fn delete_second_factors(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    recovery_codes::replace(transaction, owner, Vec::new()).await?;
    trusted_devices::delete_all(transaction, owner).await
}

/// Locks the account, and ends what depends on its factors. `false` if the account does not exist, or its credentials no
/// longer have the version `seen`.
pub(super) async fn advance(
    transaction: &Transaction,
    owner: UserId,
    seen: Option<CredentialsVersion>,
) -> Result<bool, DbErr> {
    if !credentials::advance_version(transaction, owner, seen).await? {
        return Ok(false);
    }
    one_time::delete_others(transaction, owner, LinkPurpose::VerifyEmail).await?;
    trusted_devices::delete_all(transaction, owner).await?;
    Ok(true)
}

/// Whether sign-ins of the user have two steps.
pub(super) async fn is_confirmed(db: &impl ConnectionTrait, owner: UserId) -> Result<bool, DbErr> {
    Ok(Entity::find_by_id(owner).one(db).await?.is_some_and(|row| row.confirmed_at.is_some()))
}
