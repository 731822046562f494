//! User events. They are written in the transaction of the change that they report.
//!
//! Their order: a writer holds a lock from the append until its transaction ends, so events become visible in
//! the order of their numbers, on PostgreSQL too. A reader that has seen a number has missed no smaller one.
//! The lock is taken last, after all row locks, so that it causes no deadlock.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    ROWS, Store, StoreError,
    batches::BATCH,
    entity::{
        user,
        user_event::{ActiveModel, Column, Entity, Model},
        user_events_purged as purged,
    },
    take_lock,
    transaction::Transaction,
};
use crate::domain::{
    Name, SessionId, Timestamp, UserId,
    session::EndReason,
    user_event::{UserChange, UserEvent, UserEventKind, UserSnapshot},
};

/// The PostgreSQL advisory lock for the order of events.
const APPEND_LOCK: i64 = 4_107_330_925_618_842;

/// The only row of `user_events_purged`.
const PURGED_ROW: i32 = 1;

/// A new event.
pub(super) struct NewUserEvent {
    user_id: UserId,
    kind: UserEventKind,
    data: String,
}

impl NewUserEvent {
    /// An event with the user's data.
    pub(super) fn of_user(kind: UserEventKind, row: &user::Model) -> Self {
        let data = json!({
            "email": row.email,
            "emailVerified": row.email_verified,
            "name": row.name,
            "image": row.image,
            "disabled": row.disabled_at.is_some(),
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
        });
        Self { user_id: row.id.0, kind, data: data.to_string() }
    }

    /// The deletion of an account.
    pub(super) fn deleted(user_id: UserId) -> Self {
        Self { user_id, kind: UserEventKind::Deleted, data: "{}".to_owned() }
    }

    /// The ends of sessions of one user.
    pub(super) fn ended(user_id: UserId, sessions: &[SessionId], reason: EndReason) -> impl Iterator<Item = Self> {
        sessions.iter().map(move |session| Self {
            user_id,
            kind: UserEventKind::SessionEnded,
            data: json!({ "sessionId": session.uuid(), "reason": reason.as_str() }).to_string(),
        })
    }
}

/// Appends events. The last step of a transaction.
pub(super) async fn append(
    transaction: &Transaction,
    events: impl IntoIterator<Item = NewUserEvent>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let rows: Vec<_> = events
        .into_iter()
        .map(|event| ActiveModel {
            id: NotSet,
            user_id: Set(event.user_id.into()),
            kind: Set(event.kind.as_str().to_owned()),
            data: Set(event.data),
            created_at: Set(now.millis()),
            delivery: NotSet,
            attempts: NotSet,
            next_attempt_at: NotSet,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    take_lock(transaction, APPEND_LOCK).await?;
    for rows in rows.chunks(ROWS) {
        Entity::insert_many(rows.iter().cloned()).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Appends an event of each user, with the data that the users have now.
pub(super) async fn append_users(
    transaction: &Transaction,
    users: &[(UserId, UserEventKind)],
    now: Timestamp,
) -> Result<(), DbErr> {
    for users in users.chunks(ROWS) {
        let ids = users.iter().map(|(id, _)| id.as_str());
        let rows = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(transaction).await?;
        let rows: HashMap<UserId, user::Model> = rows.into_iter().map(|row| (row.id.0, row)).collect();
        let event = |(id, kind): &(UserId, UserEventKind)| rows.get(id).map(|row| NewUserEvent::of_user(*kind, row));
        append(transaction, users.iter().filter_map(event), now).await?;
    }
    Ok(())
}

/// Deletes the events with personal data of a deleted user.
pub(super) async fn scrub(transaction: &Transaction, user_id: UserId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id.as_str()))
        .filter(Column::Kind.is_in(UserEventKind::WITH_USER.map(UserEventKind::as_str)))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The extent of the stored events.
#[derive(Clone, Copy, Debug)]
pub struct EventExtent {
    /// Events up to this number may have been deleted by the retention.
    pub purged_through: i64,
    /// The number of the newest event.
    pub head: i64,
}

impl Store {
    /// The extent of the stored events.
    pub async fn user_event_extent(&self) -> Result<EventExtent, StoreError> {
        let purged = purged::Entity::find_by_id(PURGED_ROW).one(&self.db.read).await?.map_or(0, |row| row.through);
        let newest = self.last_user_event().await?;
        Ok(EventExtent { purged_through: purged, head: std::cmp::max(newest, purged) })
    }

    /// The number of the newest stored event, 0 without one. All events with smaller numbers are visible.
    pub async fn last_user_event(&self) -> Result<i64, StoreError> {
        let newest = Entity::find().select_only().column(Column::Id).order_by_desc(Column::Id);
        Ok(newest.into_tuple::<i64>().one(&self.db.read).await?.unwrap_or(0))
    }

    /// The sessions whose ends have a number after `after`, up to `last`.
    pub async fn sessions_ended_between(&self, after: i64, last: i64) -> Result<Vec<SessionId>, StoreError> {
        let rows: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Data)
            .filter(Column::Id.gt(after))
            .filter(Column::Id.lte(last))
            .filter(Column::Kind.eq(UserEventKind::SessionEnded.as_str()))
            .into_tuple()
            .all(&self.db.read)
            .await?;
        let session = |data: String| {
            let end: EndData = serde_json::from_str(&data)
                .map_err(|_| DbErr::Custom("the end of a session cannot be read".to_owned()))?;
            Ok(SessionId::from_uuid(end.session_id))
        };
        Ok(rows.into_iter().map(session).collect::<Result<_, DbErr>>()?)
    }

    /// The first `limit` events after the number `after`.
    pub async fn user_events_after(&self, after: i64, limit: u64) -> Result<Vec<UserEvent>, StoreError> {
        let query = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(limit);
        Ok(query.all(&self.db.read).await?.into_iter().map(to_user_event).collect::<Result<_, _>>()?)
    }

    /// Deletes the events before `before`, except the newest one with the data of each user: so the events
    /// always describe all users. Returns their number.
    pub async fn delete_user_events_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let (mut deleted, mut last) = (0, 0);
        loop {
            let page: Vec<(i64, i64)> = Entity::find()
                .select_only()
                .columns([Column::Id, Column::CreatedAt])
                .filter(Column::Id.gt(last))
                .order_by_asc(Column::Id)
                .limit(BATCH)
                .into_tuple()
                .all(&self.db.read)
                .await?;
            // The times are in the order of the numbers, except for the differences between clocks.
            let Some((newest, _)) = page.iter().rfind(|(_, created_at)| *created_at < before.millis()) else {
                return Ok(deleted);
            };
            // Without a lock: an event that has a later one keeps it.
            let obsolete: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(Column::Id.gt(last))
                .filter(Column::Id.lte(*newest))
                .filter(Column::CreatedAt.lt(before.millis()))
                .filter(is_superseded())
                .order_by_asc(Column::Id)
                .into_tuple()
                .all(&self.db.read)
                .await?;
            last = *newest;
            if let Some(purged) = obsolete.last() {
                deleted += self.delete_user_events(&obsolete, *purged).await?;
                tokio::task::yield_now().await;
            }
        }
    }

    /// Deletes these events, and records that events up to `last` are gone.
    async fn delete_user_events(&self, ids: &[i64], last: i64) -> Result<u64, StoreError> {
        let transaction = self.begin_write().await?;
        let deleted = Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied())).exec(&transaction).await?;
        purged::Entity::update_many()
            .col_expr(purged::Column::Through, Expr::value(last))
            .filter(purged::Column::Id.eq(PURGED_ROW))
            .filter(purged::Column::Through.lt(last))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected)
    }
}

/// Matches events without the user's data, and those with a later event of the same user.
fn is_superseded() -> Condition {
    let with_user = UserEventKind::WITH_USER.map(UserEventKind::as_str);
    // The alias of the outer table is its name.
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, "later")
        .and_where(Expr::col(("later", Column::UserId)).equals((Entity, Column::UserId)))
        .and_where(Expr::col(("later", Column::Id)).gt(Expr::col((Entity, Column::Id))))
        .and_where(Expr::col(("later", Column::Kind)).is_in(with_user))
        .to_owned();
    Condition::any().add(Column::Kind.is_not_in(with_user)).add(Expr::exists(later))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserData {
    email: String,
    email_verified: bool,
    name: String,
    image: Option<String>,
    disabled: bool,
    created_at: i64,
    updated_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EndData {
    session_id: uuid::Uuid,
    reason: String,
}

impl From<UserData> for UserSnapshot {
    fn from(data: UserData) -> Self {
        Self {
            email: data.email,
            email_verified: data.email_verified,
            name: Name::cleaned(&data.name).as_str().to_owned(),
            image: data.image,
            disabled: data.disabled,
            created_at: Timestamp::from_millis(data.created_at),
            updated_at: Timestamp::from_millis(data.updated_at),
        }
    }
}

pub(super) fn to_user_event(row: Model) -> Result<UserEvent, DbErr> {
    let unreadable = |_| DbErr::Custom(format!("the user event {} cannot be read", row.id));
    let user = || serde_json::from_str::<UserData>(&row.data).map(UserSnapshot::from);
    let change = match UserEventKind::from_name(&row.kind) {
        Some(UserEventKind::Created) => user().map(UserChange::Created),
        Some(UserEventKind::Updated) => user().map(UserChange::Updated),
        Some(UserEventKind::Disabled) => user().map(UserChange::Disabled),
        Some(UserEventKind::Enabled) => user().map(UserChange::Enabled),
        Some(UserEventKind::Deleted) => Ok(UserChange::Deleted),
        Some(UserEventKind::SessionEnded) => serde_json::from_str::<EndData>(&row.data).map(|data| {
            UserChange::SessionEnded { session: SessionId::from_uuid(data.session_id), reason: data.reason }
        }),
        None => return Err(DbErr::Custom(format!("the user event {} has an unknown kind", row.id))),
    };
    Ok(UserEvent {
        sequence: row.id,
        user_id: row.user_id.0,
        at: Timestamp::from_millis(row.created_at),
        change: change.map_err(unreadable)?,
    })
}
