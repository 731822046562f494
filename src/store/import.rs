//! Imports accounts and what belongs to them in short transactions.

mod factors;
mod passkeys;

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Set, sea_query::Expr};

use super::{
    ROWS, Store, StoreError, credentials, disabling,
    entity::{credential, event, imported_session, session, user, user_id::StoredUserId},
    migrate_within,
    sessions::NewSession,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
};
use crate::domain::{Email, Name, Timestamp, UserId, event::EventKind, user_event::UserEventKind};
pub use factors::{FactorChanges, KnownFactor, NewFactor};
pub use passkeys::ImportedPasskey;

/// The detail of events that an import causes.
const BY_IMPORT: &str = "import";

/// The profile of an imported account.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The user id, kept from the source.
    pub id: UserId,
    /// The address.
    pub email: Email,
    /// Whether the e-mail address is verified.
    pub email_verified: bool,
    /// The name.
    pub name: Name,
    /// The address of a picture.
    pub image: Option<String>,
    /// When the account was created.
    pub created_at: Timestamp,
    /// When the account last changed.
    pub updated_at: Timestamp,
    /// Whether the account is disabled.
    pub disabled: bool,
}

/// An existing account.
#[derive(Clone)]
pub struct KnownUser {
    /// The normalized address.
    pub email_key: String,
    /// Whether the e-mail address is verified here.
    pub email_verified: bool,
    /// When the profile last changed.
    pub updated_at: Timestamp,
    /// Whether the user has signed in here.
    pub signed_in: bool,
    /// Whether the account is disabled here.
    pub disabled: bool,
    /// The password's hash. `None`: the account has no password.
    pub password_hash: Option<String>,
}

/// An imported session and the digests of its tokens.
#[derive(Debug)]
pub struct NewImportedSession {
    /// The session. Its first secret hash is the digest of the old cookie.
    pub new: NewSession,
    /// The digest of the bare token.
    pub token_hash: [u8; 32],
}

/// A running import transaction. Nothing is stored until it is committed.
pub struct Import {
    transaction: Transaction,
    /// The user events that are written at the end. Until then, other writers can append theirs.
    changes: Changes,
}

/// The changes of an import, for user events.
#[derive(Default)]
struct Changes {
    users: Vec<(UserId, UserEventKind)>,
    disabled: Vec<NewUserEvent>,
}

impl Store {
    /// Begins an import transaction. Other writers of accounts wait until it ends, so it must be short. The
    /// database must be migrated.
    pub async fn begin_import(&self) -> Result<Import, StoreError> {
        let transaction = self.db.write.begin_long().await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            transaction.execute_unprepared("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        Ok(Import { transaction, changes: Changes::default() })
    }

    /// Begins an import transaction that will be rolled back. It applies the migrations, which are rolled back too.
    pub async fn begin_dry_import(&self) -> Result<Import, StoreError> {
        let transaction = self.db.write.begin_long().await?;
        migrate_within(&transaction).await?;
        Ok(Import { transaction, changes: Changes::default() })
    }
}

impl Import {
    /// Whether other writers have no queue, and need pauses between transactions to get a turn.
    pub fn has_no_queue(&self) -> bool {
        self.transaction.get_database_backend() == DbBackend::Sqlite
    }

    /// The existing accounts with these ids.
    pub async fn known_users(&self, ids: &[UserId]) -> Result<HashMap<UserId, KnownUser>, StoreError> {
        let ids = || ids.iter().map(UserId::as_str);
        let rows = user::Entity::find().filter(user::Column::Id.is_in(ids())).all(&self.transaction).await?;
        let hashes = credential::Entity::find()
            .filter(credential::Column::UserId.is_in(ids()))
            .filter(credential::Column::Kind.eq(credentials::PASSWORD))
            .all(&self.transaction)
            .await?;
        let mut hashes: HashMap<UserId, String> = hashes.into_iter().map(|row| (row.user_id.0, row.secret)).collect();
        let known = rows.into_iter().map(|row| {
            let id = row.id.0;
            let known = KnownUser {
                email_key: row.email_key,
                email_verified: row.email_verified,
                updated_at: Timestamp::from_millis(row.updated_at),
                signed_in: row.last_sign_in_at.is_some(),
                disabled: row.disabled_at.is_some(),
                password_hash: hashes.remove(&id),
            };
            (id, known)
        });
        Ok(known.collect())
    }

    /// The users with these normalized addresses.
    pub async fn mailbox_owners(&self, keys: &[&str]) -> Result<HashMap<String, UserId>, StoreError> {
        let rows: Vec<(String, StoredUserId)> = user::Entity::find()
            .select_only()
            .columns([user::Column::EmailKey, user::Column::Id])
            .filter(user::Column::EmailKey.is_in(keys.iter().copied()))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(|(key, id)| (key, id.0)).collect())
    }

    /// The users with an event of this kind, deleted users included.
    pub async fn users_with_event(&self, ids: &[UserId], kind: EventKind) -> Result<HashSet<UserId>, StoreError> {
        let rows: Vec<StoredUserId> = event::Entity::find()
            .select_only()
            .column(event::Column::UserId)
            .filter(event::Column::UserId.is_in(ids.iter().map(UserId::as_str)))
            .filter(event::Column::Kind.eq(kind.as_str()))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(|id| id.0).collect())
    }

    /// The digests that belong to sessions of an earlier import.
    pub async fn known_tokens(&self, hashes: &[[u8; 32]]) -> Result<HashSet<Vec<u8>>, StoreError> {
        let mut known = HashSet::new();
        for hashes in hashes.chunks(ROWS) {
            let rows: Vec<Vec<u8>> = imported_session::Entity::find()
                .select_only()
                .column(imported_session::Column::TokenHash)
                .filter(imported_session::Column::TokenHash.is_in(hashes.iter().map(|hash| hash.to_vec())))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            known.extend(rows);
        }
        Ok(known)
    }

    /// Creates accounts and records the import in each account's security log.
    pub async fn add_users(&mut self, users: &[Profile], now: Timestamp) -> Result<(), StoreError> {
        if users.is_empty() {
            return Ok(());
        }
        let rows = users.iter().map(|new| user::ActiveModel {
            id: Set(new.id.into()),
            email: Set(new.email.as_str().to_owned()),
            email_key: Set(new.email.key().to_owned()),
            email_verified: Set(new.email_verified),
            name: Set(new.name.as_str().to_owned()),
            image: Set(new.image.clone()),
            created_at: Set(new.created_at.millis()),
            updated_at: Set(new.updated_at.millis()),
            last_sign_in_at: Set(None),
            disabled_at: Set(new.disabled.then_some(now.millis())),
            credentials_version: Set(credentials::CredentialsVersion::FIRST.0),
        });
        user::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        let events = users.iter().map(|new| event_of(EventKind::UserCreated, new.id, now));
        event::Entity::insert_many(events).exec_without_returning(&self.transaction).await?;
        self.changes.users.extend(users.iter().map(|new| (new.id, UserEventKind::Created)));
        Ok(())
    }

    /// Changes the profile of an existing account, except the address.
    pub async fn change_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        user::Entity::update_many()
            .col_expr(user::Column::EmailVerified, Expr::value(profile.email_verified))
            .col_expr(user::Column::Name, Expr::value(profile.name.as_str()))
            .col_expr(user::Column::Image, Expr::value(profile.image.clone()))
            .col_expr(user::Column::UpdatedAt, Expr::value(profile.updated_at.millis()))
            .filter(user::Column::Id.eq(profile.id.as_str()))
            .exec(&self.transaction)
            .await?;
        self.changes.users.push((profile.id, UserEventKind::Updated));
        Ok(())
    }

    /// Adds password hashes to accounts without a password.
    pub async fn add_passwords(&self, passwords: Vec<(UserId, String)>, now: Timestamp) -> Result<(), StoreError> {
        if passwords.is_empty() {
            return Ok(());
        }
        let rows = passwords.into_iter().map(|(owner, hash)| credential::ActiveModel {
            user_id: Set(owner.into()),
            kind: Set(credentials::PASSWORD.to_owned()),
            secret: Set(hash),
            created_at: Set(now.millis()),
            updated_at: Set(now.millis()),
            ..Default::default()
        });
        credential::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Replaces a password hash. `false` if it no longer is `seen`.
    pub async fn replace_password(
        &self,
        owner: UserId,
        seen: &str,
        hash: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Lock the account before the credential, as all other writers do, to prevent deadlocks.
        credentials::advance_version(&self.transaction, owner, None).await?;
        let unchanged = credentials::lock_password(&self.transaction, owner, seen).await?;
        if unchanged {
            credentials::set_password(&self.transaction, owner, hash, now).await?;
        }
        Ok(unchanged)
    }

    /// Adds sessions.
    pub async fn add_sessions(&self, sessions: &[NewImportedSession]) -> Result<(), StoreError> {
        for rows in sessions.chunks(ROWS) {
            self.add_session_batch(rows).await?;
        }
        Ok(())
    }

    async fn add_session_batch(&self, sessions: &[NewImportedSession]) -> Result<(), StoreError> {
        let digests = sessions.iter().map(|session| imported_session::ActiveModel {
            session_id: Set(session.new.session.id.uuid()),
            cookie_hash: Set(session.new.secret_hash.to_vec()),
            token_hash: Set(session.token_hash.to_vec()),
        });
        let digests: Vec<_> = digests.collect();
        let rows = sessions.iter().map(|session| session.new.row());
        session::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        imported_session::Entity::insert_many(digests).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Disables accounts and ends their sessions.
    pub async fn disable_users(&mut self, users: &[UserId], now: Timestamp) -> Result<(), StoreError> {
        for user in users {
            if let Some((_, events)) = disabling::disable(&self.transaction, *user, now).await? {
                self.changes.disabled.extend(events);
            }
        }
        Ok(())
    }

    /// Writes the user events and commits the import.
    pub async fn commit(self, now: Timestamp) -> Result<(), StoreError> {
        let Changes { users, disabled } = self.changes;
        user_events::append_users(&self.transaction, &users, now).await?;
        user_events::append(&self.transaction, disabled, now).await?;
        Ok(self.transaction.commit().await?)
    }

    /// Discards the import.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.transaction.rollback().await?)
    }
}

/// An event that an import causes.
fn event_of(kind: EventKind, user: UserId, now: Timestamp) -> event::ActiveModel {
    event::ActiveModel {
        at: Set(now.millis()),
        kind: Set(kind.as_str().to_owned()),
        user_id: Set(Some(user.into())),
        detail: Set(Some(BY_IMPORT.to_owned())),
        ..Default::default()
    }
}
