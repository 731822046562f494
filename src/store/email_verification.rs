//! Verifying an e-mail address with a one-time secret.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError,
    entity::user::{Column, Entity as Users},
    one_time, user_events,
};
use crate::domain::{LinkPurpose, Timestamp, UserId, user_event::UserEventKind};

impl Store {
    /// Uses the secret up and marks `owner`'s address as verified, in one transaction. `false` if the secret is not
    /// valid or not `owner`'s, the account is disabled, or its address has changed since the message was sent.
    pub async fn verify_email(&self, owner: UserId, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        let purpose = LinkPurpose::VerifyEmail;
        let transaction = self.begin_write().await?;
        let secret = one_time::find(&transaction, purpose, digest).await?.filter(|secret| secret.user_id == owner);
        let Some(secret) = secret else { return Ok(false) };
        // Locks the account first, as all other transactions do.
        let verified = Users::update_many()
            .col_expr(Column::EmailVerified, Expr::value(true))
            .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(owner.as_str()))
            .filter(Column::EmailKey.eq(secret.payload))
            .filter(Column::DisabledAt.is_null())
            .exec(&transaction)
            .await?;
        if verified.rows_affected == 0 || !one_time::consume(&transaction, purpose, digest, now).await? {
            return Ok(false);
        }
        user_events::append_users(&transaction, &[(owner, UserEventKind::Updated)], now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(true)
    }
}
