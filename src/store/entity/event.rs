//! A row of `events`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub kind: String,
    pub user_id: Option<StoredUserId>,
    pub session_id: Option<Uuid>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub detail: Option<String>,
    pub request_id: Option<String>,
    pub routine: bool,
    /// The number of events that the row stands for. Null: one event.
    pub count: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
