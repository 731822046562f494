//! The owner of a mailbox proves it: with a code or a link in a message.
//!
//! An attacker can create an account with the address of another person, and wait until that person proves it. So the
//! first proof outside of the account's own browser discards the password and the second factors, and ends all sessions
//! (GHSA-qq9h-g4jm-xgf3, CVE-2026-53516).

use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, SqlErr, sea_query::Expr};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::user::{self, Entity as Users},
    factors, former_addresses, one_time,
    session_ends::end_others,
    transaction::Transaction,
    user_events::{self, NewUserEvent},
    users::{find_by_email, to_user},
};
use crate::domain::{
    Email, LinkPurpose, Name, SessionId, Timestamp, UserId, session::EndReason, user::User, user_event::UserEventKind,
};

/// A secret from a message that signs in.
#[derive(Debug)]
pub struct MailboxProof {
    /// The SHA-256 of the one-time secret.
    pub digest: [u8; 32],
    /// The address that the message was sent to.
    pub email: Email,
    /// The account that the address had when the message was sent.
    pub user_id: Option<UserId>,
    /// The account to create if the address has none. `None`: sign-up is closed.
    pub new: Option<NewMailUser>,
}

/// A new account without a password.
#[derive(Clone, Debug)]
pub struct NewMailUser {
    /// The user id.
    pub id: UserId,
    /// The name. May be empty.
    pub name: Name,
    /// The address of a picture.
    pub image: Option<String>,
}

/// The user of a proven mailbox.
#[derive(Debug)]
pub struct ProvenUser {
    /// The user.
    pub user: User,
    /// The version of the account's credentials.
    pub version: CredentialsVersion,
    /// Whether the account was created.
    pub created: bool,
    /// Whether the address was not verified before.
    pub verified: bool,
    /// The sessions that ended.
    pub ended: Vec<SessionId>,
}

impl Store {
    /// Uses the secret up, and returns the account of the address, in one transaction: an existing one, discarding its
    /// password and sessions if its address was not verified, or a new one. `None` if the secret is not valid, or there
    /// is no account to sign in to.
    pub async fn prove_mailbox(&self, proof: MailboxProof, now: Timestamp) -> Result<Option<ProvenUser>, StoreError> {
        match self.try_prove_mailbox(&proof, now).await {
            // Another request has created the account just now.
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                Ok(self.try_prove_mailbox(&proof, now).await?)
            }
            proven => Ok(proven?),
        }
    }

    async fn try_prove_mailbox(&self, proof: &MailboxProof, now: Timestamp) -> Result<Option<ProvenUser>, DbErr> {
        let transaction = self.begin_write().await?;
        let existing = find_by_email(&transaction, &proof.email).await?;
        let proven = match existing {
            Some(row) => prove_account(&transaction, row, proof, now).await?,
            None => create(&transaction, proof, now).await?,
        };
        let Some((proven, events)) = proven else { return Ok(None) };
        user_events::append(&transaction, events, now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&proven.user.id);
        self.cached.forget_sessions(&proven.ended);
        Ok(Some(proven))
    }

    /// Uses the secret up and marks `owner`'s address as verified, outside of `owner`'s browser: discards the password
    /// and ends all sessions. `None` if the secret is not valid, the account is disabled or verified, or its address has
    /// changed since the message was sent. Otherwise the ended sessions.
    pub async fn claim_email(
        &self,
        owner: UserId,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let purpose = LinkPurpose::VerifyEmail;
        let transaction = self.begin_write().await?;
        let secret = one_time::find(&transaction, purpose, digest).await?.filter(|secret| secret.user_id == owner);
        let Some(secret) = secret else { return Ok(None) };
        let Some(row) = lock(&transaction, owner).await? else { return Ok(None) };
        let is_same = row.disabled_at.is_none() && !row.email_verified && row.email_key == secret.payload;
        if !is_same || !one_time::consume(&transaction, purpose, digest, now).await? {
            return Ok(None);
        }
        let (row, ended) = discard_unproven(&transaction, row, now).await?;
        let updated = NewUserEvent::of_user(UserEventKind::Updated, &row);
        let events = NewUserEvent::ended(owner, &ended, EndReason::PasswordChanged);
        user_events::append(&transaction, [updated].into_iter().chain(events), now).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&ended);
        Ok(Some(ended))
    }
}

type Proven = Option<(ProvenUser, Vec<NewUserEvent>)>;

async fn prove_account(
    transaction: &Transaction,
    row: user::Model,
    proof: &MailboxProof,
    now: Timestamp,
) -> Result<Proven, DbErr> {
    let owner = row.id.0;
    let is_same = |row: &user::Model| {
        row.disabled_at.is_none()
            // Another spelling of the address could be another mailbox.
            && row.email == proof.email.as_str()
            && proof.user_id.is_none_or(|user| user == row.id.0)
    };
    if !is_same(&row) {
        return Ok(None);
    }
    if row.email_verified {
        if !one_time::consume(transaction, LinkPurpose::SignIn, &proof.digest, now).await? {
            return Ok(None);
        }
        let version = CredentialsVersion(row.credentials_version);
        let user = to_user(row, factors::is_confirmed(transaction, owner).await?);
        return Ok(Some((
            ProvenUser { user, version, created: false, verified: false, ended: Vec::new() },
            Vec::new(),
        )));
    }
    // Lock the account first, as all other transactions do.
    let Some(row) = lock(transaction, owner).await?.filter(is_same) else { return Ok(None) };
    if !one_time::consume(transaction, LinkPurpose::SignIn, &proof.digest, now).await? {
        return Ok(None);
    }
    let (row, ended) = discard_unproven(transaction, row, now).await?;
    let mut events = vec![NewUserEvent::of_user(UserEventKind::Updated, &row)];
    events.extend(NewUserEvent::ended(owner, &ended, EndReason::PasswordChanged));
    let version = CredentialsVersion(row.credentials_version);
    Ok(Some((ProvenUser { user: to_user(row, false), version, created: false, verified: true, ended }, events)))
}

async fn create(transaction: &Transaction, proof: &MailboxProof, now: Timestamp) -> Result<Proven, DbErr> {
    let Some(new) = proof.new.clone().filter(|_| proof.user_id.is_none()) else { return Ok(None) };
    // First, so that of concurrent uses one creates the account.
    if !one_time::consume(transaction, LinkPurpose::SignIn, &proof.digest, now).await? {
        return Ok(None);
    }
    let row = user::ActiveModel {
        id: Set(new.id.into()),
        email: Set(proof.email.as_str().to_owned()),
        email_key: Set(proof.email.key().to_owned()),
        email_verified: Set(true),
        name: Set(new.name.as_str().to_owned()),
        image: Set(new.image),
        created_at: Set(now.millis()),
        updated_at: Set(now.millis()),
        last_sign_in_at: Set(None),
        disabled_at: Set(None),
        credentials_version: Set(CredentialsVersion::FIRST.0),
    };
    let row = row.insert(transaction).await?;
    if former_addresses::is_reserved(transaction, &proof.email, None, now).await? {
        return Ok(None);
    }
    let events = vec![NewUserEvent::of_user(UserEventKind::Created, &row)];
    let version = CredentialsVersion(row.credentials_version);
    let proven = ProvenUser { user: to_user(row, false), version, created: true, verified: false, ended: Vec::new() };
    Ok(Some((proven, events)))
}

/// The account, locked until the transaction ends. Advances the version of the credentials.
async fn lock(transaction: &Transaction, owner: UserId) -> Result<Option<user::Model>, DbErr> {
    if !credentials::advance_version(transaction, owner, None).await? {
        return Ok(None);
    }
    Users::find_by_id(owner).one(transaction).await
}

/// Discards what another person could have set before the address was verified, and marks it as verified.
async fn discard_unproven(
    transaction: &Transaction,
    row: user::Model,
    now: Timestamp,
) -> Result<(user::Model, Vec<SessionId>), DbErr> {
    let owner = row.id.0;
    credentials::delete_all(transaction, owner).await?;
    factors::delete_all(transaction, owner).await?;
    let ended = end_others(transaction, owner, None, EndReason::PasswordChanged, now).await?;
    Users::update_many()
        .col_expr(user::Column::EmailVerified, Expr::value(true))
        .col_expr(user::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(user::Column::Id.eq(owner.as_str()))
        .exec(transaction)
        .await?;
    Ok((user::Model { email_verified: true, updated_at: now.millis(), ..row }, ended))
}
