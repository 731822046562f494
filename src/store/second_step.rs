//! Sign-ins that wait for the second factor: one-time secrets, of which a user can have several.
//!
//! One transaction uses the secret and the second factor up and opens the session. Of concurrent requests, one succeeds.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::one_time_secret::{ActiveModel, Column, Entity, Model},
    factors, one_time,
    outbox::LimitedMail,
    passkeys::{self, PasskeyUse},
    recovery_codes,
    sessions::{self, NewSession},
    transaction::Transaction,
    trusted_devices::{self, NewTrustedDevice},
};
use crate::domain::{LinkPurpose, MailId, SessionId, Timestamp, UserId, authentication::AuthMethods};

/// The most wrong codes of one sign-in.
pub const MAX_ATTEMPTS: i32 = 5;

const PURPOSE: LinkPurpose = LinkPurpose::SecondStep;

/// A sign-in after its first factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstStep {
    /// The user.
    pub user_id: UserId,
    /// The methods so far.
    pub methods: AuthMethods,
    /// Whether the session will outlive the browser.
    pub remember: bool,
    /// The version of the account's credentials when the first factor was verified.
    pub version: CredentialsVersion,
}

/// A stored sign-in that waits for the second factor.
#[derive(Clone, Copy, Debug)]
pub struct PendingStep {
    /// The sign-in.
    pub first: FirstStep,
    /// Wrong codes so far.
    pub attempts: i32,
}

/// A verified second factor, to be used up.
#[derive(Debug)]
pub enum SecondProof {
    /// The code of a step.
    Totp(i64),
    /// The recovery code with this hash.
    RecoveryCode(String),
    /// A response of a passkey.
    Passkey(PasskeyUse),
}

/// The completion of a sign-in.
#[derive(Debug)]
pub struct SecondStep<'a> {
    /// The SHA-256 of the secret of the sign-in.
    pub digest: [u8; 32],
    /// The version of the account's credentials when the first factor was verified.
    pub version: CredentialsVersion,
    /// The second factor.
    pub proof: SecondProof,
    /// The session to open.
    pub session: &'a NewSession,
    /// The device that needs no second factor from now on.
    pub trusted: Option<NewTrustedDevice>,
    /// The messages that tell the user.
    pub notices: Vec<LimitedMail>,
}

/// The result of a completion.
#[derive(Debug)]
pub enum SecondStepResult {
    /// The session is open. The sessions that ended because the user had too many.
    Opened(Vec<SessionId>),
    /// The second factor was used before. The sign-in still waits.
    Used,
    /// The sign-in was completed, has expired, or the credentials have changed.
    Ended,
}

/// The text in the database.
#[derive(Serialize, Deserialize)]
struct Payload {
    methods: String,
    remember: bool,
    version: i64,
}

impl Store {
    /// Stores a sign-in that waits for the second factor.
    pub async fn begin_second_step(
        &self,
        id: MailId,
        digest: &[u8; 32],
        first: FirstStep,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let FirstStep { user_id, methods, remember, version } = first;
        let payload = Payload { methods: methods.to_string(), remember, version: version.0 };
        let payload = serde_json::to_string(&payload).map_err(|error| DbErr::Custom(error.to_string()))?;
        let row = Model {
            id: id.uuid(),
            purpose: PURPOSE.as_str().to_owned(),
            // Its own: another device of the user can sign in at the same time.
            owner: format!("{} {id}", PURPOSE.as_str()),
            user_id: Some(user_id.into()),
            digest: digest.to_vec(),
            payload,
            browser: None,
            code: None,
            attempts: 0,
            requested_at: now.millis(),
            expires_at: expires_at.millis(),
            used_at: None,
        };
        Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(&self.db.write).await?;
        Ok(())
    }

    /// The sign-in with this secret. `None`: it was completed, has expired, or never existed.
    pub async fn pending_step(&self, digest: &[u8; 32], now: Timestamp) -> Result<Option<PendingStep>, StoreError> {
        let row = Entity::find()
            .filter(Column::Digest.eq(digest.to_vec()))
            .filter(Column::Purpose.eq(PURPOSE.as_str()))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .one(&self.db.read)
            .await?;
        Ok(row.and_then(to_pending))
    }

    /// Counts an attempt as wrong, in advance. `false` if there were [`MAX_ATTEMPTS`], or the sign-in no longer waits.
    /// Parallel attempts are counted one by one.
    pub async fn count_second_step(&self, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Digest.eq(digest.to_vec()))
            .filter(Column::Purpose.eq(PURPOSE.as_str()))
            .filter(Column::Attempts.lt(MAX_ATTEMPTS))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.db.write)
            .await?;
        Ok(updated.rows_affected == 1)
    }

    /// Uses a second factor of `owner` up. `false` if it was used before.
    pub async fn use_second_factor(
        &self,
        owner: UserId,
        proof: &SecondProof,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        let used = consume(&transaction, owner, proof, now).await?;
        transaction.commit().await?;
        Ok(used)
    }

    /// Uses the sign-in and the second factor up, opens the session and queues the notices, in one transaction.
    pub async fn complete_second_step(
        &self,
        step: SecondStep<'_>,
        now: Timestamp,
    ) -> Result<SecondStepResult, StoreError> {
        let owner = step.session.session.user_id;
        let transaction = self.begin_write().await?;
        // Lock the account first, as all other transactions do.
        if !credentials::record_sign_in(&transaction, owner, step.version, now).await?
            || !one_time::consume(&transaction, PURPOSE, &step.digest, now).await?
        {
            return Ok(SecondStepResult::Ended);
        }
        if !consume(&transaction, owner, &step.proof, now).await? {
            return Ok(SecondStepResult::Used);
        }
        if let Some(device) = step.trusted {
            trusted_devices::insert(&transaction, owner, step.version, device, now).await?;
        }
        let surplus = sessions::open_within(&transaction, step.session, step.notices).await?;
        transaction.commit().await?;
        self.cached.users.forget(&owner);
        self.cached.forget_sessions(&surplus);
        Ok(SecondStepResult::Opened(surplus))
    }
}

/// `false` if the second factor was used before.
pub(super) async fn consume(
    transaction: &Transaction,
    owner: UserId,
    proof: &SecondProof,
    now: Timestamp,
) -> Result<bool, DbErr> {
    match proof {
        SecondProof::Totp(step) => factors::accept_step(transaction, owner, *step).await,
        SecondProof::RecoveryCode(hash) => recovery_codes::consume(transaction, owner, hash, now).await,
        SecondProof::Passkey(used) => passkeys::record_use(transaction, owner, *used, now).await,
    }
}

/// `None`: the row is not readable.
fn to_pending(row: Model) -> Option<PendingStep> {
    let Payload { methods, remember, version } = serde_json::from_str(&row.payload).ok()?;
    let first = FirstStep {
        user_id: row.user_id?.0,
        methods: methods.parse().ok()?,
        remember,
        version: CredentialsVersion(version),
    };
    Some(PendingStep { first, attempts: row.attempts })
}
