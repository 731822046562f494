//! A signed-in user proves their identity again: the session keeps its tokens, and knows how and when.
//!
//! One transaction uses the proofs up and changes the session. Of concurrent requests with one proof, one succeeds.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Store, StoreError,
    credentials::{self, CredentialsVersion},
    entity::{
        session::{Column, Entity},
        user,
    },
    one_time,
    outbox::{self, LimitedMail},
    second_step::{self, SecondProof},
    transaction::Transaction,
};
use crate::domain::{LinkPurpose, SessionId, Timestamp, UserId, authentication::AuthMethods};

/// The proofs of one confirmation, to be used up.
#[derive(Debug)]
pub struct NewProof {
    /// The user.
    pub owner: UserId,
    /// The session that is confirmed. Other sessions stay as they are.
    pub session: SessionId,
    /// The methods.
    pub methods: AuthMethods,
    /// The version of the account's credentials when the password was verified. `None`: it does not matter.
    pub seen: Option<CredentialsVersion>,
    /// The SHA-256 of the secret of a code in a message.
    pub code: Option<[u8; 32]>,
    /// The second factor.
    pub second: Option<SecondProof>,
    /// The message that tells the user.
    pub notice: Option<LimitedMail>,
}

/// The result of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofResult {
    /// The session is confirmed.
    Stored,
    /// A proof is wrong, was used or has expired. Nothing was changed.
    Used,
    /// The session has ended, the account is disabled, or the credentials have changed. Nothing was changed.
    Ended,
}

impl Store {
    /// Uses the proofs up, and stores how and when the user of the session proved their identity.
    pub async fn reauthenticate(&self, proof: NewProof, now: Timestamp) -> Result<ProofResult, StoreError> {
        let NewProof { owner, session, methods, .. } = proof;
        let transaction = self.begin_write().await?;
        // Lock the account first, as all other transactions do.
        if !credentials::lock_account(&transaction, owner, proof.seen).await? {
            return Ok(ProofResult::Ended);
        }
        if let Some(digest) = &proof.code
            && !use_code(&transaction, owner, digest, now).await?
        {
            return Ok(ProofResult::Used);
        }
        if let Some(second) = &proof.second
            && !second_step::consume(&transaction, owner, second, now).await?
        {
            return Ok(ProofResult::Used);
        }
        let updated = Entity::update_many()
            .col_expr(Column::Amr, Expr::value(Some(methods.to_string())))
            .col_expr(Column::AuthTime, Expr::value(Some(now.millis())))
            .filter(Column::Id.eq(session.uuid()))
            .filter(Column::UserId.eq(owner.as_str()))
            .filter(Column::EndedAt.is_null())
            .filter(Column::IdleExpiresAt.gt(now.millis()))
            .exec(&transaction)
            .await?;
        if updated.rows_affected != 1 {
            return Ok(ProofResult::Ended);
        }
        if let Some(notice) = proof.notice {
            outbox::enqueue_within(&transaction, notice, now).await?;
        }
        transaction.commit().await?;
        self.cached.forget_sessions(&[session]);
        Ok(ProofResult::Stored)
    }
}

/// Uses a code up. `false` if it is not valid or not `owner`'s, or the address has changed since it was sent.
async fn use_code(transaction: &Transaction, owner: UserId, digest: &[u8; 32], now: Timestamp) -> Result<bool, DbErr> {
    let purpose = LinkPurpose::Confirm;
    let secret = one_time::find(transaction, purpose, digest).await?.filter(|secret| secret.user_id == owner);
    let account = user::Entity::find_by_id(owner).one(transaction).await?;
    let (Some(secret), Some(account)) = (secret, account) else { return Ok(false) };
    Ok(account.email_key == secret.payload && one_time::consume(transaction, purpose, digest, now).await?)
}
