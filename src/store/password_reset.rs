//! Setting a password with a one-time secret.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError, credentials,
    entity::user::{self, Entity as Users},
    factors, one_time,
    outbox::{self, NewMail},
    session_ends::end_others,
    user_events::{self, NewUserEvent},
    users::find_by_email,
};
use crate::domain::{Email, LinkPurpose, SessionId, Timestamp, UserId, session::EndReason, user_event::UserEventKind};

/// The account of an address, for messages to it.
#[derive(Clone, Debug)]
pub struct MailAccount {
    /// The user.
    pub user_id: UserId,
    /// The address in its normal form.
    pub email: String,
    /// The stored key of the address.
    pub email_key: String,
    /// Whether the address is verified.
    pub email_verified: bool,
}

/// A new password and the secret that authorizes it.
#[derive(Debug)]
pub struct PasswordReset {
    /// The purpose of the secret.
    pub purpose: LinkPurpose,
    /// The SHA-256 of the one-time secret.
    pub digest: [u8; 32],
    /// The hash of the new password (a PHC string).
    pub password_hash: String,
    /// The message that tells the user.
    pub notice: Option<NewMail>,
}

/// The result of a reset.
#[derive(Debug)]
pub struct ResetDone {
    /// The user.
    pub user_id: UserId,
    /// The sessions that ended.
    pub ended: Vec<SessionId>,
    /// Whether the address was not verified before.
    pub verified: bool,
}

impl Store {
    /// The enabled account with this address.
    pub async fn mail_account(&self, email: &Email) -> Result<Option<MailAccount>, StoreError> {
        let row = find_by_email(&self.db.read, email).await?;
        Ok(row.filter(|row| row.disabled_at.is_none()).map(to_mail_account))
    }

    /// Whether an account has this address, disabled ones included.
    pub async fn has_account(&self, email: &Email) -> Result<bool, StoreError> {
        Ok(find_by_email(&self.db.read, email).await?.is_some())
    }

    /// The enabled account of `owner`.
    pub async fn mail_account_of(&self, owner: UserId) -> Result<Option<MailAccount>, StoreError> {
        let row = Users::find_by_id(owner).filter(user::Column::DisabledAt.is_null()).one(&self.db.read).await?;
        Ok(row.map(to_mail_account))
    }

    /// Uses the secret up, sets the password, marks the address as verified, ends every session and queues the notice,
    /// in one transaction. `None` if the secret is not valid, the account is gone or disabled, or its address has
    /// changed since the message was sent. A secret that verifies the address is not valid for a verified one.
    pub async fn reset_password(&self, reset: PasswordReset, now: Timestamp) -> Result<Option<ResetDone>, StoreError> {
        let purpose = reset.purpose;
        let transaction = self.begin_write().await?;
        let Some(secret) = one_time::find(&transaction, purpose, &reset.digest).await? else { return Ok(None) };
        let owner = secret.user_id;
        // Lock the account first, as all other transactions do.
        if !credentials::advance_version(&transaction, owner, None).await? {
            return Ok(None);
        }
        let Some(row) = Users::find_by_id(owner).one(&transaction).await? else { return Ok(None) };
        let is_same = row.disabled_at.is_none() && row.email_key == secret.payload;
        let is_needed = purpose != LinkPurpose::VerifyEmail || !row.email_verified;
        if !is_same || !is_needed || !one_time::consume(&transaction, purpose, &reset.digest, now).await? {
            return Ok(None);
        }
        credentials::put_password(&transaction, owner, reset.password_hash, now).await?;
        let verified = !row.email_verified;
        if verified {
            // Another person could have set them up before the address was verified.
            factors::delete_all(&transaction, owner).await?;
            Users::update_many()
                .col_expr(user::Column::EmailVerified, Expr::value(true))
                .col_expr(user::Column::UpdatedAt, Expr::value(now.millis()))
                .filter(user::Column::Id.eq(owner.as_str()))
                .exec(&transaction)
                .await?;
        }
        let ended = end_others(&transaction, owner, None, EndReason::PasswordChanged, now).await?;
        if let Some(notice) = reset.notice {
            outbox::enqueue(&transaction, notice, now).await?;
        }
        if verified {
            user_events::append_users(&transaction, &[(owner, UserEventKind::Updated)], now).await?;
        }
        user_events::append(&transaction, NewUserEvent::ended(owner, &ended, EndReason::PasswordChanged), now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&ended);
        Ok(Some(ResetDone { user_id: owner, ended, verified }))
    }
}

fn to_mail_account(row: user::Model) -> MailAccount {
    MailAccount { user_id: row.id.0, email: row.email, email_key: row.email_key, email_verified: row.email_verified }
}
