//! The ends of sessions before their expiry. The transaction that ends a session also writes the user event.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany, sea_query::Expr};

use super::{
    Store, StoreError, credentials,
    entity::session::{Column, Entity},
    outbox::{self, LimitedMail},
    sessions::{MAX_SESSIONS, active_sessions},
    transaction::Transaction,
    trusted_devices,
    user_events::{self, NewUserEvent},
};
use crate::domain::{SessionId, Timestamp, UserId, session::EndReason};

impl Store {
    /// Ends a session of `owner`, and queues the notice. `false` if the session does not exist or has already ended.
    pub async fn end_session(
        &self,
        owner: UserId,
        id: SessionId,
        reason: EndReason,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        distrust_devices(&transaction, owner, reason).await?;
        let update = end_update(reason, now).filter(Column::Id.eq(id.uuid())).filter(Column::UserId.eq(owner.as_str()));
        let ended = update.exec(&transaction).await?.rows_affected == 1;
        if ended {
            if let Some(notice) = notice {
                outbox::enqueue_within(&transaction, notice, now).await?;
            }
            user_events::append(&transaction, NewUserEvent::ended(owner, &[id], reason), now).await?;
            transaction.commit().await?;
        }
        self.cached.sessions.forget(&id);
        Ok(ended)
    }

    /// Ends every session of `owner` except `keep`, and the trust in all devices. Returns the ended sessions.
    pub async fn end_other_sessions(
        &self,
        owner: UserId,
        keep: Option<SessionId>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let transaction = self.begin_write().await?;
        distrust_devices(&transaction, owner, reason).await?;
        let ended = end_others(&transaction, owner, keep, reason, now).await?;
        trusted_devices::delete_all(&transaction, owner).await?;
        user_events::append(&transaction, NewUserEvent::ended(owner, &ended, reason), now).await?;
        transaction.commit().await?;
        self.cached.forget_sessions(&ended);
        Ok(ended)
    }

    /// All users' sessions that ended at or after `since`, by the clocks that wrote the rows.
    pub async fn sessions_ended_since(&self, since: Timestamp) -> Result<Vec<SessionId>, StoreError> {
        let rows: Vec<uuid::Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::EndedAt.gte(since.millis()))
            .into_tuple()
            .all(&self.db.read)
            .await?;
        Ok(rows.into_iter().map(SessionId::from_uuid).collect())
    }
}

/// Makes all devices of `owner` unknown if the ended session may have been another person's. Call it first: all
/// transactions lock the account before its sessions.
async fn distrust_devices(transaction: &Transaction, owner: UserId, reason: EndReason) -> Result<(), DbErr> {
    if EndReason::DISTRUSTED.contains(&reason) {
        credentials::advance_version(transaction, owner, None).await?;
    }
    Ok(())
}

/// Ends the sessions that match the caller's filter and have not ended yet.
fn end_update(reason: EndReason, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.millis()))
        .col_expr(Column::EndReason, Expr::value(reason.as_str()))
        .filter(Column::EndedAt.is_null())
}

pub(super) async fn end_others(
    transaction: &Transaction,
    owner: UserId,
    keep: Option<SessionId>,
    reason: EndReason,
    now: Timestamp,
) -> Result<Vec<SessionId>, DbErr> {
    // Lock the rows in a fixed order, so that concurrent calls for one user do not deadlock.
    let rows: Vec<uuid::Uuid> = active_sessions(owner, now)
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(transaction)
        .await?;
    let ended: Vec<SessionId> = rows.into_iter().map(SessionId::from_uuid).filter(|id| Some(*id) != keep).collect();
    end_update(reason, now)
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::Id.ne(keep.map_or_else(uuid::Uuid::nil, SessionId::uuid)))
        .exec(transaction)
        .await?;
    Ok(ended)
}

/// Ends the least recently used sessions above the limit. Returns the ended sessions.
pub(super) async fn end_surplus(
    transaction: &Transaction,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<SessionId>, DbErr> {
    let surplus: Vec<uuid::Uuid> = active_sessions(owner, now)
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id)
        .offset(MAX_SESSIONS)
        .limit(MAX_SESSIONS)
        .into_tuple()
        .all(transaction)
        .await?;
    if surplus.is_empty() {
        return Ok(Vec::new());
    }
    end_update(EndReason::Surplus, now).filter(Column::Id.is_in(surplus.iter().copied())).exec(transaction).await?;
    Ok(surplus.into_iter().map(SessionId::from_uuid).collect())
}
