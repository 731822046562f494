//! A row of `passkeys`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: StoredUserId,
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    /// In COSE.
    pub public_key: Vec<u8>,
    pub counter: i64,
    pub backup_eligible: bool,
    pub backed_up: bool,
    /// Names, separated by commas.
    pub transports: String,
    pub aaguid: Uuid,
    pub name: String,
    /// Whether the authenticator names the user by the row of `passkey_handles`. False: imported.
    pub handle_known: bool,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
