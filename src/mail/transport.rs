//! How messages leave the service.

mod folder;
mod mailbox;
mod smtp;

pub use folder::Folder;
pub use mailbox::Mailbox;
pub(super) use smtp::SEND_TIMEOUT;
pub use smtp::{Credentials, Encryption, Smtp, SmtpServer};

use std::{io, path::PathBuf};

use super::message::Message;

/// Where messages go, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailTarget {
    /// To an SMTP server.
    Smtp(SmtpServer),
    /// To a folder, one file per message.
    Folder(PathBuf),
    /// To the development mailbox.
    Mailbox,
}

/// Sends messages.
pub enum Transport {
    /// To an SMTP server.
    Smtp(Smtp),
    /// To a folder, one file per message.
    Folder(Folder),
    /// To the development mailbox.
    Mailbox(Mailbox),
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// The reason.
    pub reason: String,
    /// Whether another attempt is useless.
    pub is_permanent: bool,
}

/// The transport cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// TLS cannot be set up.
    #[error("TLS is not possible: {0}; install the system's CA certificates (package ca-certificates)")]
    Tls(String),
    /// The folder cannot be created.
    #[error("cannot create the folder {}: {source}; make its parent folder writable, or set another one", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

impl Transport {
    /// Sets the transport up, within a Tokio runtime. Connects to no server yet. `host`: the name of this service, for
    /// the greeting.
    pub fn new(target: &MailTarget, host: &str) -> Result<Self, TransportError> {
        Ok(match target {
            MailTarget::Smtp(server) => Self::Smtp(Smtp::new(server, host)?),
            MailTarget::Folder(path) => Self::Folder(Folder::create(path)?),
            MailTarget::Mailbox => Self::Mailbox(Mailbox::default()),
        })
    }

    /// Sends a message. Returns the answer of the server.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Folder(folder) => folder.write(message).await,
            Self::Mailbox(mailbox) => Ok(mailbox.put(message.clone())),
        }
    }
}
