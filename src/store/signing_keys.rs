//! The key pairs that sign access tokens. Private keys are stored sealed.

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};

use super::{
    Store, StoreError,
    entity::signing_key::{ActiveModel, Column, Entity, Model},
};
use crate::domain::Timestamp;

/// A stored key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid`.
    pub id: String,
    /// `alg`.
    pub algorithm: String,
    /// The public key.
    pub public_key: Vec<u8>,
    /// The sealed private key.
    pub sealed_private_key: Vec<u8>,
    /// When the key was created.
    pub created_at: Timestamp,
    /// When the key starts to sign tokens.
    pub not_before: Timestamp,
    /// When tokens of the key are no longer accepted. `None`: the key has no successor yet.
    pub retire_at: Option<Timestamp>,
}

impl Store {
    /// All keys, ordered by `not_before`.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        Ok(all(&self.db.read).await?)
    }

    /// Replaces all keys with the result of `decide` and returns that result. Processes run one after another, so
    /// `decide` receives the keys that the previous process stored.
    pub async fn change_signing_keys<T: Send, E: From<StoreError>>(
        &self,
        decide: impl FnOnce(Vec<SigningKey>) -> Result<(Vec<SigningKey>, T), E> + Send,
    ) -> Result<(Vec<SigningKey>, T), E> {
        let transaction = self.begin_write_alone(SIGNING_KEYS_LOCK).await.map_err(StoreError::from)?;
        let before = all(&transaction).await.map_err(StoreError::from)?;
        let (after, output) = decide(before.clone())?;
        save(&transaction, &before, &after).await.map_err(StoreError::from)?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok((after, output))
    }

    /// Deletes the keys that were retired before `before`. Returns their number.
    pub async fn delete_signing_keys_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let deleted = Entity::delete_many().filter(Column::RetireAt.lt(before.millis())).exec(&self.db.write).await?;
        Ok(deleted.rows_affected)
    }
}

/// The PostgreSQL advisory lock for changes of the keys.
const SIGNING_KEYS_LOCK: i64 = 7_592_019_384_756_104;

async fn all(db: &impl ConnectionTrait) -> Result<Vec<SigningKey>, DbErr> {
    let rows = Entity::find().order_by_asc(Column::NotBefore).order_by_asc(Column::Kid).all(db).await?;
    Ok(rows.into_iter().map(to_key).collect())
}

async fn save(db: &impl ConnectionTrait, before: &[SigningKey], after: &[SigningKey]) -> Result<(), DbErr> {
    for key in before.iter().filter(|old| after.iter().all(|key| key.id != old.id)) {
        Entity::delete_by_id(&key.id).exec(db).await?;
    }
    for key in after {
        match before.iter().find(|old| old.id == key.id) {
            None => _ = to_row(key).insert(db).await?,
            Some(old) if old != key => _ = to_row(key).reset_all().update(db).await?,
            Some(_) => {}
        }
    }
    Ok(())
}

fn to_row(key: &SigningKey) -> ActiveModel {
    ActiveModel {
        kid: Set(key.id.clone()),
        algorithm: Set(key.algorithm.clone()),
        public_key: Set(key.public_key.clone()),
        sealed_private_key: Set(key.sealed_private_key.clone()),
        created_at: Set(key.created_at.millis()),
        not_before: Set(key.not_before.millis()),
        retire_at: Set(key.retire_at.map(Timestamp::millis)),
    }
}

fn to_key(row: Model) -> SigningKey {
    SigningKey {
        id: row.kid,
        algorithm: row.algorithm,
        public_key: row.public_key,
        sealed_private_key: row.sealed_private_key,
        created_at: Timestamp::from_millis(row.created_at),
        not_before: Timestamp::from_millis(row.not_before),
        retire_at: row.retire_at.map(Timestamp::from_millis),
    }
}
