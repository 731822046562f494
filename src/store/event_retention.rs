//! The deletion of old and surplus entries of the security log, in short transactions.

use sea_orm::{
    ColumnTrait, EntityTrait, IntoSimpleExpr, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::ExprTrait,
};

use super::{
    Store, StoreError,
    entity::{
        event::{Column, Entity},
        user_id::StoredUserId,
    },
};
use crate::domain::{Timestamp, event::EventKind};

/// The kinds that only their age deletes: an import reads them to learn which accounts have been deleted, and which
/// users have changed their password.
const KEPT: [EventKind; 2] = [EventKind::UserCreated, EventKind::PasswordChange];

impl Store {
    /// Deletes the entries before `before`. Returns their number.
    pub async fn delete_events_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Entity::find().filter(Column::At.lt(before.millis()));
        self.delete_in_batches(Column::Id, old, u64::MAX).await
    }

    /// Deletes the oldest entries of each user with more than `limit`: of the routine ones, and of the others. So routine
    /// displaces nothing else. Returns their number.
    pub async fn delete_surplus_events_of_users(&self, limit: u64) -> Result<u64, StoreError> {
        let crowded: Vec<(StoredUserId, bool)> = Entity::find()
            .select_only()
            .columns([Column::UserId, Column::Routine])
            .filter(Column::UserId.is_not_null())
            .group_by(Column::UserId)
            .group_by(Column::Routine)
            .having(Column::Id.count().gt(limit))
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut deleted = 0;
        for (owner, routine) in crowded {
            let rows = Entity::find().filter(Column::UserId.eq(owner)).filter(Column::Routine.eq(routine));
            let newest: Option<i64> = rows
                .clone()
                .select_only()
                .column(Column::Id)
                .order_by_desc(Column::Id)
                .offset(limit)
                .limit(1)
                .into_tuple()
                .one(&self.db)
                .await?;
            if let Some(newest) = newest {
                let surplus = without_kept(rows).filter(Column::Id.lte(newest));
                deleted += self.delete_in_batches(Column::Id, surplus, u64::MAX).await?;
            }
        }
        Ok(deleted)
    }

    /// Deletes entries until at most `limit` are left: the oldest routine ones first, then those without a user, then
    /// the oldest of all. So strangers displace no entry of a user. Returns their number.
    pub async fn delete_events_beyond(&self, limit: u64) -> Result<u64, StoreError> {
        let mut surplus = self.events_beyond(limit).await?;
        let mut deleted = 0;
        let rows = || without_kept(Entity::find()).order_by_asc(Column::Id);
        let order = [
            // As in the index's condition: a bound value would not match it.
            rows().filter(Column::Routine.into_simple_expr()),
            rows().filter(Column::UserId.is_null()),
            rows(),
        ];
        for obsolete in order {
            if surplus == 0 {
                break;
            }
            let rows = self.delete_in_batches(Column::Id, obsolete, surplus).await?;
            surplus = surplus.saturating_sub(rows);
            deleted += rows;
        }
        Ok(deleted)
    }

    /// The number of entries beyond `limit`. Counts them only if their ids admit that there are so many.
    async fn events_beyond(&self, limit: u64) -> Result<u64, StoreError> {
        let ids = || Entity::find().select_only().column(Column::Id);
        let first: Option<i64> = ids().order_by_asc(Column::Id).limit(1).into_tuple().one(&self.db).await?;
        let last: Option<i64> = ids().order_by_desc(Column::Id).limit(1).into_tuple().one(&self.db).await?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(0) };
        if last.abs_diff(first) < limit {
            return Ok(0);
        }
        Ok(Entity::find().count(&self.db).await?.saturating_sub(limit))
    }
}

fn without_kept(rows: Select<Entity>) -> Select<Entity> {
    rows.filter(Column::Kind.is_not_in(KEPT.map(EventKind::as_str)))
}
