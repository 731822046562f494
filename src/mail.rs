//! Mail: messages, the outbox and the transports.
//!
//! A use case describes a message as a [`Letter`], and [`Outbox`] seals it for the row that the use case writes in its
//! transaction. [`Mailer`] claims due rows, lets a [`Compose`] make each message, and gives it to the transport. The
//! secret of a link is made when the message is composed: the outbox never contains it.
//!
//! This module knows no HTTP and no accounts. Links begin with the base URL of the settings, never with the host of a request.

pub mod codes;
mod composer;
pub mod content;
mod delivery;
pub mod letter;
pub mod letters;
pub mod links;
pub mod message;
pub mod outbox;
pub mod sender;
pub mod sign_in;
pub mod transport;
mod worker;

pub use composer::{Compose, ComposeError, Composed};
pub use letter::Letter;
pub use outbox::Outbox;
pub use sender::{ProductName, Sender};

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{
    clock::Clock,
    domain::{Email, MailId, Timestamp},
    store::Store,
};
use message::{Message, Unaddressable};
use transport::Transport;
use worker::MAX_OPEN;

/// What all messages have in common.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The sender.
    pub sender: Sender,
    /// The product's name.
    pub product: ProductName,
    /// The public URL of the service.
    pub base_url: String,
}

/// Sends the messages in the outbox. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    store: Store,
    clock: Clock,
    outbox: Arc<Outbox>,
    transport: Arc<Transport>,
    /// The messages that are being sent.
    open: Arc<Semaphore>,
}

impl Mailer {
    /// Sends the messages in `store` with `transport`.
    pub fn new(store: Store, clock: Clock, outbox: Arc<Outbox>, transport: Transport) -> Self {
        let transport = Arc::new(transport);
        Self { store, clock, outbox, transport, open: Arc::new(Semaphore::new(MAX_OPEN as usize)) }
    }

    /// Seals the messages of use cases.
    pub fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    /// The messages in the development mailbox. `None`: messages are sent.
    pub fn mailbox(&self) -> Option<&transport::Mailbox> {
        match &*self.transport {
            Transport::Mailbox(mailbox) => Some(mailbox),
            Transport::Smtp(_) | Transport::Folder(_) => None,
        }
    }
}

/// The message of `latchkey mail test`.
pub fn test_message(
    letterhead: &Letterhead,
    id: MailId,
    to: &Email,
    date: Timestamp,
) -> Result<Message, Unaddressable> {
    Message::new(letterhead, id, to, date, &letters::test::content(letterhead))
}
