//! Messages with a code: asking for them, and checking the code.
//!
//! A code has six digits. It is accepted from the browser that asked for it only, for ten minutes, with five attempts.
//! The attempts on one address are counted in the database too, so that another code gives no further ones.

use std::sync::Arc;

use super::{
    audit::{Audit, EventDetail, Subject},
    error::{InternalError, Interrupted, interruptible},
    requester::Requester,
    throttle::{AttemptTarget, Purpose, Throttle},
};
use crate::{
    clock::Clock,
    domain::{Email, LinkPurpose, UserId, email::InvalidEmail, event::EventKind},
    mail::{Letter, Outbox, codes::Code, links::Links, outbox::QueueError},
    store::{
        Store, StoreError,
        codes::{CodeTarget, StoredCode, TriedCode},
        outbox::MailLimit,
    },
};

/// The most messages of one kind for one address. A request beyond is answered like any other, and sends nothing.
const LIMIT: MailLimit = MailLimit { per_hour: 5, per_day: 15 };

/// Sends and checks codes.
pub struct Codes {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) links: Arc<Links>,
    /// Whether an address without an account gets one at its first sign-in.
    pub(super) creates: bool,
}

/// A code as it is presented.
#[derive(Clone, Copy, Debug)]
pub struct PresentedCode<'a> {
    /// The address that the message was for.
    pub email: &'a str,
    /// The digits.
    pub code: &'a str,
    /// The SHA-256 of the secret of the browser that asked for the message. `None`: it asked for none.
    pub browser: Option<[u8; 32]>,
}

/// Why no message was requested.
#[derive(Debug, thiserror::Error)]
pub enum RequestCodeError {
    /// The text is not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The request was not accepted.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// Why a code was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The code is wrong, was used, was replaced by a newer one, or belongs to another browser.
    #[error("the code is not valid")]
    Invalid,
    /// The code has expired.
    #[error("the code has expired")]
    Expired,
    /// The code had too many wrong attempts, and is used up.
    #[error("the code had too many wrong attempts")]
    Exhausted,
    /// The code was not checked.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(RequestCodeError: InternalError, StoreError);
interruptible!(CodeError: InternalError, StoreError);

impl Codes {
    /// Queues a message. The work is the same whether or not the address has an account: the outbox decides that later
    /// (ASVS 6.3.8).
    pub(super) async fn request(
        &self,
        email: &Email,
        letter: impl FnOnce(String) -> Letter,
        requester: &Requester,
    ) -> Result<(), RequestCodeError> {
        let admitted = self.throttle.check_network(Purpose::Mail, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let internal = |error: QueueError| InternalError::Failed(error.to_string());
        let mail = self.outbox.seal(&letter(email.as_str().to_owned())).map_err(internal)?;
        self.store.request_mail(mail, LIMIT, self.clock.now()).await?;
        Ok(())
    }

    /// Checks a code without using it up, except for a wrong one. Returns its secret.
    pub async fn check(
        &self,
        purpose: LinkPurpose,
        presented: PresentedCode<'_>,
        requester: &Requester,
    ) -> Result<StoredCode, CodeError> {
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let Ok(email) = Email::presented(presented.email) else { return Err(CodeError::Invalid) };
        let browser = presented.browser.ok_or(CodeError::Invalid)?;
        let owner = self.owner(purpose, &email).await?;
        let target = CodeTarget { purpose, owner: &owner, browser: &browser };
        let now = self.clock.now();
        let stored = self.store.code(target).await?.filter(|stored| !stored.is_used).ok_or(CodeError::Invalid)?;
        if stored.expires_at <= now {
            return Err(CodeError::Expired);
        }
        // A text that is no code is no guess.
        let code = Code::parse(presented.code).ok_or(CodeError::Invalid)?;
        let tag = self.links.code_tag(purpose, &browser, &code);
        // Only an attempt on an existing code counts. Others could use up the budget without any message.
        let counted = self.throttle.count_attempt(AttemptTarget::Code(&email), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, None, requester)?;
        match self.store.try_code(target, &tag, now).await {
            Ok(TriedCode::Right(stored)) => {
                self.throttle.clear(attempt).await;
                Ok(stored)
            }
            Ok(TriedCode::Wrong) => {
                self.record_wrong(stored.user_id, requester);
                Err(CodeError::Invalid)
            }
            Ok(TriedCode::Exhausted) => {
                self.throttle.undo(attempt).await;
                Err(CodeError::Exhausted)
            }
            Ok(TriedCode::Gone) => {
                self.throttle.undo(attempt).await;
                Err(CodeError::Invalid)
            }
            Err(error) => {
                self.throttle.undo(attempt).await;
                Err(error.into())
            }
        }
    }

    fn record_wrong(&self, user: Option<UserId>, requester: &Requester) {
        self.audit.record(EventKind::LoginFail, Subject::from(user), requester, EventDetail::EmailCode);
    }

    /// The owner of the secret: for a sign-in the address, otherwise its account. The same queries with and without an
    /// account.
    async fn owner(&self, purpose: LinkPurpose, email: &Email) -> Result<String, StoreError> {
        let address = self.outbox.account(email.as_str());
        if purpose == LinkPurpose::SignIn {
            return Ok(address);
        }
        let account = self.store.mail_account(email).await?;
        Ok(account.map_or(address, |account| account.user_id.to_string()))
    }
}
