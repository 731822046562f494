//! The end of an account.

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError, credentials,
    entity::{session, user},
    sessions::end_others,
};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason};

impl Store {
    /// Deletes `owner`'s account and credentials and ends every session: all of it or nothing. The
    /// sessions' rows stay for the revocation feed, without what they told of the person. Answers the
    /// ended ones; `None` if the account is gone, or its password's hash no longer is `seen`.
    pub async fn delete_user(
        &self,
        owner: UserId,
        seen: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let transaction = self.begin_write().await?;
        // Held, so that no session is opened beside this one and outlives the account.
        let held = match seen {
            Some(seen) => credentials::hold_password(&transaction, owner, seen).await?,
            None => credentials::hold_all(&transaction, owner).await.map(|()| true)?,
        };
        if !held {
            return Ok(None);
        }
        let ended = end_others(&transaction, owner, None, EndReason::UserDeleted, now).await?;
        scrub_sessions(&transaction, owner).await?;
        credentials::delete_all(&transaction, owner).await?;
        let deleted = user::Entity::delete_by_id(owner).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(ended))
    }
}

/// Forgets from where and with what `owner`'s sessions were used, also of those that ended before.
async fn scrub_sessions(transaction: &DatabaseTransaction, owner: UserId) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::Address, Expr::value(None::<String>))
        .col_expr(session::Column::UserAgent, Expr::value(None::<String>))
        .filter(session::Column::UserId.eq(owner.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}
