//! Messages that wait to be sent. A message is written in the transaction of the change that causes it.
//!
//! A row contains a sealed text and a tag of the recipient's address: without the master secret it reveals neither. The
//! text is deleted when the message is no longer pending; the rest stays for the limits per account.

use std::time::Duration;

use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany, sea_query::Expr,
};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    entity::outbox::{ActiveModel, Column, Entity, Model},
    transaction::Transaction,
};
use crate::domain::{MailId, Timestamp};

/// To be sent: the default. The index contains this number.
const PENDING: i32 = 0;
/// Accepted by the mail server.
const DELIVERED: i32 = 1;
/// Given up.
const GIVEN_UP: i32 = 2;
/// Not sent: there is no recipient, or a newer message replaces this one.
const DROPPED: i32 = 3;

/// A new message.
#[derive(Debug)]
pub struct NewMail {
    /// The message's id.
    pub id: MailId,
    /// The kind of the message.
    pub kind: &'static str,
    /// A tag of the recipient's address.
    pub account: String,
    /// The sealed data of the message.
    pub sealed: Vec<u8>,
}

/// A message that the store queues unless the account has reached a limit.
#[derive(Debug)]
pub struct LimitedMail {
    /// The message.
    pub mail: NewMail,
    /// The limit.
    pub limit: MailLimit,
}

/// The most messages of one kind to one account.
#[derive(Clone, Copy, Debug)]
pub struct MailLimit {
    /// Within an hour.
    pub per_hour: usize,
    /// Within a day.
    pub per_day: usize,
}

/// A message that this process sends, until its lease ends.
#[derive(Clone, Debug)]
pub struct ClaimedMail {
    /// The message's id.
    pub id: MailId,
    /// The kind of the message.
    pub kind: String,
    /// The sealed data of the message.
    pub sealed: Vec<u8>,
    /// When the message was queued.
    pub created_at: Timestamp,
    /// The number of this attempt, from 1.
    pub attempt: i32,
}

/// The result of an attempt to send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailResult {
    /// The mail server has the message.
    Delivered,
    /// Try again at this time.
    RetryAt(Timestamp),
    /// No further attempt.
    GivenUp,
    /// The message is not to be sent.
    Dropped,
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

impl Store {
    /// Queues a message that a request asks for, unless the account has reached `limit`. Does the same work whether or
    /// not the address has an account.
    pub async fn request_mail(&self, mail: NewMail, limit: MailLimit, now: Timestamp) -> Result<bool, StoreError> {
        // Parallel requests for one account wait for each other.
        let transaction = self.begin_write_alone(lock_of(&mail.account)).await?;
        let admitted = enqueue_within(&transaction, LimitedMail { mail, limit }, now).await?;
        transaction.commit().await?;
        Ok(admitted)
    }

    /// Claims due messages until `lease_ends_at`. Of several processes, one gets a message. If it ends without an answer
    /// of [`finish_mail`](Self::finish_mail), the message is due again after the lease.
    pub async fn claim_mail(
        &self,
        now: Timestamp,
        lease_ends_at: Timestamp,
        limit: u64,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        let mut due: Vec<Model> = Entity::find()
            .filter(Expr::cust("state = 0"))
            .filter(Column::NextAttemptAt.lte(now.millis()))
            .order_by_asc(Column::NextAttemptAt)
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.db.read)
            .await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        // All processes lock rows in the same order.
        due.sort_by_key(|row| row.id);
        let transaction = self.begin_write().await?;
        let mut claims = Vec::new();
        for row in due {
            let attempt = row.attempts + 1;
            let update = pending(row.id, row.attempts)
                .col_expr(Column::Attempts, Expr::value(attempt))
                .col_expr(Column::NextAttemptAt, Expr::value(lease_ends_at.millis()));
            if update.exec(&transaction).await?.rows_affected == 1 {
                claims.push(ClaimedMail {
                    id: MailId::from_uuid(row.id),
                    kind: row.kind,
                    sealed: row.sealed.unwrap_or_default(),
                    created_at: Timestamp::from_millis(row.created_at),
                    attempt,
                });
            }
        }
        transaction.commit().await?;
        Ok(claims)
    }

    /// Records the result of an attempt, unless the lease has ended and another process has claimed the message.
    pub async fn finish_mail(&self, claim: &ClaimedMail, result: MailResult) -> Result<(), StoreError> {
        let update = pending(claim.id.uuid(), claim.attempt);
        let ended = |state: i32| {
            pending(claim.id.uuid(), claim.attempt)
                .col_expr(Column::State, Expr::value(state))
                .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        };
        let update = match result {
            MailResult::Delivered => ended(DELIVERED),
            MailResult::GivenUp => ended(GIVEN_UP),
            MailResult::Dropped => ended(DROPPED),
            MailResult::RetryAt(time) => update.col_expr(Column::NextAttemptAt, Expr::value(time.millis())),
        };
        update.exec(&self.db.write).await?;
        Ok(())
    }

    /// Deletes the messages queued before `before`. Returns their number.
    pub async fn delete_mail_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::CreatedAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, uuid::Uuid>(&self.db, Column::Id, expired).await?)
    }
}

/// Queues a message in the transaction of the change that causes it.
pub(super) async fn enqueue(transaction: &Transaction, mail: NewMail, now: Timestamp) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(mail.id.uuid()),
        kind: Set(mail.kind.to_owned()),
        account: Set(mail.account),
        sealed: Set(Some(mail.sealed)),
        state: Set(PENDING),
        attempts: Set(0),
        next_attempt_at: Set(now.millis()),
        created_at: Set(now.millis()),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Queues a message in the transaction of the change that causes it, unless the account has reached the limit.
pub(super) async fn enqueue_within(
    transaction: &Transaction,
    LimitedMail { mail, limit }: LimitedMail,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let earlier: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::Account.eq(&*mail.account))
        .filter(Column::Kind.eq(mail.kind))
        .filter(Column::CreatedAt.gt(now.minus(DAY).millis()))
        .limit(limit.per_day as u64)
        .into_tuple()
        .all(transaction)
        .await?;
    let hour_ago = now.minus(HOUR).millis();
    let within_hour = earlier.iter().filter(|at| **at > hour_ago).count();
    let admitted = earlier.len() < limit.per_day && within_hour < limit.per_hour;
    if admitted {
        enqueue(transaction, mail, now).await?;
    }
    Ok(admitted)
}

/// Changes a pending message with this number of attempts.
fn pending(id: uuid::Uuid, attempts: i32) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PENDING))
        .filter(Column::Attempts.eq(attempts))
}

/// The advisory lock of an account. Two accounts with the same lock only wait for each other.
fn lock_of(account: &str) -> i64 {
    let digits = account.get(..15).unwrap_or_default();
    i64::from_str_radix(digits, 16).unwrap_or_default()
}
