//! A user id as a column type.

use std::{fmt, str::FromStr};

use sea_orm::{DbErr, DeriveValueType, TryFromU64};

use crate::domain::{UserId, ids::InvalidId};

/// Stored as text. Invalid text in a row is a database error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct StoredUserId(pub UserId);

impl From<UserId> for StoredUserId {
    fn from(id: UserId) -> Self {
        Self(id)
    }
}

impl fmt::Display for StoredUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for StoredUserId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

/// Required by SeaORM for primary keys. User ids are never auto-increment.
impl TryFromU64 for StoredUserId {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("UserId"))
    }
}
