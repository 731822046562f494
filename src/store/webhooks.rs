//! Deliveries of user events as webhooks. The state of a delivery is in the event's row.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Store, StoreError,
    entity::user_event::{Column, Entity, Model},
    user_events::to_user_event,
};
use crate::domain::{Timestamp, user_event::UserEvent};

/// To be delivered: the default. The indexes and the query contain this number.
const PENDING: i32 = 0;
/// Delivered.
const DELIVERED: i32 = 1;
/// Given up after the last attempt.
const GIVEN_UP: i32 = 2;

/// An event that this process delivers, until its lease ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The event.
    pub event: UserEvent,
    /// The number of this attempt, from 1.
    pub attempt: i32,
}

/// The result of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Attempt {
    /// The receiver has the event.
    Delivered,
    /// Try again at this time.
    RetryAt(Timestamp),
    /// No further attempt.
    GivenUp,
    /// The attempt does not count.
    Withdrawn,
}

/// The pending event with the smallest number of each user, if it is due: a user's events are delivered in
/// their order. The order of the rows is that of the index, so that not all pending events are sorted.
const DUE: &str = "
    SELECT due.* FROM user_events due
    WHERE due.delivery = 0 AND due.next_attempt_at <= $1 AND NOT EXISTS (
        SELECT 1 FROM user_events earlier
        WHERE earlier.delivery = 0 AND earlier.user_id = due.user_id AND earlier.id < due.id
    )
    ORDER BY due.next_attempt_at, due.id LIMIT $2";

impl Store {
    /// Claims due events until `lease_ends_at`. Of several processes, one gets an event. If it ends without
    /// an answer of [`finish_attempt`](Self::finish_attempt), the event is due again after the lease.
    pub async fn claim_webhooks(
        &self,
        now: Timestamp,
        lease_ends_at: Timestamp,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let values = [now.millis().into(), i64::from(limit).into()];
        let query = Statement::from_sql_and_values(self.db.read.get_database_backend(), DUE, values);
        let mut due: Vec<Model> = Entity::find().from_raw_sql(query).all(&self.db.read).await?;
        // All processes lock rows in the same order.
        due.sort_by_key(|row| row.id);
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.begin_write().await?;
        let mut claims = Vec::new();
        for row in due {
            let attempt = row.attempts + 1;
            let update = pending(row.id, row.attempts)
                .col_expr(Column::Attempts, Expr::value(attempt))
                .col_expr(Column::NextAttemptAt, Expr::value(lease_ends_at.millis()));
            if update.exec(&transaction).await?.rows_affected == 1 {
                match to_user_event(row) {
                    Ok(event) => claims.push(Claim { event, attempt }),
                    // The events of other users are not delayed.
                    Err(error) => tracing::error!(%error, "a webhook cannot be sent"),
                }
            }
        }
        transaction.commit().await?;
        Ok(claims)
    }

    /// Records the result of an attempt, unless the lease has ended and another process has claimed the event.
    pub async fn finish_attempt(&self, claim: &Claim, result: Attempt) -> Result<(), StoreError> {
        let update = pending(claim.event.sequence, claim.attempt);
        let update = match result {
            Attempt::Delivered => update.col_expr(Column::Delivery, Expr::value(DELIVERED)),
            Attempt::GivenUp => update.col_expr(Column::Delivery, Expr::value(GIVEN_UP)),
            Attempt::RetryAt(time) => update.col_expr(Column::NextAttemptAt, Expr::value(time.millis())),
            Attempt::Withdrawn => update
                .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
                .col_expr(Column::NextAttemptAt, Expr::value(0_i64)),
        };
        update.exec(&self.db.write).await?;
        Ok(())
    }
}

/// Changes a pending event with this number of attempts.
fn pending(id: i64, attempts: i32) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::Delivery.eq(PENDING))
        .filter(Column::Attempts.eq(attempts))
}
