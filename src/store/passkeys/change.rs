//! Adding and removing a passkey.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{Column, Entity, Handles, find, insert, of, to_passkey};
use crate::{
    domain::{
        PasskeyId, Timestamp, UserId,
        passkey::{MAX_PASSKEYS, NewPasskey, Passkey},
    },
    store::{
        Store, StoreError,
        credentials::{self, CredentialsVersion},
        entity::user::Entity as Users,
        factors,
        outbox::{self, LimitedMail},
        transaction::Transaction,
    },
};

/// A new passkey of an account.
#[derive(Debug)]
pub struct AddPasskey {
    /// The user.
    pub owner: UserId,
    /// The passkey.
    pub new: NewPasskey,
    /// The handle by which the authenticator names the user.
    pub handle: Uuid,
    /// The version of the account's credentials when the ceremony began.
    pub version: CredentialsVersion,
    /// The message that tells the user.
    pub notice: Option<LimitedMail>,
}

/// The result of adding a passkey.
#[derive(Debug)]
pub enum PasskeyAdded {
    /// The passkey was added.
    Added(Box<Passkey>),
    /// An account has this passkey.
    Duplicate,
    /// The account has [`MAX_PASSKEYS`].
    TooMany,
    /// The account is gone, or its credentials have changed since the ceremony began.
    Gone,
}

/// The removal of a passkey.
#[derive(Debug)]
pub struct RemovePasskey {
    /// The user.
    pub owner: UserId,
    /// The passkey.
    pub id: PasskeyId,
    /// Whether a user with a verified address can sign in by mail.
    pub mail_signs_in: bool,
    /// The message that tells the user.
    pub notice: Option<LimitedMail>,
}

/// The result of a removal.
#[derive(Debug)]
pub enum PasskeyRemoved {
    /// The passkey was removed.
    Removed,
    /// The account has no such passkey.
    NotFound,
    /// The account has no other way to sign in.
    LastWayIn,
}

impl Store {
    /// Adds a passkey, and queues the notice, in one transaction.
    pub async fn add_passkey(&self, add: AddPasskey, now: Timestamp) -> Result<PasskeyAdded, StoreError> {
        let owner = add.owner;
        let transaction = self.begin_write().await?;
        if !factors::advance(&transaction, owner, Some(add.version)).await? {
            return Ok(PasskeyAdded::Gone);
        }
        // The handle is replaced when another person proves to own the address.
        let handle = Handles::find_by_id(owner).one(&transaction).await?;
        if handle.is_none_or(|row| row.handle != add.handle) {
            return Ok(PasskeyAdded::Gone);
        }
        if count(&transaction, owner).await? >= MAX_PASSKEYS as u64 {
            return Ok(PasskeyAdded::TooMany);
        }
        let credential_id = add.new.credential_id.clone();
        if !insert(&transaction, owner, add.new, now).await? {
            return Ok(PasskeyAdded::Duplicate);
        }
        let Some(row) = find(&transaction, &credential_id).await? else { return Ok(PasskeyAdded::Gone) };
        if let Some(notice) = add.notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(PasskeyAdded::Added(Box::new(to_passkey(row))))
    }

    /// Removes a passkey, unless it is the last way to sign in, and queues the notice, in one transaction.
    pub async fn remove_passkey(&self, remove: RemovePasskey, now: Timestamp) -> Result<PasskeyRemoved, StoreError> {
        let RemovePasskey { owner, id, mail_signs_in, notice } = remove;
        let transaction = self.begin_write().await?;
        // Lock the account first, so that of two removals at the same time one sees the other.
        if !factors::advance(&transaction, owner, None).await? {
            return Ok(PasskeyRemoved::NotFound);
        }
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(owner.as_str()))
            .exec(&transaction)
            .await?;
        if deleted.rows_affected == 0 {
            return Ok(PasskeyRemoved::NotFound);
        }
        if !can_sign_in(&transaction, owner, mail_signs_in).await? {
            return Ok(PasskeyRemoved::LastWayIn);
        }
        if let Some(notice) = notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(PasskeyRemoved::Removed)
    }
}

/// Whether a way to sign in remains. What was deleted is restored if not: the caller drops the transaction.
async fn can_sign_in(transaction: &Transaction, owner: UserId, mail_signs_in: bool) -> Result<bool, DbErr> {
    if credentials::has_password(transaction, owner).await? || count(transaction, owner).await? > 0 {
        return Ok(true);
    }
    let account = Users::find_by_id(owner).one(transaction).await?;
    Ok(mail_signs_in && account.is_some_and(|account| account.email_verified))
}

async fn count(transaction: &Transaction, owner: UserId) -> Result<u64, DbErr> {
    of(owner).count(transaction).await
}
