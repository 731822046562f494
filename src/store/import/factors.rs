//! Imports the keys of authenticator apps, and recovery codes.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, EntityTrait, NotSet, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::{BY_IMPORT, Import, ROWS, event_of};
use crate::{
    domain::{Timestamp, UserId, event::EventKind},
    store::{
        StoreError,
        entity::{event, recovery_code, totp_factor, user_id::StoredUserId},
        factors, recovery_codes,
    },
};

/// A second factor to import.
#[derive(Debug)]
pub struct NewFactor {
    /// The user.
    pub owner: UserId,
    /// The sealed key of the authenticator app.
    pub sealed: Vec<u8>,
    /// The hashes of the recovery codes.
    pub codes: Vec<String>,
}

/// The second factor of an existing account.
#[derive(Debug)]
pub struct KnownFactor {
    /// The sealed key of the authenticator app.
    pub sealed: Vec<u8>,
    /// The hashes of the recovery codes, used ones included.
    pub codes: HashSet<String>,
}

/// The accounts whose second factors were changed here, and not by an import.
#[derive(Debug, Default)]
pub struct FactorChanges {
    /// A factor was added, removed, or used in part.
    pub changed: HashSet<UserId>,
    /// A factor was removed.
    pub removed: HashSet<UserId>,
}

/// The events of such changes.
const REMOVED: [EventKind; 2] = [EventKind::FactorRemoved, EventKind::FactorsReset];
const OTHERS: [EventKind; 3] = [EventKind::FactorAdded, EventKind::RecoveryCodesRenewed, EventKind::RecoveryCodeUsed];

impl Import {
    /// The second factors of these users.
    pub async fn known_factors(&self, users: &[UserId]) -> Result<HashMap<UserId, KnownFactor>, StoreError> {
        let ids = || users.iter().map(UserId::as_str);
        let apps = totp_factor::Entity::find()
            .filter(totp_factor::Column::UserId.is_in(ids()))
            .filter(totp_factor::Column::ConfirmedAt.is_not_null())
            .all(&self.transaction)
            .await?;
        let known =
            apps.into_iter().map(|row| (row.user_id.0, KnownFactor { sealed: row.secret, codes: HashSet::new() }));
        let mut known: HashMap<UserId, KnownFactor> = known.collect();
        if known.is_empty() {
            return Ok(known);
        }
        let codes = recovery_code::Entity::find()
            .filter(recovery_code::Column::UserId.is_in(known.keys().map(UserId::as_str)))
            .all(&self.transaction)
            .await?;
        for code in codes {
            if let Some(known) = known.get_mut(&code.user_id.0) {
                known.codes.insert(code.hash);
            }
        }
        Ok(known)
    }

    /// Those of these users whose factors were changed here.
    pub async fn factor_changes(&self, users: &[UserId]) -> Result<FactorChanges, StoreError> {
        let kinds = REMOVED.iter().chain(&OTHERS).map(|kind| kind.as_str());
        let by_import = Condition::any().add(event::Column::Detail.is_null()).add(event::Column::Detail.ne(BY_IMPORT));
        let rows: Vec<(StoredUserId, String)> = event::Entity::find()
            .select_only()
            .columns([event::Column::UserId, event::Column::Kind])
            .filter(event::Column::UserId.is_in(users.iter().map(UserId::as_str)))
            .filter(event::Column::Kind.is_in(kinds))
            .filter(by_import)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let mut changes = FactorChanges::default();
        for (user, kind) in rows {
            changes.changed.insert(user.0);
            if REMOVED.iter().any(|removed| removed.as_str() == kind) {
                changes.removed.insert(user.0);
            }
        }
        Ok(changes)
    }

    /// Adds the factors of accounts that this import creates.
    pub async fn add_factors(&self, new: Vec<NewFactor>, now: Timestamp) -> Result<(), StoreError> {
        let mut codes = Vec::new();
        let mut apps = Vec::new();
        for NewFactor { owner, sealed, codes: own } in new {
            apps.push(app(owner, sealed, now));
            codes.extend(own.into_iter().map(|hash| recovery_code::ActiveModel {
                id: NotSet,
                user_id: Set(owner.into()),
                hash: Set(hash),
                created_at: Set(Some(now.millis())),
                used_at: Set(None),
            }));
        }
        if !apps.is_empty() {
            totp_factor::Entity::insert_many(apps).exec_without_returning(&self.transaction).await?;
        }
        for codes in codes.chunks(ROWS) {
            let rows = codes.iter().cloned();
            recovery_code::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    /// Replaces the factor of an existing account, and records the change in the account's security log.
    pub async fn replace_factor(&self, new: NewFactor, now: Timestamp) -> Result<(), StoreError> {
        let NewFactor { owner, sealed, codes } = new;
        if !factors::advance(&self.transaction, owner, None).await? {
            return Ok(());
        }
        let of_owner = totp_factor::Column::UserId.eq(owner.as_str());
        totp_factor::Entity::delete_many().filter(of_owner).exec(&self.transaction).await?;
        let row = app(owner, sealed, now);
        totp_factor::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        recovery_codes::replace(&self.transaction, owner, codes, now).await?;
        let event = event_of(EventKind::FactorAdded, owner, now);
        event::Entity::insert(event).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

/// A confirmed app. No session has begun its set-up.
fn app(owner: UserId, sealed: Vec<u8>, now: Timestamp) -> totp_factor::ActiveModel {
    totp_factor::ActiveModel {
        user_id: Set(owner.into()),
        secret: Set(sealed),
        session_id: Set(Uuid::nil()),
        created_at: Set(now.millis()),
        confirmed_at: Set(Some(now.millis())),
        last_step: Set(0),
    }
}
