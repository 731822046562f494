//! Account deletion.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::{session, user},
    factors, former_addresses, one_time,
    outbox::{self, LimitedMail},
    session_ends::end_others,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{LinkPurpose, SessionId, Timestamp, UserId, session::EndReason};

/// What authorizes a deletion besides a session, checked in its transaction.
#[derive(Clone, Copy, Debug)]
pub enum DeletionProof {
    /// Credentials of this version.
    Credentials(CredentialsVersion),
    /// A link with a secret of this SHA-256.
    Link([u8; 32]),
    /// Nothing: the session is fresh.
    FreshSession,
}

impl Store {
    /// Deletes `owner`'s account, credentials and second factors, ends every session and queues the notice, in one transaction. The
    /// session rows stay for the revocation feed, without address and device. Returns the ended sessions. `None` if
    /// the account does not exist or the proof is not valid any more.
    pub async fn delete_user(
        &self,
        owner: UserId,
        proof: DeletionProof,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let seen = match proof {
            DeletionProof::Credentials(version) => Some(version),
            DeletionProof::Link(_) | DeletionProof::FreshSession => None,
        };
        let transaction = self.begin_write().await?;
        // Lock the account, so that a concurrent sign-in creates no session that outlives the account.
        if !credentials::advance_version(&transaction, owner, seen).await? {
            return Ok(None);
        }
        if let DeletionProof::Link(digest) = proof
            && !use_link(&transaction, owner, &digest, now).await?
        {
            return Ok(None);
        }
        let ended = end_others(&transaction, owner, None, EndReason::UserDeleted, now).await?;
        scrub_sessions(&transaction, owner).await?;
        credentials::delete_all(&transaction, owner).await?;
        factors::delete_all(&transaction, owner).await?;
        one_time::delete_all(&transaction, owner).await?;
        former_addresses::delete_all(&transaction, owner).await?;
        let deleted = user::Entity::delete_by_id(owner).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Ok(None);
        }
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        user_events::scrub(&transaction, owner).await?;
        let events = NewUserEvent::ended(owner, &ended, EndReason::UserDeleted);
        user_events::append(&transaction, events.chain([NewUserEvent::deleted(owner)]), now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&ended);
        Ok(Some(ended))
    }
}

/// Uses a link up. `false` if it is not valid or not `owner`'s, or the address has changed since it was sent.
async fn use_link(transaction: &Transaction, owner: UserId, digest: &[u8; 32], now: Timestamp) -> Result<bool, DbErr> {
    let purpose = LinkPurpose::DeleteAccount;
    let secret = one_time::find(transaction, purpose, digest).await?.filter(|secret| secret.user_id == owner);
    let account = user::Entity::find_by_id(owner).filter(user::Column::DisabledAt.is_null()).one(transaction).await?;
    let (Some(secret), Some(account)) = (secret, account) else { return Ok(false) };
    Ok(account.email_key == secret.payload && one_time::consume(transaction, purpose, digest, now).await?)
}

/// Removes address and device from all of `owner`'s sessions, ended ones included.
async fn scrub_sessions(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::Address, Expr::value(None::<String>))
        .col_expr(session::Column::UserAgent, Expr::value(None::<String>))
        .filter(session::Column::UserId.eq(owner.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}
