//! Stores e-mail addresses in their normal form, and their keys with Unicode case folding.
//!
//! An account whose new key belongs to another account stays unchanged: its owner can still sign in, because a sign-in
//! also looks for the former key.

mod normal;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, QueryResult},
};

use normal::Normal;

/// Users per query.
const PAGE: u64 = 1_000;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let mut last = String::new();
        loop {
            let rows = page_after(db, &last).await?;
            for row in &rows {
                normalize(db, row).await?;
            }
            match rows.into_iter().next_back() {
                Some(row) => last = row.id,
                None => return Ok(()),
            }
        }
    }
}

struct StoredAddress {
    id: String,
    email: String,
    key: String,
}

async fn page_after(db: &impl ConnectionTrait, last: &str) -> Result<Vec<StoredAddress>, DbErr> {
    let page = Query::select()
        .columns([Users::Id, Users::Email, Users::EmailKey])
        .from(Users::Table)
        .and_where(Expr::col(Users::Id).gt(last))
        .order_by(Users::Id, Order::Asc)
        .limit(PAGE)
        .to_owned();
    let row = |row: &QueryResult| {
        let text = |at| row.try_get_by_index::<String>(at);
        Ok(StoredAddress { id: text(0)?, email: text(1)?, key: text(2)? })
    };
    db.query_all(&page).await?.iter().map(row).collect()
}

async fn normalize(db: &impl ConnectionTrait, row: &StoredAddress) -> Result<(), DbErr> {
    // An address that no longer can be parsed still has its key.
    let Some(Normal { address, key, former_key }) = Normal::of(&row.email) else {
        tracing::warn!(user_id = row.id, "the e-mail address of this account has no normal form and stays as it is");
        return Ok(());
    };
    if (&address, &key) == (&row.email, &row.key) {
        return Ok(());
    }
    // With the same normal address, two accounts would look like one to backends.
    if has_other(db, row, &key).await? || has_other(db, row, &former_key).await? {
        tracing::warn!(
            user_id = row.id,
            "the e-mail address of this account differs from that of another account only in case or in invisible \
             characters; both accounts stay, and their users sign in with the address as they typed it at sign-up"
        );
        return Ok(());
    }
    let update = Query::update()
        .table(Users::Table)
        .values([(Users::Email, address.into()), (Users::EmailKey, key.into())])
        .and_where(Expr::col(Users::Id).eq(row.id.as_str()))
        .to_owned();
    db.execute(&update).await?;
    Ok(())
}

/// Whether another account has this key.
async fn has_other(db: &impl ConnectionTrait, row: &StoredAddress, key: &str) -> Result<bool, DbErr> {
    if key == row.key {
        return Ok(false);
    }
    let owner =
        Query::select().column(Users::Id).from(Users::Table).and_where(Expr::col(Users::EmailKey).eq(key)).to_owned();
    Ok(db.query_one(&owner).await?.is_some())
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    Email,
    EmailKey,
}
