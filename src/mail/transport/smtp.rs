//! Sends messages to an SMTP server (RFC 5321, 6409).

use std::{fmt, net::IpAddr, time::Duration};

use lettre::transport::smtp::{
    self,
    authentication::DEFAULT_MECHANISMS,
    client::{AsyncSmtpConnection, TlsParameters},
    extension::{ClientId, Extension},
    response::Response,
};
use zeroize::Zeroizing;

use super::{SendError, TransportError};
use crate::mail::message::Message;

/// How long the server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a message may take altogether.
pub(crate) const SEND_TIMEOUT: Duration = Duration::from_mins(2);

/// How long the server may take to end a connection.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The reply to an accepted message (RFC 5321 §4.3.2).
const DELIVERED: u16 = 250;

/// Refusals of this message or its recipient (RFC 5321 §4.2.3). Others, such as a failed authentication, can be
/// corrected in the settings.
const PERMANENT: [u16; 6] = [521, 550, 551, 552, 553, 556];

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the start (RFC 8314).
    Tls,
    /// STARTTLS, required (RFC 3207).
    StartTls,
    /// None: the server is on this machine.
    None,
}

/// The user and the password at the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// An SMTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// The host name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// `None`: no authentication.
    pub credentials: Option<Credentials>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A client of one server.
pub struct Smtp {
    server: SmtpServer,
    /// The name of this service.
    hello: ClientId,
    /// `None`: the connection is not encrypted.
    tls: Option<TlsParameters>,
}

impl Smtp {
    /// A client that greets as `host`. Connects with each message.
    pub fn new(server: &SmtpServer, host: &str) -> Result<Self, TransportError> {
        let tls = match server.encryption {
            Encryption::Tls | Encryption::StartTls => {
                let tls = TlsParameters::new(server.host.clone());
                Some(tls.map_err(|error| TransportError::Tls(error.to_string()))?)
            }
            Encryption::None => None,
        };
        Ok(Self { server: server.clone(), hello: client_id(host), tls })
    }

    /// Sends a message. Returns the server's reply.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        let late = || format!("the mail server took longer than {} s", SEND_TIMEOUT.as_secs());
        let sent = tokio::time::timeout(SEND_TIMEOUT, self.deliver(message)).await;
        sent.unwrap_or_else(|_| Err(temporary(late())))
    }

    /// Sends a message over a connection of its own. A connection that was given up while the server did not answer must
    /// not be used again: the late reply would be taken for the reply to another message.
    async fn deliver(&self, message: &Message) -> Result<String, SendError> {
        let mut connection = self.connect().await.map_err(|error| temporary(message.without_address(&error)))?;
        if message.needs_smtputf8() && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let reason = "the address has characters other than ASCII, and the mail server does not support SMTPUTF8";
            return Err(SendError { reason: reason.to_owned(), is_permanent: true });
        }
        let sent = connection.send(message.envelope(), &message.source()).await;
        let response = sent.map_err(|error| refused(&error, message))?;
        // The library also accepts the intermediate replies (3yz).
        if !response.has_code(DELIVERED) {
            return Err(temporary(message.without_address(&format!("unexpected reply: {}", reply(&response)))));
        }
        // The server has the message, however the connection ends.
        tokio::spawn(async move { tokio::time::timeout(QUIT_TIMEOUT, connection.quit()).await });
        Ok(reply(&response))
    }

    /// Connects, encrypts the connection and authenticates. The errors are for the log.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let SmtpServer { host, port, encryption, credentials } = &self.server;
        let (at_once, later) = match encryption {
            Encryption::StartTls => (None, self.tls.clone()),
            Encryption::Tls | Encryption::None => (self.tls.clone(), None),
        };
        let server = (host.as_str(), *port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &self.hello, at_once, None);
        let mut connection = connecting.await.map_err(|error| error.to_string())?;
        if let Some(tls) = later {
            if !connection.can_starttls() {
                return Err("the mail server does not offer STARTTLS, which smtp:// requires".to_owned());
            }
            connection.starttls(tls, &self.hello).await.map_err(|error| error.to_string())?;
        }
        if let Some(Credentials { user, password }) = credentials {
            let credentials = smtp::authentication::Credentials::new(user.clone(), password.to_string());
            let authenticated = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            authenticated.map_err(|error| format!("authentication at the mail server failed: {error}"))?;
        }
        Ok(connection)
    }
}

/// The name in the greeting (RFC 5321 §4.1.1.1).
fn client_id(host: &str) -> ClientId {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(host.to_owned()),
    }
}

fn reply(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {text}", response.code())
}

const fn temporary(reason: String) -> SendError {
    SendError { reason, is_permanent: false }
}

fn refused(error: &smtp::Error, message: &Message) -> SendError {
    let code = error.status().map(u16::from);
    let is_permanent = code.is_some_and(|code| PERMANENT.contains(&code));
    SendError { reason: message.without_address(&error.to_string()), is_permanent }
}
