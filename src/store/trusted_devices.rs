//! Devices that need no second factor. A change of the account's credentials ends the trust.

use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::Expr};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    credentials::CredentialsVersion,
    entity::{
        trusted_device::{ActiveModel, Column, Entity, Model},
        user,
    },
    transaction::Transaction,
};
use crate::domain::{Timestamp, TrustedDeviceId, UserId, factors::TrustedDevice};

/// A device that its user trusts.
#[derive(Debug)]
pub struct NewTrustedDevice {
    /// The id.
    pub id: TrustedDeviceId,
    /// The SHA-256 of the token.
    pub digest: [u8; 32],
    /// The name of the device.
    pub device: String,
    /// The network.
    pub network: Option<String>,
    /// When the device needs the second factor again.
    pub expires_at: Timestamp,
}

impl Store {
    /// Whether `owner` trusts the device with this token: if so, records its use. The credentials must have the version
    /// that they had when the device was trusted.
    pub async fn use_trusted_device(
        &self,
        owner: UserId,
        digest: &[u8; 32],
        version: CredentialsVersion,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(now.millis()))
            .filter(Column::Digest.eq(digest.to_vec()))
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::CredentialsVersion.eq(version.0))
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.db.write)
            .await?;
        Ok(updated.rows_affected == 1)
    }

    /// The devices that `owner` trusts, the most recently used first.
    pub async fn trusted_devices(&self, owner: UserId, now: Timestamp) -> Result<Vec<TrustedDevice>, StoreError> {
        let Some(user) = user::Entity::find_by_id(owner).one(&self.db.read).await? else { return Ok(Vec::new()) };
        let rows = Entity::find()
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::CredentialsVersion.eq(user.credentials_version))
            .filter(Column::ExpiresAt.gt(now.millis()))
            .order_by_desc(Column::LastUsedAt)
            .order_by_desc(Column::Id)
            .all(&self.db.read)
            .await?;
        Ok(rows.into_iter().map(to_device).collect())
    }

    /// Ends the trust in one of `owner`'s devices. `false` if there is no such device.
    pub async fn untrust_device(&self, owner: UserId, id: TrustedDeviceId) -> Result<bool, StoreError> {
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(owner.as_str()))
            .exec(&self.db.write)
            .await?;
        Ok(deleted.rows_affected == 1)
    }

    /// Deletes the devices whose trust ended before `before`. Returns their number.
    pub async fn delete_trusted_devices_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::ExpiresAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, uuid::Uuid>(&self.db, Column::Id, expired).await?)
    }
}

/// Trusts a device while the credentials have this version.
pub(super) async fn insert(
    transaction: &Transaction,
    owner: UserId,
    version: CredentialsVersion,
    new: NewTrustedDevice,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        user_id: Set(owner.into()),
        digest: Set(new.digest.to_vec()),
        credentials_version: Set(version.0),
        device: Set(new.device),
        network: Set(new.network),
        last_used_at: Set(now.millis()),
        expires_at: Set(new.expires_at.millis()),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Ends the trust in all devices of a user.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(())
}

fn to_device(row: Model) -> TrustedDevice {
    TrustedDevice {
        id: TrustedDeviceId::from_uuid(row.id),
        device: row.device,
        network: row.network,
        last_used_at: Timestamp::from_millis(row.last_used_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    }
}
