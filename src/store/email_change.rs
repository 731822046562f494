//! Changing the e-mail address, and undoing a change.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, SqlErr, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{
    Store, StoreError, credentials,
    entity::user::{Column, Entity as Users},
    factors, former_addresses, one_time,
    outbox::{self, LimitedMail, NewMail},
    session_ends::end_others,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{Email, LinkPurpose, SessionId, Timestamp, UserId, session::EndReason, user_event::UserEventKind};

/// What the link to a new address depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePayload {
    /// The key of the address when the link was made.
    pub from: String,
    /// The new address in its normal form.
    pub to: String,
}

/// A change of the address, and the link that proves the new one.
#[derive(Debug)]
pub struct EmailChange {
    /// The user.
    pub owner: UserId,
    /// The session that continues.
    pub session: SessionId,
    /// The SHA-256 of the link's secret.
    pub digest: [u8; 32],
    /// The message to the former address. It is queued only if that address was verified.
    pub notice: NewMail,
    /// Until when the change can be undone.
    pub undo_until: Timestamp,
}

/// The result of a change.
#[derive(Debug)]
pub enum EmailChangeResult {
    /// The address is changed. The sessions that ended.
    Changed(Vec<SessionId>),
    /// Another account has the address, or has left it within the time of an undo. The link stays valid.
    Taken,
    /// The link is not valid or another user's, the account is disabled, or its address has changed since the link was made.
    InvalidLink,
}

/// A restored address with a new password, and the link that authorizes both.
#[derive(Debug)]
pub struct EmailUndo {
    /// The SHA-256 of the link's secret.
    pub digest: [u8; 32],
    /// The hash of the new password (a PHC string).
    pub password_hash: String,
    /// The message that tells the user.
    pub notice: Option<NewMail>,
    /// The message about removed second factors.
    pub factors_notice: Option<LimitedMail>,
}

/// The result of undoing a change.
#[derive(Debug)]
pub enum EmailUndoResult {
    /// The address is restored.
    Undone {
        /// The sessions that ended.
        ended: Vec<SessionId>,
        /// Whether second factors were removed.
        factors_removed: bool,
    },
    /// The link is not valid, or an import has given the address to another account.
    InvalidLink,
}

impl ChangePayload {
    /// The text in the database.
    pub fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| DbErr::Custom(error.to_string()).into())
    }

    /// Reads the text in the database. `None`: it is not readable.
    pub fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Store {
    /// Uses the link up, changes the address, marks it as verified, ends every other session and all other links, and
    /// queues the message to the former address, in one transaction.
    pub async fn change_email(&self, change: EmailChange, now: Timestamp) -> Result<EmailChangeResult, StoreError> {
        let EmailChange { owner, session, digest, notice, undo_until } = change;
        let purpose = LinkPurpose::ChangeEmail;
        let transaction = self.begin_write().await?;
        let secret = one_time::find(&transaction, purpose, &digest).await?.filter(|secret| secret.user_id == owner);
        let payload = secret.and_then(|secret| ChangePayload::of_text(&secret.payload));
        let Some(payload) = payload else { return Ok(EmailChangeResult::InvalidLink) };
        let Ok(email) = Email::presented(&payload.to) else { return Ok(EmailChangeResult::InvalidLink) };
        // Locks the account first, as all other transactions do. A sign-in with the former address creates no session.
        if !credentials::advance_version(&transaction, owner, None).await? {
            return Ok(EmailChangeResult::InvalidLink);
        }
        let left = Users::find_by_id(owner).filter(Column::DisabledAt.is_null()).one(&transaction).await?;
        let Some(left) = left.filter(|row| row.email_key == payload.from) else {
            return Ok(EmailChangeResult::InvalidLink);
        };
        if !one_time::consume(&transaction, purpose, &digest, now).await? {
            return Ok(EmailChangeResult::InvalidLink);
        }
        if !set_address(&transaction, owner, email.as_str(), email.key(), now).await?
            || former_addresses::is_reserved(&transaction, &email, Some(owner), now).await?
        {
            return Ok(EmailChangeResult::Taken);
        }
        // Returning to an earlier address undoes the changes since: the addresses in between get no link.
        let returned = former_addresses::return_to(&transaction, owner, &email, now).await?;
        // An address that was never verified may be a stranger's, who must not get the account.
        if left.email_verified && !returned {
            former_addresses::leave(&transaction, &left, notice.id, undo_until).await?;
            outbox::enqueue(&transaction, notice, now).await?;
        }
        one_time::delete_others(&transaction, owner, purpose).await?;
        let ended = end_others(&transaction, owner, Some(session), EndReason::EmailChanged, now).await?;
        report(&transaction, owner, &ended, now).await?;
        transaction.commit().await?;
        self.forget(owner, &ended);
        Ok(EmailChangeResult::Changed(ended))
    }

    /// Replaces the address of `owner` by another spelling of the same mailbox. `false` if the account does not exist, is
    /// disabled, or no longer has the address `seen`.
    pub async fn respell_email(
        &self,
        owner: UserId,
        seen: &str,
        email: &Email,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        let updated = Users::update_many()
            .col_expr(Column::Email, Expr::value(email.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(owner.as_str()))
            .filter(Column::Email.eq(seen))
            .filter(Column::DisabledAt.is_null())
            .exec(&transaction)
            .await?;
        if updated.rows_affected == 0 {
            return Ok(false);
        }
        user_events::append_users(&transaction, &[(owner, UserEventKind::Updated)], now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(true)
    }

    /// Uses the link up, restores the address, sets the password, removes the second factors that were added after the
    /// change, ends every session and all other links but those of earlier changes, and queues the notices, in one
    /// transaction. The address was verified when the user left it.
    pub async fn undo_email_change(&self, undo: EmailUndo, now: Timestamp) -> Result<EmailUndoResult, StoreError> {
        let transaction = self.begin_write().await?;
        let former = former_addresses::find(&transaction, &undo.digest).await?;
        let Some(former) = former else { return Ok(EmailUndoResult::InvalidLink) };
        let owner = former.user_id.0;
        if !credentials::advance_version(&transaction, owner, None).await? {
            return Ok(EmailUndoResult::InvalidLink);
        }
        let account = Users::find_by_id(owner).filter(Column::DisabledAt.is_null()).one(&transaction).await?;
        if account.is_none() || !former_addresses::consume(&transaction, former.id, now).await? {
            return Ok(EmailUndoResult::InvalidLink);
        }
        if !set_address(&transaction, owner, &former.email, &former.email_key, now).await? {
            return Ok(EmailUndoResult::InvalidLink);
        }
        let factors_removed = factors::delete_added_since(&transaction, owner, former.left_at()).await?;
        credentials::put_password(&transaction, owner, undo.password_hash, now).await?;
        former_addresses::delete_later(&transaction, owner, former.id).await?;
        one_time::delete_all(&transaction, owner).await?;
        let ended = end_others(&transaction, owner, None, EndReason::EmailChanged, now).await?;
        if let Some(notice) = undo.notice {
            outbox::enqueue(&transaction, notice, now).await?;
        }
        if let Some(notice) = undo.factors_notice.filter(|_| factors_removed) {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        report(&transaction, owner, &ended, now).await?;
        transaction.commit().await?;
        self.forget(owner, &ended);
        Ok(EmailUndoResult::Undone { ended, factors_removed })
    }

    fn forget(&self, owner: UserId, ended: &[SessionId]) {
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(ended);
    }
}

/// Sets the address of an account, verified. `false` if another account has it; the transaction must then end.
async fn set_address(
    transaction: &Transaction,
    owner: UserId,
    email: &str,
    key: &str,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let updated = Users::update_many()
        .col_expr(Column::Email, Expr::value(email))
        .col_expr(Column::EmailKey, Expr::value(key))
        .col_expr(Column::EmailVerified, Expr::value(true))
        .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(owner.as_str()))
        .exec(transaction)
        .await;
    match updated {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn report(transaction: &Transaction, owner: UserId, ended: &[SessionId], now: Timestamp) -> Result<(), DbErr> {
    user_events::append_users(transaction, &[(owner, UserEventKind::Updated)], now).await?;
    user_events::append(transaction, NewUserEvent::ended(owner, ended, EndReason::EmailChanged), now).await
}
