//! Imports passkeys.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Import, ROWS, event_of};
use crate::{
    domain::{Timestamp, UserId, event::EventKind, passkey::NewPasskey},
    store::{
        StoreError,
        entity::{
            event,
            passkey::{Column, Entity},
            user_id::StoredUserId,
        },
        factors, passkeys,
    },
};

/// A passkey to import.
#[derive(Debug)]
pub struct ImportedPasskey {
    /// The user.
    pub owner: UserId,
    /// The passkey.
    pub new: NewPasskey,
    /// When it was created.
    pub created_at: Timestamp,
}

/// The events after which a user may have fewer passkeys.
const REMOVED: [EventKind; 2] = [EventKind::PasskeyRemoved, EventKind::FactorsReset];

impl Import {
    /// The users who have these credential ids.
    pub async fn passkey_owners(&self, ids: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, UserId>, StoreError> {
        let mut owners = HashMap::new();
        for ids in ids.chunks(ROWS) {
            let rows: Vec<(Vec<u8>, StoredUserId)> = Entity::find()
                .select_only()
                .columns([Column::CredentialId, Column::UserId])
                .filter(Column::CredentialId.is_in(ids.iter().cloned()))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            owners.extend(rows.into_iter().map(|(id, owner)| (id, owner.0)));
        }
        Ok(owners)
    }

    /// The numbers of passkeys of these users.
    pub async fn passkey_counts(&self, users: &[UserId]) -> Result<HashMap<UserId, usize>, StoreError> {
        let rows: Vec<StoredUserId> = Entity::find()
            .select_only()
            .column(Column::UserId)
            .filter(Column::UserId.is_in(users.iter().map(UserId::as_str)))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let mut counts = HashMap::new();
        for user in rows {
            *counts.entry(user.0).or_default() += 1;
        }
        Ok(counts)
    }

    /// Those of these users who have had a passkey removed here.
    pub async fn users_with_removed_passkeys(&self, users: &[UserId]) -> Result<HashSet<UserId>, StoreError> {
        let rows: Vec<StoredUserId> = event::Entity::find()
            .select_only()
            .column(event::Column::UserId)
            .filter(event::Column::UserId.is_in(users.iter().map(UserId::as_str)))
            .filter(event::Column::Kind.is_in(REMOVED.map(EventKind::as_str)))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(|user| user.0).collect())
    }

    /// Adds passkeys with new credential ids. `existing`: the accounts that were here before. Their security logs get an
    /// event, and what depends on their factors ends.
    pub async fn add_passkeys(
        &self,
        new: Vec<ImportedPasskey>,
        existing: &HashSet<UserId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let changed: Vec<_> =
            new.iter().map(|passkey| passkey.owner).filter(|owner| existing.contains(owner)).collect();
        for owner in changed.iter().collect::<HashSet<_>>() {
            factors::advance(&self.transaction, *owner, None).await?;
        }
        if !changed.is_empty() {
            let events = changed.into_iter().map(|owner| event_of(EventKind::PasskeyAdded, owner, now));
            event::Entity::insert_many(events).exec_without_returning(&self.transaction).await?;
        }
        let rows: Vec<_> =
            new.into_iter().map(|passkey| passkeys::row(passkey.owner, passkey.new, passkey.created_at)).collect();
        for rows in rows.chunks(ROWS) {
            Entity::insert_many(rows.iter().cloned()).exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }
}
