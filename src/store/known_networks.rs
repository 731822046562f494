//! The networks that a user has used.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::{
    Store, StoreError,
    entity::session::{Column, Entity},
};
use crate::domain::{UserId, session::EndReason};

/// A user with more addresses gets more notices than necessary.
const MAX_ADDRESSES: u64 = 1_000;

impl Store {
    /// The addresses from which `owner`'s sessions were last used, without sessions that may have been another
    /// person's. Ended sessions are included while their rows exist.
    pub async fn addresses_of_sessions(&self, owner: UserId) -> Result<Vec<IpAddr>, StoreError> {
        let distrusted = EndReason::DISTRUSTED.map(EndReason::as_str);
        let trusted = Condition::any().add(Column::EndReason.is_null()).add(Column::EndReason.is_not_in(distrusted));
        let addresses: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Address)
            .distinct()
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::Address.is_not_null())
            .filter(trusted)
            .limit(MAX_ADDRESSES)
            .into_tuple()
            .all(&self.db.read)
            .await?;
        Ok(addresses.into_iter().filter_map(|address| address.parse().ok()).collect())
    }
}
