//! A row of `totp_factors`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: StoredUserId,
    /// The sealed key.
    pub secret: Vec<u8>,
    /// The session that began the set-up.
    pub session_id: Uuid,
    pub created_at: i64,
    /// Null: the set-up is not complete, and sign-ins have one step.
    pub confirmed_at: Option<i64>,
    /// The 30-second step of the last accepted code.
    pub last_step: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
