//! Users.

use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, SqlErr, sea_query::Expr,
};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion, StoredPassword},
    entity::user::{self, Entity as Users},
    factors, former_addresses,
    outbox::{self, NewMail},
    passkeys,
    sessions::NewSession,
    user_events::{self, NewUserEvent},
};
use crate::domain::{
    Email, Name, Timestamp, UserId,
    passkey::FirstPasskey,
    user::{ImageChange, ProfileChange, User},
    user_event::UserEventKind,
};

/// The data of a new account.
#[derive(Debug)]
pub struct NewAccount {
    /// The user id.
    pub id: UserId,
    /// The address.
    pub email: Email,
    /// The name.
    pub name: Name,
    /// The address of a picture.
    pub image: Option<String>,
    /// How the user signs in.
    pub credential: FirstCredential,
}

/// The credential of a new account.
#[derive(Debug)]
pub enum FirstCredential {
    /// The hash of a password (a PHC string).
    Password(String),
    /// A passkey.
    Passkey(Box<FirstPasskey>),
}

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// Another account has this e-mail address, or has left it within the time of an undo.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// An account has this passkey.
    #[error("the passkey is registered")]
    PasskeyTaken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DbErr> for CreateAccountError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// A user and the data that verifies the password.
#[derive(Debug)]
pub struct PasswordLogin {
    /// The user.
    pub user: User,
    /// The password.
    pub password: StoredPassword,
    /// Whether the account is disabled.
    pub disabled: bool,
}

impl Store {
    /// Creates an account with its password or passkey, opens its first session and queues a message, in one transaction.
    pub async fn create_account(
        &self,
        account: NewAccount,
        session: Option<&NewSession>,
        mail: Option<NewMail>,
        now: Timestamp,
    ) -> Result<User, CreateAccountError> {
        let transaction = self.begin_write().await?;
        let row = user::ActiveModel {
            id: Set(account.id.into()),
            email: Set(account.email.as_str().to_owned()),
            email_key: Set(account.email.key().to_owned()),
            email_verified: Set(false),
            name: Set(account.name.as_str().to_owned()),
            image: Set(account.image),
            created_at: Set(now.millis()),
            updated_at: Set(now.millis()),
            last_sign_in_at: Set(session.map(|_| now.millis())),
            disabled_at: Set(None),
            credentials_version: Set(CredentialsVersion::FIRST.0),
        };
        let row = match row.insert(&transaction).await {
            Ok(row) => row,
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                return Err(CreateAccountError::EmailTaken);
            }
            Err(error) => return Err(error.into()),
        };
        if former_addresses::is_reserved(&transaction, &account.email, None, now).await? {
            return Err(CreateAccountError::EmailTaken);
        }
        match account.credential {
            FirstCredential::Password(hash) => {
                credentials::insert_password(&transaction, account.id, hash, now).await?;
            }
            FirstCredential::Passkey(first) => {
                passkeys::insert_handle(&transaction, account.id, first.handle).await?;
                if !passkeys::insert(&transaction, account.id, first.passkey, now).await? {
                    return Err(CreateAccountError::PasskeyTaken);
                }
            }
        }
        if let Some(session) = session {
            session.insert(&transaction).await?;
        }
        if let Some(mail) = mail {
            outbox::enqueue(&transaction, mail, now).await?;
        }
        let event = NewUserEvent::of_user(UserEventKind::Created, &row);
        user_events::append(&transaction, [event], now).await?;
        transaction.commit().await?;
        Ok(to_user(row, false))
    }

    /// The account with this address, for a password check.
    pub async fn password_login(&self, email: &Email) -> Result<Option<PasswordLogin>, StoreError> {
        let row = find_by_email(&self.db.read, email).await?;
        // Query for a dummy id if the address is unknown, so that response times do not reveal accounts.
        let dummy = || UserId::new(Timestamp::from_millis(0), [0; 10]);
        let id = row.as_ref().map_or_else(dummy, |row| row.id.0);
        let hash = self.password_hash(id).await?;
        let two_factor = factors::is_confirmed(&self.db.read, id).await?;
        Ok(row.zip(hash).map(|(row, hash)| PasswordLogin {
            disabled: row.disabled_at.is_some(),
            password: StoredPassword { hash, version: CredentialsVersion(row.credentials_version) },
            user: to_user(row, two_factor),
        }))
    }

    /// The profile of `owner`. `None` if the account does not exist or is disabled.
    pub async fn enabled_user(&self, owner: UserId) -> Result<Option<Arc<User>>, StoreError> {
        let users = &self.cached.users;
        if let Some(user) = users.get(&owner) {
            return Ok(Some(user));
        }
        let query = Users::find_by_id(owner).filter(user::Column::DisabledAt.is_null());
        let read = async {
            let Some(row) = query.one(&self.db.read).await? else { return Ok(None) };
            Ok(Some(to_user(row, factors::is_confirmed(&self.db.read, owner).await?)))
        };
        users.load(&owner, read).await
    }

    /// Changes `owner`'s profile. `None` if the account does not exist or is disabled.
    pub async fn change_profile(
        &self,
        owner: UserId,
        change: ProfileChange,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let mut update = Users::update_many()
            .filter(user::Column::Id.eq(owner.as_str()))
            .filter(user::Column::DisabledAt.is_null())
            .col_expr(user::Column::UpdatedAt, Expr::value(now.millis()));
        if let Some(name) = change.name {
            update = update.col_expr(user::Column::Name, Expr::value(name.as_str()));
        }
        if let Some(image) = change.image {
            let image = match image {
                ImageChange::Replace(image) => Some(image),
                ImageChange::Remove => None,
            };
            update = update.col_expr(user::Column::Image, Expr::value(image));
        }
        let transaction = self.begin_write().await?;
        if update.exec(&transaction).await?.rows_affected == 0 {
            return Ok(None);
        }
        let Some(row) = Users::find_by_id(owner).one(&transaction).await? else { return Ok(None) };
        let two_factor = factors::is_confirmed(&transaction, owner).await?;
        let event = NewUserEvent::of_user(UserEventKind::Updated, &row);
        user_events::append(&transaction, [event], now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        Ok(Some(to_user(row, two_factor)))
    }
}

/// Two accounts match if the key of an earlier version and the present key belong to different accounts. The address
/// was typed with the former key then, so that account is the one.
pub(super) async fn find_by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<user::Model>, DbErr> {
    let keys = [email.key(), email.former_key()];
    let rows = Users::find().filter(user::Column::EmailKey.is_in(keys)).all(db).await?;
    Ok(rows.into_iter().max_by_key(|row| row.email_key == email.former_key()))
}

pub(super) fn to_user(row: user::Model, two_factor: bool) -> User {
    User {
        id: row.id.0,
        email: row.email,
        email_verified: row.email_verified,
        // Earlier versions stored names with invisible characters.
        name: Name::cleaned(&row.name),
        image: row.image,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        last_sign_in_at: row.last_sign_in_at.map(Timestamp::from_millis),
        two_factor,
    }
}
