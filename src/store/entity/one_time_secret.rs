//! A row of `one_time_secrets`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub purpose: String,
    /// The user, or a tag of an address that may have no account.
    pub owner: String,
    pub user_id: Option<StoredUserId>,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub payload: String,
    /// The SHA-256 of the secret of the browser that asked for the message.
    pub browser: Option<Vec<u8>>,
    /// A tag of the code in the message.
    pub code: Option<Vec<u8>>,
    /// Wrong codes.
    pub attempts: i32,
    pub requested_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
