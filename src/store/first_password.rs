//! The first password of an account.

use super::{
    Store, StoreError, credentials,
    outbox::{self, LimitedMail},
    session_ends::end_others,
    user_events::{self, NewUserEvent},
};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason};

impl Store {
    /// Adds a password to `owner`'s account, ends every session except `keep`, and queues the notice, in one transaction. Returns the ended
    /// sessions. `None` if the account has a password or is gone.
    pub async fn set_first_password(
        &self,
        owner: UserId,
        hash: String,
        keep: SessionId,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let transaction = self.begin_write().await?;
        // Lock the account first, as all other transactions do.
        if !credentials::advance_version(&transaction, owner, None).await?
            || credentials::has_password(&transaction, owner).await?
        {
            return Ok(None);
        }
        credentials::insert_password(&transaction, owner, hash, now).await?;
        let ended = end_others(&transaction, owner, Some(keep), EndReason::PasswordChanged, now).await?;
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        user_events::append(&transaction, NewUserEvent::ended(owner, &ended, EndReason::PasswordChanged), now).await?;
        transaction.commit().await?;
        self.cached.forget_sessions(&ended);
        Ok(Some(ended))
    }
}
