//! A row of `trusted_devices`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: StoredUserId,
    /// The SHA-256 of the token in the cookie.
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    /// Another version of the account's credentials ends the trust.
    pub credentials_version: i64,
    pub device: String,
    pub network: Option<String>,
    pub last_used_at: i64,
    pub expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
