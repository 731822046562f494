//! The security log.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, Condition, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    entity::event::{ActiveModel, Column, Entity, Model},
};
use crate::domain::{
    SessionId, Timestamp, UserId,
    event::{Event, EventKind},
};

/// A new entry.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// When the event happened.
    pub at: Timestamp,
    /// The kind of event.
    pub kind: EventKind,
    /// The user, if known.
    pub user_id: Option<UserId>,
    /// The session, if known.
    pub session_id: Option<SessionId>,
    /// The network address.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// A detail from a fixed set.
    pub detail: Option<&'static str>,
    /// The request's id, as sent in the `X-Request-Id` response header.
    pub request_id: Option<String>,
}

impl Store {
    /// Appends an entry.
    pub async fn append_event(&self, event: NewEvent) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: NotSet,
            at: Set(event.at.millis()),
            kind: Set(event.kind.as_str().to_owned()),
            user_id: Set(event.user_id.map(Into::into)),
            session_id: Set(event.session_id.map(SessionId::uuid)),
            address: Set(event.address.map(|address| address.to_string())),
            user_agent: Set(event.user_agent),
            detail: Set(event.detail.map(str::to_owned)),
            request_id: Set(event.request_id),
        };
        Entity::insert(row).exec_without_returning(&self.db.write).await?;
        Ok(())
    }

    /// The newest `limit` entries about `owner`, older than the entry `before`, without the kinds in
    /// `without`.
    pub async fn events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u64,
        without: &[EventKind],
    ) -> Result<Vec<Event>, StoreError> {
        let mut query = Entity::find().filter(Column::UserId.eq(owner.as_str()));
        if !without.is_empty() {
            query = query.filter(Column::Kind.is_not_in(without.iter().map(|kind| kind.as_str())));
        }
        if let Some(before) = before {
            query = query.filter(Column::Id.lt(before));
        }
        let rows = query.order_by_desc(Column::Id).limit(limit).all(&self.db.read).await?;
        Ok(rows.into_iter().filter_map(|row| to_event(owner, row)).collect())
    }

    /// Deletes the entries before `before`. Returns their number.
    pub async fn delete_events_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::At.lt(before.millis()));
        Ok(delete_in_batches::<Entity, i64>(&self.db, Column::Id, expired).await?)
    }
}

/// `None` for a kind that this version does not know.
fn to_event(owner: UserId, row: Model) -> Option<Event> {
    Some(Event {
        id: row.id,
        at: Timestamp::from_millis(row.at),
        kind: EventKind::from_name(&row.kind)?,
        user_id: owner,
        session_id: row.session_id.map(SessionId::from_uuid),
        address: row.address.and_then(|address| address.parse().ok()),
        user_agent: row.user_agent,
        detail: row.detail,
    })
}
