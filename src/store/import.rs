//! Brings in accounts and sessions from elsewhere: all of them or none.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QuerySelect, Set,
    sea_query::Expr,
};

use super::{
    Store, StoreError, credentials,
    entity::{credential, event, imported_session, session, user, user_id::StoredUserId},
    migrate_within,
    sessions::NewSession,
};
use crate::domain::{Email, Name, Timestamp, UserId, event::EventKind};

/// How many rows a statement brings in: databases limit the values in one.
const ROWS: usize = 500;

/// What of an account is the owner's to see.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its id, here and there.
    pub id: UserId,
    /// Its address.
    pub email: Email,
    /// Whether the owner has shown that the mailbox is theirs.
    pub email_verified: bool,
    /// What its owner wants to be called.
    pub name: Name,
    /// A picture's address.
    pub image: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An account that is here already.
#[derive(Clone)]
pub struct KnownUser {
    /// The normal form of its address.
    pub email_key: String,
    /// When its profile last changed.
    pub updated_at: Timestamp,
    /// The password's hash, if it has one.
    pub password_hash: Option<String>,
}

/// A session to be brought in, and the digests of the tokens that opened it.
#[derive(Debug)]
pub struct NewImportedSession {
    /// The session. Its first secret's hash is that of the old cookie.
    pub new: NewSession,
    /// The digest of the bare token.
    pub token_hash: [u8; 32],
}

/// Everything brought in so far; nothing of it is there unless it is committed.
pub struct Import(DatabaseTransaction);

impl Store {
    /// Begins to bring in accounts, in tables brought up to date. Until the end nobody else writes
    /// accounts: they wait.
    pub async fn begin_import(&self) -> Result<Import, StoreError> {
        let transaction = self.begin_write().await?;
        migrate_within(&transaction).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            transaction.execute_unprepared("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        Ok(Import(transaction))
    }
}

impl Import {
    /// Which of these users are here already.
    pub async fn known_users(&self, ids: &[UserId]) -> Result<HashMap<UserId, KnownUser>, StoreError> {
        let ids = || ids.iter().map(UserId::as_str);
        let rows = user::Entity::find().filter(user::Column::Id.is_in(ids())).all(&self.0).await?;
        let hashes = credential::Entity::find()
            .filter(credential::Column::UserId.is_in(ids()))
            .filter(credential::Column::Kind.eq(credentials::PASSWORD))
            .all(&self.0)
            .await?;
        let mut hashes: HashMap<UserId, String> = hashes.into_iter().map(|row| (row.user_id.0, row.secret)).collect();
        let known = rows.into_iter().map(|row| {
            let id = row.id.0;
            let updated_at = Timestamp::from_millis(row.updated_at);
            (id, KnownUser { email_key: row.email_key, updated_at, password_hash: hashes.remove(&id) })
        });
        Ok(known.collect())
    }

    /// Whose these mailboxes are.
    pub async fn mailbox_owners(&self, keys: &[&str]) -> Result<HashMap<String, UserId>, StoreError> {
        let rows: Vec<(String, StoredUserId)> = user::Entity::find()
            .select_only()
            .columns([user::Column::EmailKey, user::Column::Id])
            .filter(user::Column::EmailKey.is_in(keys.iter().copied()))
            .into_tuple()
            .all(&self.0)
            .await?;
        Ok(rows.into_iter().map(|(key, id)| (key, id.0)).collect())
    }

    /// To which of these users, still here or not, something of this kind has happened.
    pub async fn users_with_event(&self, ids: &[UserId], kind: EventKind) -> Result<HashSet<UserId>, StoreError> {
        let rows: Vec<StoredUserId> = event::Entity::find()
            .select_only()
            .column(event::Column::UserId)
            .filter(event::Column::UserId.is_in(ids.iter().map(UserId::as_str)))
            .filter(event::Column::Kind.eq(kind.as_str()))
            .into_tuple()
            .all(&self.0)
            .await?;
        Ok(rows.into_iter().map(|id| id.0).collect())
    }

    /// Which of these tokens, by their digests, were brought along before.
    pub async fn known_tokens(&self, hashes: &[[u8; 32]]) -> Result<HashSet<Vec<u8>>, StoreError> {
        let mut known = HashSet::new();
        for hashes in hashes.chunks(ROWS) {
            let rows: Vec<Vec<u8>> = imported_session::Entity::find()
                .select_only()
                .column(imported_session::Column::TokenHash)
                .filter(imported_session::Column::TokenHash.is_in(hashes.iter().map(|hash| hash.to_vec())))
                .into_tuple()
                .all(&self.0)
                .await?;
            known.extend(rows);
        }
        Ok(known)
    }

    /// Makes accounts, and notes in each one's log where it comes from.
    pub async fn add_users(&self, users: &[Profile], now: Timestamp) -> Result<(), StoreError> {
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
            disabled_at: Set(None),
            credentials_version: Set(0),
        });
        user::Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        let events = users.iter().map(|new| event::ActiveModel {
            at: Set(now.millis()),
            kind: Set(EventKind::UserCreated.as_str().to_owned()),
            user_id: Set(Some(new.id.into())),
            detail: Set(Some("import".to_owned())),
            ..Default::default()
        });
        event::Entity::insert_many(events).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Changes the profile of an account that is here, all but its address.
    pub async fn change_profile(&self, profile: &Profile) -> Result<(), StoreError> {
        user::Entity::update_many()
            .col_expr(user::Column::EmailVerified, Expr::value(profile.email_verified))
            .col_expr(user::Column::Name, Expr::value(profile.name.as_str()))
            .col_expr(user::Column::Image, Expr::value(profile.image.clone()))
            .col_expr(user::Column::UpdatedAt, Expr::value(profile.updated_at.millis()))
            .filter(user::Column::Id.eq(profile.id.as_str()))
            .exec(&self.0)
            .await?;
        Ok(())
    }

    /// Gives accounts that have none a password, by its hash.
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
        });
        credential::Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Replaces the hash of an account's password; `false` if it no longer is `seen`.
    pub async fn replace_password(
        &self,
        owner: UserId,
        seen: &str,
        hash: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let unchanged = credentials::lock_password(&self.0, owner, seen).await?;
        if unchanged {
            credentials::advance_version(&self.0, owner, None).await?;
            credentials::set_password(&self.0, owner, hash, now).await?;
        }
        Ok(unchanged)
    }

    /// Opens sessions.
    pub async fn add_sessions(&self, sessions: &[NewImportedSession]) -> Result<(), StoreError> {
        for rows in sessions.chunks(ROWS) {
            self.add_some_sessions(rows).await?;
        }
        Ok(())
    }

    async fn add_some_sessions(&self, sessions: &[NewImportedSession]) -> Result<(), StoreError> {
        let found_by = sessions.iter().map(|session| imported_session::ActiveModel {
            session_id: Set(session.new.session.id.uuid()),
            cookie_hash: Set(session.new.secret_hash.to_vec()),
            token_hash: Set(session.token_hash.to_vec()),
        });
        let found_by: Vec<_> = found_by.collect();
        let rows = sessions.iter().map(|session| session.new.row());
        session::Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        imported_session::Entity::insert_many(found_by).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Keeps everything brought in.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    /// Keeps nothing of it.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }
}
