//! Passkeys: WebAuthn credentials, and the random handles by which they name their users.
//!
//! A change advances the version of the credentials, as other [changes of factors](super::factors) do. A unique index
//! decides that a credential id belongs to one passkey of one account.

mod change;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    Set, SqlErr,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::{
        passkey::{ActiveModel, Column, Entity, Model},
        passkey_handle::{self, Entity as Handles},
        user::Entity as Users,
    },
    factors,
    outbox::LimitedMail,
    sessions::{self, NewSession},
    transaction::Transaction,
    users::to_user,
};
use crate::domain::{
    PasskeyId, PasskeyName, SessionId, Timestamp, UserId,
    passkey::{NewPasskey, Passkey},
    user::User,
};

pub use change::{AddPasskey, PasskeyAdded, PasskeyRemoved, RemovePasskey};

/// A passkey and its user, for a sign-in.
#[derive(Debug)]
pub struct PasskeyLogin {
    /// The passkey.
    pub passkey: Passkey,
    /// The handle by which the authenticator names the user. `None`: not known, because the passkey was imported.
    pub handle: Option<Uuid>,
    /// The user.
    pub user: User,
    /// The version of the account's credentials.
    pub version: CredentialsVersion,
    /// Whether the account is disabled.
    pub disabled: bool,
}

/// A verified use of a passkey, to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyUse {
    /// The passkey.
    pub id: PasskeyId,
    /// The signature counter.
    pub counter: u32,
    /// Whether the passkey is backed up.
    pub backed_up: bool,
}

impl Store {
    /// The passkeys of `owner`, the oldest first.
    pub async fn passkeys(&self, owner: UserId) -> Result<Vec<Passkey>, StoreError> {
        let rows = of(owner).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&self.db.read).await?;
        Ok(rows.into_iter().map(to_passkey).collect())
    }

    /// Whether a user has a passkey.
    pub async fn owns_passkey(&self, owner: UserId) -> Result<bool, StoreError> {
        Ok(exist(&self.db.read, owner).await?)
    }

    /// The user of a passkey.
    pub async fn passkey_owner(&self, id: PasskeyId) -> Result<Option<UserId>, StoreError> {
        Ok(Entity::find_by_id(id.uuid()).one(&self.db.read).await?.map(|row| row.user_id.0))
    }

    /// Whether an account has a passkey with this credential id.
    pub async fn has_passkey(&self, credential_id: &[u8]) -> Result<bool, StoreError> {
        Ok(find(&self.db.read, credential_id).await?.is_some())
    }

    /// The passkey with this credential id, and its user. The caller verifies a signature.
    pub async fn passkey_login(&self, credential_id: &[u8]) -> Result<Option<PasskeyLogin>, StoreError> {
        let db = &self.db.read;
        let Some(row) = find(db, credential_id).await? else { return Ok(None) };
        let owner = row.user_id.0;
        let Some(account) = Users::find_by_id(owner).one(db).await? else { return Ok(None) };
        let handle = if row.handle_known {
            // Without a handle, no response names the user.
            Some(Handles::find_by_id(owner).one(db).await?.map_or_else(Uuid::nil, |row| row.handle))
        } else {
            None
        };
        let two_factor = factors::is_confirmed(db, owner).await?;
        Ok(Some(PasskeyLogin {
            passkey: to_passkey(row),
            handle,
            version: CredentialsVersion(account.credentials_version),
            disabled: account.disabled_at.is_some(),
            user: to_user(account, two_factor),
        }))
    }

    /// The handle by which authenticators name `owner`. `None`: `owner` has never begun to add a passkey.
    pub async fn passkey_handle(&self, owner: UserId) -> Result<Option<Uuid>, StoreError> {
        Ok(Handles::find_by_id(owner).one(&self.db.read).await?.map(|row| row.handle))
    }

    /// The handle by which authenticators name `owner`, which is `new` if there was none, and the version of the
    /// credentials. `None`: the account is gone.
    pub async fn passkey_enrolment(
        &self,
        owner: UserId,
        new: Uuid,
    ) -> Result<Option<(Uuid, CredentialsVersion)>, StoreError> {
        let Some(account) = Users::find_by_id(owner).one(&self.db.read).await? else { return Ok(None) };
        let version = CredentialsVersion(account.credentials_version);
        if let Some(handle) = self.passkey_handle(owner).await? {
            return Ok(Some((handle, version)));
        }
        insert_handle(&self.db.write, owner, new).await?;
        // Another request may have been faster.
        let row = Handles::find_by_id(owner).one(&self.db.write).await?;
        Ok(row.map(|row| (row.handle, version)))
    }

    /// Renames a passkey of `owner`. `None`: `owner` has no such passkey.
    pub async fn rename_passkey(
        &self,
        owner: UserId,
        id: PasskeyId,
        name: &PasskeyName,
    ) -> Result<Option<Passkey>, StoreError> {
        let renamed = Entity::update_many()
            .col_expr(Column::Name, Expr::value(name.as_str()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(owner.as_str()))
            .exec(&self.db.write)
            .await?;
        if renamed.rows_affected == 0 {
            return Ok(None);
        }
        let row = of(owner).filter(Column::Id.eq(id.uuid())).one(&self.db.write).await?;
        Ok(row.map(to_passkey))
    }

    /// As [`open_session`](Self::open_session), and records the use of the passkey in the same transaction. `None` too if
    /// the passkey is gone, or its counter has grown meanwhile.
    pub async fn open_session_with_passkey(
        &self,
        new: &NewSession,
        version: CredentialsVersion,
        used: PasskeyUse,
        notice: Option<LimitedMail>,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let (owner, now) = (new.session.user_id, new.session.created_at);
        let transaction = self.begin_write().await?;
        if !credentials::record_sign_in(&transaction, owner, version, now).await?
            || !record_use(&transaction, owner, used, now).await?
        {
            return Ok(None);
        }
        let surplus = sessions::open_within(&transaction, new, notice).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&surplus);
        Ok(Some(surplus))
    }
}

/// Records a verified use. `false` if the passkey is gone, or its counter has grown meanwhile: one conditional update
/// decides, so that of two copies of a response one is accepted.
pub(super) async fn record_use(
    transaction: &Transaction,
    owner: UserId,
    used: PasskeyUse,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let counter = i64::from(used.counter);
    let mut has_grown = Condition::any().add(Column::Counter.lt(counter));
    if counter == 0 {
        // The authenticator has no counter.
        has_grown = has_grown.add(Column::Counter.eq(0));
    }
    let updated = Entity::update_many()
        .col_expr(Column::Counter, Expr::value(counter))
        .col_expr(Column::BackedUp, Expr::value(used.backed_up))
        .col_expr(Column::LastUsedAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(used.id.uuid()))
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(has_grown)
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Stores a passkey. `false` if an account has one with the same credential id.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    owner: UserId,
    new: NewPasskey,
    now: Timestamp,
) -> Result<bool, DbErr> {
    match Entity::insert(row(owner, new, now)).exec_without_returning(db).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A passkey as it is stored.
pub(super) fn row(owner: UserId, new: NewPasskey, created_at: Timestamp) -> ActiveModel {
    ActiveModel {
        id: Set(new.id.uuid()),
        user_id: Set(owner.into()),
        credential_id: Set(new.credential_id),
        public_key: Set(new.public_key),
        counter: Set(new.counter.into()),
        backup_eligible: Set(new.is_synced),
        backed_up: Set(new.backed_up),
        transports: Set(new.transports.join(",")),
        aaguid: Set(new.aaguid),
        name: Set(new.name.as_str().to_owned()),
        handle_known: Set(new.handle_known),
        created_at: Set(created_at.millis()),
        last_used_at: Set(None),
    }
}

/// Stores the handle of a user, unless there is one.
pub(super) async fn insert_handle(db: &impl ConnectionTrait, owner: UserId, handle: Uuid) -> Result<(), DbErr> {
    let keep = OnConflict::column(passkey_handle::Column::UserId).do_nothing().to_owned();
    let row = passkey_handle::Model { user_id: owner.into(), handle };
    let row = passkey_handle::ActiveModel::from(row).reset_all();
    match Handles::insert_many([row]).on_conflict(keep).exec_without_returning(db).await {
        Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Deletes the passkeys of a user. The authenticators keep the handle.
pub(super) async fn delete_all(transaction: &Transaction, owner: UserId) -> Result<u64, DbErr> {
    let deleted = Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).exec(transaction).await?;
    Ok(deleted.rows_affected)
}

/// Deletes the passkeys that a user has added at `since` or later. Returns their number.
pub(super) async fn delete_added_since(
    transaction: &Transaction,
    owner: UserId,
    since: Timestamp,
) -> Result<u64, DbErr> {
    let added =
        Entity::delete_many().filter(Column::UserId.eq(owner.as_str())).filter(Column::CreatedAt.gte(since.millis()));
    Ok(added.exec(transaction).await?.rows_affected)
}

/// Whether a user has a passkey.
pub(super) async fn exist(db: &impl ConnectionTrait, owner: UserId) -> Result<bool, DbErr> {
    Ok(of(owner).one(db).await?.is_some())
}

/// Deletes the passkeys of a user, and the handle.
pub(super) async fn delete_all_and_handle(transaction: &Transaction, owner: UserId) -> Result<(), DbErr> {
    delete_all(transaction, owner).await?;
    Handles::delete_by_id(owner).exec(transaction).await?;
    Ok(())
}

fn of(owner: UserId) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(owner.as_str()))
}

async fn find(db: &impl ConnectionTrait, credential_id: &[u8]) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::CredentialId.eq(credential_id.to_vec())).one(db).await
}

fn to_passkey(row: Model) -> Passkey {
    Passkey {
        id: PasskeyId::from_uuid(row.id),
        user_id: row.user_id.0,
        name: PasskeyName::cleaned(&row.name),
        credential_id: row.credential_id,
        public_key: row.public_key,
        // An impossible value accepts no response.
        counter: u32::try_from(row.counter).unwrap_or(u32::MAX),
        is_synced: row.backup_eligible,
        backed_up: row.backed_up,
        transports: row.transports.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        aaguid: row.aaguid,
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    }
}
