//! The deletion of old and surplus entries of the security log. Every statement reads or deletes a bounded number of
//! rows, so that it is within the time limit of statements and other writers wait only briefly.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Store, StoreError,
    batches::{BATCH, delete_in_batches},
    entity::{
        event::{Column, Entity},
        user_id::StoredUserId,
    },
};
use crate::domain::{Timestamp, UserId, event::EventKind};

/// The kinds that only their age deletes: an import reads them to learn which accounts have been deleted, and which
/// users have changed their password.
const KEPT: [EventKind; 2] = [EventKind::UserCreated, EventKind::PasswordChange];

/// Entries per query that counts them.
const COUNTED: u64 = 100_000;

impl Store {
    /// Deletes the entries before `before`. Returns their number.
    pub async fn delete_events_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Condition::all().add(Column::At.lt(before.millis()));
        Ok(delete_in_batches::<Entity, i64>(&self.db, Column::Id, old).await?)
    }

    /// Deletes the oldest entries of each user with more than `limit` routine ones or more than `limit` others. So
    /// routine displaces nothing else. Returns their number.
    pub async fn delete_surplus_events_of_users(&self, limit: u64) -> Result<u64, StoreError> {
        let mut deleted = 0;
        let mut candidate = self.next_crowded_user("", limit).await?;
        while let Some(user) = candidate {
            for routine in [true, false] {
                deleted += self.delete_surplus_events_of(user, routine, limit).await?;
            }
            candidate = self.next_crowded_user(user.as_str(), limit).await?;
        }
        Ok(deleted)
    }

    /// The first user after `last` who may have more than `limit` entries: the user of the entry number `limit + 1` in
    /// the order of the users. All users before have fewer. No query counts all entries of a user.
    async fn next_crowded_user(&self, last: &str, limit: u64) -> Result<Option<UserId>, StoreError> {
        let user: Option<StoredUserId> = Entity::find()
            .select_only()
            .column(Column::UserId)
            .filter(Column::UserId.gt(last))
            .order_by_asc(Column::UserId)
            .offset(limit)
            .limit(1)
            .into_tuple()
            .one(&self.db.read)
            .await?;
        Ok(user.map(|user| user.0))
    }

    async fn delete_surplus_events_of(&self, owner: UserId, routine: bool, limit: u64) -> Result<u64, StoreError> {
        let theirs = Condition::all().add(Column::UserId.eq(owner.as_str())).add(Column::Routine.eq(routine));
        let newest: Option<i64> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(theirs.clone())
            .order_by_desc(Column::Id)
            .offset(limit)
            .limit(1)
            .into_tuple()
            .one(&self.db.read)
            .await?;
        let Some(newest) = newest else { return Ok(0) };
        let surplus = theirs.add(Column::Id.lte(newest)).add(is_not_kept());
        Ok(delete_in_batches::<Entity, i64>(&self.db, Column::Id, surplus).await?)
    }

    /// Deletes entries until at most `limit` are left: the oldest routine ones first, then those without a user, then
    /// the oldest of all. So strangers displace no entry of a user. Returns their number.
    pub async fn delete_events_beyond(&self, limit: u64) -> Result<u64, StoreError> {
        let surplus = self.events_beyond(limit).await?;
        // As in the index's condition: a bound value would not match it.
        let routine = Condition::all().add(Column::Routine.into_simple_expr());
        let mut deleted = 0;
        // No event without a user is routine. The condition leads to the index.
        let of_no_user = Condition::all().add(Column::UserId.is_null()).add(Column::Routine.eq(false));
        for rows in [routine, of_no_user, Condition::all()] {
            deleted += self.delete_oldest_events(rows.add(is_not_kept()), surplus - deleted).await?;
        }
        Ok(deleted)
    }

    async fn delete_oldest_events(&self, rows: Condition, limit: u64) -> Result<u64, StoreError> {
        let (mut deleted, mut last) = (0, i64::MIN);
        while deleted < limit {
            let oldest: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(rows.clone())
                .filter(Column::Id.gt(last))
                .order_by_asc(Column::Id)
                .limit(BATCH.min(limit - deleted))
                .into_tuple()
                .all(&self.db.read)
                .await?;
            let Some(newest) = oldest.last() else { break };
            last = *newest;
            deleted += Entity::delete_many().filter(Column::Id.is_in(oldest)).exec(&self.db.write).await?.rows_affected;
            tokio::task::yield_now().await;
        }
        Ok(deleted)
    }

    /// The number of entries beyond `limit`. Counts them only if their ids admit that there are so many.
    async fn events_beyond(&self, limit: u64) -> Result<u64, StoreError> {
        let ids = || Entity::find().select_only().column(Column::Id);
        let first: Option<i64> = ids().order_by_asc(Column::Id).limit(1).into_tuple().one(&self.db.read).await?;
        let last: Option<i64> = ids().order_by_desc(Column::Id).limit(1).into_tuple().one(&self.db.read).await?;
        match (first, last) {
            (Some(first), Some(last)) if last.abs_diff(first) >= limit => {
                Ok(self.count_events().await?.saturating_sub(limit))
            }
            _ => Ok(0),
        }
    }

    /// The number of entries, counted in the index of their times.
    async fn count_events(&self) -> Result<u64, StoreError> {
        let (mut count, mut from) = (0, i64::MIN);
        loop {
            let times: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::At)
                .filter(Column::At.gte(from))
                .order_by_asc(Column::At)
                .offset(COUNTED)
                .limit(1)
                .into_tuple()
                .all(&self.db.read)
                .await?;
            let Some(next) = times.first() else {
                let rest: Option<i64> = Entity::find()
                    .select_only()
                    .column_as(Column::At.count(), "entries")
                    .filter(Column::At.gte(from))
                    .into_tuple()
                    .one(&self.db.read)
                    .await?;
                return Ok(count + rest.and_then(|rest| u64::try_from(rest).ok()).unwrap_or(0));
            };
            count += COUNTED;
            // A millisecond with more entries than this is counted once.
            from = (*next).max(from.saturating_add(1));
        }
    }
}

fn is_not_kept() -> Expr {
    Column::Kind.is_not_in(KEPT.map(EventKind::as_str))
}
