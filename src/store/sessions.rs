//! Sessions: token digests, lifetimes and ends.

use std::{net::IpAddr, sync::Arc, time::Duration};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    Set,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    credentials::{self, CredentialsVersion},
    entity::session::{ActiveModel, Column, Entity, Model},
    outbox::{self, LimitedMail},
    session_ends::{end_others, end_surplus},
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{
    SessionId, Timestamp, UserId,
    authentication::AuthContext,
    session::{EndReason, Session},
};

/// The maximum number of active sessions per user. Limits the rows of a client that signs in for every request.
pub const MAX_SESSIONS: u64 = 100;

/// The least time between two notes of a stale token.
const STALE_INTERVAL: Duration = Duration::from_hours(24);

/// The network address and device of a session's last use.
#[derive(Clone, Debug, Default)]
pub struct SeenFrom {
    /// The network address.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
}

/// A new session.
#[derive(Debug)]
pub struct NewSession {
    /// The session as its user sees it.
    pub session: Session,
    /// The key that tags the secrets issued for this session.
    pub family_key: [u8; 32],
    /// The SHA-256 of the session's first secret.
    pub secret_hash: [u8; 32],
}

/// A session with the data that verifies a presented token.
#[derive(Debug)]
pub struct StoredSession {
    /// The session as its user sees it.
    pub session: Session,
    /// The key that tags the secrets issued for this session.
    pub family_key: Vec<u8>,
    /// The SHA-256 of the current secret.
    pub secret_hash: Vec<u8>,
    /// The SHA-256 of the previous secret.
    pub previous_secret_hash: Option<Vec<u8>>,
    /// When the current secret was first used without a rotation.
    pub secret_used_at: Option<Timestamp>,
    /// The number of rotations of the secret.
    pub generation: i64,
    /// When the session was ended. `None`: active or expired.
    pub ended_at: Option<Timestamp>,
}

/// The next secret of a session.
#[derive(Debug)]
pub struct NextSecret {
    /// The SHA-256 of the new secret.
    pub secret_hash: [u8; 32],
    /// When the new secret is issued.
    pub now: Timestamp,
    /// When the session expires if it is not used again.
    pub idle_expires_at: Timestamp,
}

/// The token that a rotation replaces. It is the previous one afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The current token.
    Current,
    /// The previous token. The current one, which must not have been used, becomes an older one.
    Previous,
}

/// The session that remains after a password change.
#[derive(Clone, Copy, Debug)]
pub enum AfterPasswordChange<'a> {
    /// The current session.
    Keep(SessionId),
    /// A new session.
    Open(&'a NewSession),
}

impl NewSession {
    pub(super) async fn insert(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        self.row().insert(db).await?;
        Ok(())
    }

    pub(super) fn row(&self) -> ActiveModel {
        let Session { id, user_id, created_at, authentication, last_seen_at, .. } = self.session;
        let Session { idle_expires_at, absolute_expires_at, persistent, .. } = self.session;
        ActiveModel {
            id: Set(id.uuid()),
            user_id: Set(user_id.into()),
            family_key: Set(self.family_key.to_vec()),
            secret_hash: Set(self.secret_hash.to_vec()),
            previous_secret_hash: Set(None),
            secret_used_at: Set(None),
            generation: Set(0),
            persistent: Set(persistent),
            created_at: Set(created_at.millis()),
            last_seen_at: Set(last_seen_at.millis()),
            idle_expires_at: Set(idle_expires_at.millis()),
            absolute_expires_at: Set(absolute_expires_at.millis()),
            ended_at: Set(None),
            end_reason: Set(None),
            address: Set(self.session.address.map(|address| address.to_string())),
            user_agent: Set(self.session.user_agent.clone()),
            stale_token_at: Set(None),
            amr: Set(authentication.methods.map(|methods| methods.to_string())),
            auth_time: Set(Some(authentication.time.millis())),
        }
    }
}

impl Store {
    /// Creates a session for a user whose credentials had this version when they were verified, and queues the notice.
    /// Returns the sessions that ended because the user had [`MAX_SESSIONS`]. Returns `None` and creates no session if the
    /// credentials have changed since or the account is disabled.
    pub async fn open_session(
        &self,
        new: &NewSession,
        version: CredentialsVersion,
        notice: Option<LimitedMail>,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let owner = new.session.user_id;
        let transaction = self.begin_write().await?;
        if !credentials::record_sign_in(&transaction, owner, version, new.session.created_at).await? {
            return Ok(None);
        }
        let surplus = open_within(&transaction, new, notice).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&surplus);
        Ok(Some(surplus))
    }

    /// The session that a presented token names. The caller verifies the token's secret.
    pub async fn session_of_token(&self, id: SessionId) -> Result<Option<Arc<StoredSession>>, StoreError> {
        let read = async { Ok(Entity::find_by_id(id.uuid()).one(&self.db.read).await?.map(to_stored_session)) };
        self.cached.sessions.load(&id, read).await
    }

    /// As [`session_of_token`](Self::session_of_token), if it was read within the last second. Another process may have
    /// rotated the token or ended the session since.
    pub fn recent_session_of_token(&self, id: SessionId) -> Option<Arc<StoredSession>> {
        self.cached.sessions.get(&id)
    }

    /// Stores the session's next secret. `false` if the session has ended, or another request rotated the secret
    /// first, or used the secret that would become an older one.
    pub async fn advance_session(
        &self,
        seen: &StoredSession,
        replaced: Replaced,
        next: &NextSecret,
        seen_from: &SeenFrom,
    ) -> Result<bool, StoreError> {
        let update = Entity::update_many();
        let update = match replaced {
            Replaced::Current => update.col_expr(Column::PreviousSecretHash, Expr::col(Column::SecretHash)),
            Replaced::Previous => update.filter(Column::SecretUsedAt.is_null()),
        };
        let updated = update
            .col_expr(Column::SecretHash, Expr::value(next.secret_hash.to_vec()))
            .col_expr(Column::SecretUsedAt, Expr::value(None::<i64>))
            .col_expr(Column::Generation, Expr::value(seen.generation + 1))
            .col_expr(Column::LastSeenAt, Expr::value(next.now.millis()))
            .col_expr(Column::IdleExpiresAt, Expr::value(next.idle_expires_at.millis()))
            .col_expr(Column::Address, Expr::value(seen_from.address.map(|address| address.to_string())))
            .col_expr(Column::UserAgent, Expr::value(seen_from.user_agent.clone()))
            .filter(unchanged(seen))
            .exec(&self.db.write)
            .await?;
        // Also if nothing was updated: the session has changed since it was read.
        self.cached.sessions.forget(&seen.session.id);
        Ok(updated.rows_affected == 1)
    }

    /// Records the use of the current secret, without rotation. Keeps the time of an earlier first use.
    pub async fn touch_session(
        &self,
        seen: &StoredSession,
        now: Timestamp,
        idle_expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::SecretUsedAt, Expr::col(Column::SecretUsedAt).if_null(now.millis()))
            .col_expr(Column::LastSeenAt, Expr::value(now.millis()))
            .col_expr(Column::IdleExpiresAt, Expr::value(idle_expires_at.millis()))
            .filter(unchanged(seen))
            .exec(&self.db.write)
            .await?;
        self.cached.sessions.forget(&seen.session.id);
        Ok(())
    }

    /// Notes that a stale token of the session was used now. `false` if that was noted within the last day, or the
    /// session has ended: of concurrent calls, one returns `true`.
    pub async fn note_stale_token(&self, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
        // A time in the future is of a clock that was set back since.
        let noted = Column::StaleTokenAt.between(now.minus(STALE_INTERVAL).millis() + 1, now.millis());
        let updated = Entity::update_many()
            .col_expr(Column::StaleTokenAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::EndedAt.is_null())
            .filter(Condition::any().add(Column::StaleTokenAt.is_null()).add(noted.not()))
            .exec(&self.db.write)
            .await?;
        Ok(updated.rows_affected == 1)
    }

    /// The active sessions of `owner`, the most recently used first.
    pub async fn sessions(&self, owner: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows = active_sessions(owner, now)
            .order_by_desc(Column::LastSeenAt)
            .order_by_desc(Column::Id)
            .all(&self.db.read)
            .await?;
        Ok(rows.into_iter().map(to_session).collect())
    }

    /// An active session of `owner`, as read within the last second.
    pub async fn recent_session(
        &self,
        owner: UserId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let stored = match self.recent_session_of_token(id) {
            Some(stored) => Some(stored),
            None => self.session_of_token(id).await?,
        };
        let is_active = |stored: &StoredSession| {
            let session = &stored.session;
            session.user_id == owner && stored.ended_at.is_none() && session.idle_expires_at > now
        };
        Ok(stored.filter(|stored| is_active(stored)).map(|stored| stored.session.clone()))
    }

    /// An active session of `owner`.
    pub async fn session(&self, owner: UserId, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError> {
        Ok(active_sessions(owner, now).filter(Column::Id.eq(id.uuid())).one(&self.db.read).await?.map(to_session))
    }

    /// Replaces `owner`'s password hash, ends every session except the one that `after` keeps, creates the one that
    /// `after` contains, and queues the notice, in one transaction. Returns the ended sessions. `None` if the credentials no
    /// longer have the version `seen`.
    pub async fn change_password(
        &self,
        owner: UserId,
        seen: CredentialsVersion,
        next: String,
        after: AfterPasswordChange<'_>,
        notice: Option<LimitedMail>,
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let transaction = self.begin_write().await?;
        if !credentials::advance_version(&transaction, owner, Some(seen)).await? {
            return Ok(None);
        }
        credentials::set_password(&transaction, owner, next, now).await?;
        let keep = match after {
            AfterPasswordChange::Keep(session) => Some(session),
            AfterPasswordChange::Open(_) => None,
        };
        let ended = end_others(&transaction, owner, keep, EndReason::PasswordChanged, now).await?;
        if let AfterPasswordChange::Open(new) = after {
            new.insert(&transaction).await?;
        }
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        user_events::append(&transaction, NewUserEvent::ended(owner, &ended, EndReason::PasswordChanged), now).await?;
        transaction.commit().await?;
        self.cached.forget_sessions(&ended);
        Ok(Some(ended))
    }

    /// Deletes the sessions that ended or expired before `before`. Returns their number.
    pub async fn delete_sessions_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired =
            Condition::any().add(Column::EndedAt.lt(before.millis())).add(Column::IdleExpiresAt.lt(before.millis()));
        // The expiry has no index, because every renewal would change it. But an id contains the time of its creation.
        let expired = Condition::all().add(Column::Id.lt(SessionId::new(before, [0; 10]).uuid())).add(expired);
        Ok(delete_in_batches::<Entity, uuid::Uuid>(&self.db, Column::Id, expired).await?)
    }
}

/// Inserts a session, queues the notices, and ends the sessions beyond [`MAX_SESSIONS`]. Returns them.
pub(super) async fn open_within(
    transaction: &Transaction,
    new: &NewSession,
    notices: impl IntoIterator<Item = LimitedMail>,
) -> Result<Vec<SessionId>, DbErr> {
    let (owner, now) = (new.session.user_id, new.session.created_at);
    new.insert(transaction).await?;
    for notice in notices {
        outbox::enqueue_within(transaction, notice, now).await?;
    }
    let surplus = end_surplus(transaction, owner, now).await?;
    user_events::append(transaction, NewUserEvent::ended(owner, &surplus, EndReason::Surplus), now).await?;
    Ok(surplus)
}

pub(super) fn active_sessions(owner: UserId, now: Timestamp) -> Select<Entity> {
    Entity::find()
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::IdleExpiresAt.gt(now.millis()))
}

/// Matches the row if it is unchanged since it was read and the session has not ended.
fn unchanged(seen: &StoredSession) -> Condition {
    Condition::all()
        .add(Column::Id.eq(seen.session.id.uuid()))
        .add(Column::Generation.eq(seen.generation))
        .add(Column::EndedAt.is_null())
}

fn to_session(row: Model) -> Session {
    Session {
        id: SessionId::from_uuid(row.id),
        user_id: row.user_id.0,
        created_at: Timestamp::from_millis(row.created_at),
        authentication: AuthContext {
            // Methods of a later version are unknown to this one.
            methods: row.amr.and_then(|methods| methods.parse().ok()),
            time: Timestamp::from_millis(row.auth_time.unwrap_or(row.created_at)),
        },
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
        idle_expires_at: Timestamp::from_millis(row.idle_expires_at),
        absolute_expires_at: Timestamp::from_millis(row.absolute_expires_at),
        persistent: row.persistent,
        address: row.address.and_then(|address| address.parse().ok()),
        user_agent: row.user_agent,
    }
}

fn to_stored_session(mut row: Model) -> StoredSession {
    StoredSession {
        family_key: std::mem::take(&mut row.family_key),
        secret_hash: std::mem::take(&mut row.secret_hash),
        previous_secret_hash: row.previous_secret_hash.take(),
        secret_used_at: row.secret_used_at.map(Timestamp::from_millis),
        generation: row.generation,
        ended_at: row.ended_at.map(Timestamp::from_millis),
        session: to_session(row),
    }
}
