//! What composes messages. [`Mailer`](super::Mailer) knows no accounts.

use super::{
    Letter,
    message::{Message, Unaddressable},
    outbox::QueueError,
};
use crate::{
    domain::UserId,
    store::{StoreError, outbox::ClaimedMail},
};

/// Composes a message when it is sent.
pub trait Compose: Send + Sync + 'static {
    /// Finds the recipient of a letter and makes the message. Each attempt to send the message calls this again.
    fn compose(
        &self,
        claim: &ClaimedMail,
        letter: Letter,
    ) -> impl Future<Output = Result<Composed, ComposeError>> + Send;

    /// Learns that a message was given up.
    fn given_up(&self, user: Option<UserId>);
}

/// A message and its user.
pub struct Composed {
    /// The user, if the message is about an account.
    pub user: Option<UserId>,
    /// The message.
    pub message: Message,
}

/// Why a message is not composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// There is no recipient, or a newer message replaces this one.
    #[error("the message has no recipient any more")]
    Obsolete,
    /// The address cannot receive mail.
    #[error(transparent)]
    Unaddressable(#[from] Unaddressable),
    /// The data of a sign-in cannot be sealed.
    #[error(transparent)]
    Seal(#[from] QueueError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
