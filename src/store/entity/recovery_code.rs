//! A row of `recovery_codes`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_codes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: StoredUserId,
    /// A PHC string. All codes of a user have the same parameters and salt.
    pub hash: String,
    pub used_at: Option<i64>,
    /// Null: made by an earlier version.
    pub created_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
