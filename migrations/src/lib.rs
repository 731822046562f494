//! Database migrations for SQLite and PostgreSQL, one file each, applied in order.
//!
//! Times are Unix milliseconds in `BIGINT` columns, ids are UUIDs or text, digests are raw bytes.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261121_000001_accounts;
mod m20261121_000002_sessions;
mod m20261121_000003_events;
mod m20261121_000004_attempts;
mod m20261121_000005_user_ids_are_text;
mod m20261121_000006_signing_keys;
mod m20261121_000007_imported_sessions;
mod m20261125_000008_credentials;
mod m20261127_000011_normal_addresses;
mod m20261127_000012_user_events;
mod m20261128_000013_event_bounds;
mod m20261128_000014_stale_tokens;
mod m20261128_000015_mail;
mod m20261128_000016_one_event_index;
mod m20261128_000017_sign_in_by_mail;
mod m20261128_000018_former_addresses;
mod m20261129_000019_authentication;
mod m20261129_000020_totp;
mod m20261129_000021_passkeys;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_accounts::Migration),
            Box::new(m20261121_000002_sessions::Migration),
            Box::new(m20261121_000003_events::Migration),
            Box::new(m20261121_000004_attempts::Migration),
            Box::new(m20261121_000005_user_ids_are_text::Migration),
            Box::new(m20261121_000006_signing_keys::Migration),
            Box::new(m20261121_000007_imported_sessions::Migration),
            Box::new(m20261125_000008_credentials::Migration),
            Box::new(m20261127_000011_normal_addresses::Migration),
            Box::new(m20261127_000012_user_events::Migration),
            Box::new(m20261128_000013_event_bounds::Migration),
            Box::new(m20261128_000014_stale_tokens::Migration),
            Box::new(m20261128_000015_mail::Migration),
            Box::new(m20261128_000016_one_event_index::Migration),
            Box::new(m20261128_000017_sign_in_by_mail::Migration),
            Box::new(m20261128_000018_former_addresses::Migration),
            Box::new(m20261129_000019_authentication::Migration),
            Box::new(m20261129_000020_totp::Migration),
            Box::new(m20261129_000021_passkeys::Migration),
        ]
    }
}
