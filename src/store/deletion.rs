//! Account deletion.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::{session, user},
    former_addresses, one_time,
    session_ends::end_others,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason};

impl Store {
    /// Deletes `owner`'s account and credentials and ends every session, in one transaction. The session
    /// rows stay for the revocation feed, without address and device. Returns the ended sessions. `None` if
    /// the account does not exist or its credentials no longer have the version `seen`.
    pub async fn delete_user(
        &self,
        owner: UserId,
        seen: Option<CredentialsVersion>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let transaction = self.begin_write().await?;
        // Lock the account, so that a concurrent sign-in creates no session that outlives the account.
        if !credentials::advance_version(&transaction, owner, seen).await? {
            return Ok(None);
        }
        let ended = end_others(&transaction, owner, None, EndReason::UserDeleted, now).await?;
        scrub_sessions(&transaction, owner).await?;
        credentials::delete_all(&transaction, owner).await?;
        one_time::delete_all(&transaction, owner).await?;
        former_addresses::delete_all(&transaction, owner).await?;
        let deleted = user::Entity::delete_by_id(owner).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Ok(None);
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
