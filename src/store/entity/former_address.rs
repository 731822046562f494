//! A row of `former_addresses`.

use sea_orm::entity::prelude::*;

use super::user_id::StoredUserId;
use crate::domain::{MailId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_addresses")]
pub struct Model {
    /// Later changes have greater ids.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The message with the link that undoes the change.
    #[sea_orm(unique)]
    pub mail_id: Uuid,
    pub user_id: StoredUserId,
    pub email: String,
    pub email_key: String,
    /// The SHA-256 of the link's secret. Null: the message has not been composed.
    pub digest: Option<Vec<u8>>,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Model {
    /// When the user left the address: the message was queued with the change.
    pub fn left_at(&self) -> Timestamp {
        MailId::from_uuid(self.mail_id).queued_at()
    }
}

impl ActiveModelBehavior for ActiveModel {}
