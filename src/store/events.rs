//! The security log.

use std::{cmp::Reverse, net::IpAddr};

use sea_orm::{ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{
    Store, StoreError,
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
    /// The number of events that the entry stands for. `None`: one event.
    pub count: Option<u64>,
}

/// Which entries of a user a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFilter {
    /// Every entry.
    All,
    /// All but the [routine](EventKind::is_routine) ones.
    Notable,
}

impl Store {
    /// Appends entries in this order, in one transaction. At most 500.
    pub async fn append_events(&self, events: &[NewEvent]) -> Result<(), StoreError> {
        Entity::insert_many(events.iter().map(to_row)).exec_without_returning(&self.db.write).await?;
        Ok(())
    }

    /// The newest `limit` entries about `owner`, older than the entry `before`.
    pub async fn events(
        &self,
        owner: UserId,
        before: Option<i64>,
        limit: u64,
        filter: EventFilter,
    ) -> Result<Vec<Event>, StoreError> {
        let mut rows = page(owner, false, before, limit).all(&self.db.read).await?;
        if filter == EventFilter::All {
            // Two queries, because the index of a user's entries has the routine ones apart.
            rows.append(&mut page(owner, true, before, limit).all(&self.db.read).await?);
            rows.sort_unstable_by_key(|row| Reverse(row.id));
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        Ok(rows.into_iter().filter_map(|row| to_event(owner, row)).collect())
    }
}

fn page(owner: UserId, routine: bool, before: Option<i64>, limit: u64) -> Select<Entity> {
    let mut query = Entity::find().filter(Column::UserId.eq(owner.as_str())).filter(Column::Routine.eq(routine));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    query.order_by_desc(Column::Id).limit(limit)
}

fn to_row(event: &NewEvent) -> ActiveModel {
    ActiveModel {
        id: NotSet,
        at: Set(event.at.millis()),
        kind: Set(event.kind.as_str().to_owned()),
        user_id: Set(event.user_id.map(Into::into)),
        session_id: Set(event.session_id.map(SessionId::uuid)),
        address: Set(event.address.map(|address| address.to_string())),
        user_agent: Set(event.user_agent.clone()),
        detail: Set(event.detail.map(str::to_owned)),
        request_id: Set(event.request_id.clone()),
        routine: Set(event.kind.is_routine()),
        count: Set(event.count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))),
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
        count: row.count.and_then(|count| u64::try_from(count).ok()),
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, QueryTrait};

    use super::*;

    /// The plan of a query on an empty SQLite database, in lines.
    async fn plan(query: &Select<Entity>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::connect(&url, 1).await.unwrap();
        store.migrate().await.unwrap();
        let mut statement = query.build(store.db.read.get_database_backend());
        statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let rows = store.db.read.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()
    }

    #[tokio::test]
    async fn page_reads_an_index_and_sorts_nothing() {
        let owner = UserId::new(Timestamp::from_millis(1_700_000_000_000), [1; 10]);
        for (routine, before, expected) in [
            (true, None, "user_id=? AND routine=?"),
            (false, None, "user_id=? AND routine=?"),
            (true, Some(7), "user_id=? AND routine=? AND id<?"),
            (false, Some(7), "user_id=? AND routine=? AND id<?"),
        ] {
            let plan = plan(&page(owner, routine, before, 20)).await;
            let expected = format!("SEARCH events USING INDEX events_user_id_routine_id_idx ({expected})");
            assert_eq!(plan, [expected], "{routine} {before:?}");
        }
    }
}
