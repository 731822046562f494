//! Codes in messages, and the one-time secrets of sign-ins. A row contains neither the code nor the address: only a tag
//! of each, and sealed data.
//!
//! A code is short. It is bound to the browser that asked for it, and five wrong ones use it up.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};
use subtle::ConstantTimeEq;

use super::{
    Store, StoreError,
    entity::one_time_secret::{Column, Entity, Model},
    one_time::{self, NewOneTimeSecret},
};
use crate::domain::{LinkPurpose, MailId, Timestamp, UserId};

/// The most wrong codes before a code is used up.
const MAX_WRONG: i32 = 5;

/// A code, and the browser that asked for it.
#[derive(Debug)]
pub struct NewCode {
    /// The SHA-256 of the browser's secret.
    pub browser: [u8; 32],
    /// The tag of the code. `None`: the message has a link only.
    pub tag: Option<[u8; 32]>,
}

/// A new secret that signs in the owner of an address, with or without an account.
#[derive(Debug)]
pub struct NewSignInSecret {
    /// The message with the secret.
    pub mail: MailId,
    /// The tag of the address.
    pub address: String,
    /// The account of the address.
    pub user_id: Option<UserId>,
    /// The SHA-256 of the secret of the link.
    pub digest: [u8; 32],
    /// The sealed data of the sign-in.
    pub payload: String,
    /// The code.
    pub code: NewCode,
    /// When the message was requested.
    pub requested_at: Timestamp,
    /// When the secret expires.
    pub expires_at: Timestamp,
}

/// A stored secret with a code, or of a sign-in.
#[derive(Clone, Debug)]
pub struct StoredCode {
    /// The message with the secret.
    pub mail: MailId,
    /// The account. `None`: the address had none.
    pub user_id: Option<UserId>,
    /// The SHA-256 of the secret of the link. Uses both up.
    pub digest: [u8; 32],
    /// The data of the purpose.
    pub payload: String,
    /// The SHA-256 of the secret of the browser that asked for the message.
    pub browser: [u8; 32],
    /// When the secret expires.
    pub expires_at: Timestamp,
    /// Whether the secret was used.
    pub is_used: bool,
}

/// What a code is tried on.
#[derive(Clone, Copy, Debug)]
pub struct CodeTarget<'a> {
    /// What the code authorizes.
    pub purpose: LinkPurpose,
    /// The user's id, or for a sign-in the tag of the address.
    pub owner: &'a str,
    /// The SHA-256 of the browser's secret.
    pub browser: &'a [u8; 32],
}

/// The result of a try.
#[derive(Clone, Debug)]
pub enum TriedCode {
    /// The code is right. It stays usable.
    Right(StoredCode),
    /// The code is wrong, and the try was counted.
    Wrong,
    /// The code has had five wrong tries, and is used up now.
    Exhausted,
    /// There is no code, or not any more.
    Gone,
}

impl Store {
    /// As [`issue_one_time_secret`](Self::issue_one_time_secret), with a code.
    pub async fn issue_code(&self, new: NewOneTimeSecret, code: NewCode) -> Result<bool, StoreError> {
        Ok(one_time::issue(&self.db.write, with_code(one_time::to_row(new), code)).await?)
    }

    /// Stores the secret of a sign-in instead of the older one for the same address. `false` if it was used already, or
    /// a message that was requested later has replaced it.
    pub async fn issue_sign_in(&self, new: NewSignInSecret) -> Result<bool, StoreError> {
        let row = Model {
            id: new.mail.uuid(),
            purpose: LinkPurpose::SignIn.as_str().to_owned(),
            owner: new.address,
            user_id: new.user_id.map(Into::into),
            digest: new.digest.to_vec(),
            payload: new.payload,
            browser: None,
            code: None,
            attempts: 0,
            requested_at: new.requested_at.millis(),
            expires_at: new.expires_at.millis(),
            used_at: None,
        };
        Ok(one_time::issue(&self.db.write, with_code(row, new.code)).await?)
    }

    /// The secret of a sign-in, used and expired ones included.
    pub async fn sign_in_secret(&self, digest: &[u8; 32]) -> Result<Option<StoredCode>, StoreError> {
        let query = Entity::find()
            .filter(Column::Digest.eq(digest.to_vec()))
            .filter(Column::Purpose.eq(LinkPurpose::SignIn.as_str()));
        Ok(query.one(&self.db.read).await?.and_then(to_stored))
    }

    /// The code that this browser asked for, used and expired ones included. Tries none.
    pub async fn code(&self, target: CodeTarget<'_>) -> Result<Option<StoredCode>, StoreError> {
        let row = select(target).filter(Column::Code.is_not_null()).one(&self.db.read).await?;
        Ok(row.and_then(to_stored))
    }

    /// Compares a code with the stored one. Parallel tries are counted one by one.
    pub async fn try_code(
        &self,
        target: CodeTarget<'_>,
        tag: &[u8; 32],
        now: Timestamp,
    ) -> Result<TriedCode, StoreError> {
        let transaction = self.begin_write().await?;
        // SQLite has one writer, and no row locks.
        let live = select(target)
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .lock_exclusive()
            .one(&transaction)
            .await?;
        let Some((row, code)) = live.and_then(|row| Some((row.clone(), row.code?))) else { return Ok(TriedCode::Gone) };
        let (update, tried) = if row.attempts >= MAX_WRONG {
            (Entity::update_many().col_expr(Column::UsedAt, Expr::value(now.millis())), TriedCode::Exhausted)
        } else if code.ct_eq(tag.as_slice()).into() {
            return Ok(to_stored(row).map_or(TriedCode::Gone, TriedCode::Right));
        } else {
            (Entity::update_many().col_expr(Column::Attempts, Expr::value(row.attempts + 1)), TriedCode::Wrong)
        };
        update.filter(Column::Id.eq(row.id)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(tried)
    }
}

fn select(target: CodeTarget<'_>) -> Select<Entity> {
    Entity::find()
        .filter(Column::Owner.eq(target.owner))
        .filter(Column::Purpose.eq(target.purpose.as_str()))
        .filter(Column::Browser.eq(target.browser.to_vec()))
}

fn with_code(row: Model, code: NewCode) -> Model {
    Model { browser: Some(code.browser.to_vec()), code: code.tag.map(|tag| tag.to_vec()), ..row }
}

/// `None`: the row has no browser.
fn to_stored(row: Model) -> Option<StoredCode> {
    Some(StoredCode {
        mail: MailId::from_uuid(row.id),
        user_id: row.user_id.map(|user| user.0),
        digest: row.digest.try_into().ok()?,
        payload: row.payload,
        browser: row.browser?.try_into().ok()?,
        expires_at: Timestamp::from_millis(row.expires_at),
        is_used: row.used_at.is_some(),
    })
}
