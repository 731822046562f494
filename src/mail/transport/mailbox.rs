//! The development mailbox: messages stay in memory, and a page shows them.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{domain::MailId, mail::message::Message};

/// The most messages. The oldest ones are dropped.
const MAX_MESSAGES: usize = 100;

/// The messages of this process, newest first.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<VecDeque<Message>>);

impl Mailbox {
    /// Stores a message. Another attempt to send the same one replaces it.
    pub fn put(&self, message: Message) -> String {
        let mut messages = self.messages();
        messages.retain(|stored| stored.id != message.id);
        messages.truncate(MAX_MESSAGES - 1);
        messages.push_front(message);
        "stored in the development mailbox".to_owned()
    }

    /// All messages, newest first.
    pub fn all(&self) -> Vec<Message> {
        self.messages().iter().cloned().collect()
    }

    /// One message.
    pub fn get(&self, id: MailId) -> Option<Message> {
        self.messages().iter().find(|message| message.id == id).cloned()
    }

    fn messages(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
