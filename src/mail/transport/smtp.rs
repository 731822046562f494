//! Sends messages to an SMTP server (RFC 5321, 6409).

use std::{fmt, net::IpAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        self, PoolConfig,
        client::{Tls, TlsParameters},
        extension::ClientId,
        response::Response,
    },
};
use zeroize::Zeroizing;

use super::{SendError, TransportError};
use crate::mail::message::Message;

/// How long the server may take to connect, and to answer a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a message may take altogether.
pub(crate) const SEND_TIMEOUT: Duration = Duration::from_mins(2);

/// How long an unused connection stays open. Servers close it after some minutes.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The most open connections.
const MAX_CONNECTIONS: u32 = 4;

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

/// A client of one server, with a few connections that are reused.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// A client that greets as `host`. Connects with the first message.
    pub fn new(server: &SmtpServer, host: &str) -> Result<Self, TransportError> {
        let tls = || TlsParameters::new(server.host.clone()).map_err(|error| TransportError::Tls(error.to_string()));
        let tls = match server.encryption {
            Encryption::Tls => Tls::Wrapper(tls()?),
            Encryption::StartTls => Tls::Required(tls()?),
            Encryption::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
            .port(server.port)
            .tls(tls)
            .timeout(Some(COMMAND_TIMEOUT))
            .hello_name(client_id(host))
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS).idle_timeout(IDLE_TIMEOUT));
        if let Some(Credentials { user, password }) = &server.credentials {
            let credentials = smtp::authentication::Credentials::new(user.clone(), password.to_string());
            builder = builder.credentials(credentials);
        }
        Ok(Self(builder.build()))
    }

    /// Sends a message. Returns the server's reply.
    pub async fn send(&self, message: &Message) -> Result<String, SendError> {
        let source = message.source();
        let sending = self.0.send_raw(message.envelope(), &source);
        match tokio::time::timeout(SEND_TIMEOUT, sending).await {
            Ok(Ok(response)) => Ok(reply(&response)),
            Ok(Err(error)) => Err(refused(&error, message)),
            Err(_) => Err(SendError {
                reason: format!("the mail server took longer than {} s", SEND_TIMEOUT.as_secs()),
                is_permanent: false,
            }),
        }
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

fn refused(error: &smtp::Error, message: &Message) -> SendError {
    // The library refuses to send before the server sees the address.
    if error.is_client() && message.needs_smtputf8() {
        let reason = "the address has characters other than ASCII, and the mail server does not support SMTPUTF8";
        return SendError { reason: reason.to_owned(), is_permanent: true };
    }
    let code = error.status().map(u16::from);
    let is_permanent = code.is_some_and(|code| PERMANENT.contains(&code));
    SendError { reason: message.without_address(&error.to_string()), is_permanent }
}
