//! Why there is no connection, for the person who starts the service.

use std::{io, time::Duration};

use sea_orm::sqlx;

use crate::store::{StoreError, error::one_line};

/// How long the first connection may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Why the database cannot be used. One line, without the URL and its password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be parsed.
    #[error("the PostgreSQL URL is invalid: {0}; percent-encode special characters in the user name and the password")]
    InvalidUrl(String),
    /// The name service does not know the host.
    #[error("PostgreSQL cannot be reached: the host name {0} does not resolve; check LATCHKEY_DATABASE_URL")]
    UnknownHost(String),
    /// No server listens there.
    #[error(
        "PostgreSQL cannot be reached: {0} refuses the connection; is the server running there? Check LATCHKEY_DATABASE_URL"
    )]
    Refused(String),
    /// The server, or a firewall in between, does not respond.
    #[error("PostgreSQL cannot be reached: {0} does not answer within {seconds} s", seconds = CONNECT_TIMEOUT.as_secs())]
    Timeout(String),
    /// Another error of the network.
    #[error("PostgreSQL cannot be reached at {server}: {reason}")]
    Io {
        /// Host and port.
        server: String,
        /// The error of the operating system.
        reason: io::Error,
    },
    /// TLS cannot be established as `sslmode` requires.
    #[error("the TLS connection to PostgreSQL at {server} failed: {reason}")]
    Tls {
        /// Host and port.
        server: String,
        /// The error of the TLS library.
        reason: String,
    },
    /// SQLSTATE 3D000.
    #[error("PostgreSQL at {server} has no database {database:?}; create it first")]
    UnknownDatabase {
        /// Host and port.
        server: String,
        /// The name of the database.
        database: String,
    },
    /// SQLSTATE 28P01.
    #[error("PostgreSQL at {server} refuses the password of the user {user:?}")]
    WrongPassword {
        /// Host and port.
        server: String,
        /// The name of the user.
        user: String,
    },
    /// SQLSTATE 28000: an unknown user, or a client that `pg_hba.conf` does not admit, for example without TLS.
    #[error("PostgreSQL at {server} refuses the user: {reason}")]
    NotAdmitted {
        /// Host and port.
        server: String,
        /// The server's message.
        reason: String,
    },
    /// SQLSTATE 53300.
    #[error(
        "PostgreSQL at {server} accepts no more connections: {reason}; lower LATCHKEY_DATABASE_CONNECTIONS on every \
         replica, or raise the limit of the role or the server"
    )]
    TooManyConnections {
        /// Host and port.
        server: String,
        /// The server's message.
        reason: String,
    },
    /// Another answer of the server.
    #[error("PostgreSQL at {server} refuses the connection: {reason}")]
    Other {
        /// Host and port.
        server: String,
        /// The message, with the SQLSTATE.
        reason: String,
    },
    /// A statement failed after the connection was established.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// The SQLite file cannot be opened.
    #[error("the SQLite database cannot be opened: {0}")]
    Sqlite(#[source] StoreError),
}

/// The server that a connection was attempted to.
pub(super) struct Target<'a> {
    pub server: &'a str,
    pub user: &'a str,
    pub database: &'a str,
}

impl Target<'_> {
    pub(super) fn error(&self, error: sqlx::Error) -> ConnectError {
        let server = self.server.to_owned();
        match error {
            sqlx::Error::Io(reason) if reason.kind() == io::ErrorKind::ConnectionRefused => {
                ConnectError::Refused(server)
            }
            sqlx::Error::Io(reason) => ConnectError::Io { server, reason },
            sqlx::Error::Tls(reason) => ConnectError::Tls { server, reason: reason.to_string() },
            sqlx::Error::Database(ref database) => {
                let reason = database.message().lines().collect::<Vec<_>>().join(" ");
                match database.code().as_deref() {
                    Some("3D000") => ConnectError::UnknownDatabase { server, database: self.database.to_owned() },
                    Some("28P01") => ConnectError::WrongPassword { server, user: self.user.to_owned() },
                    Some("28000") => ConnectError::NotAdmitted { server, reason },
                    Some("53300") => ConnectError::TooManyConnections { server, reason },
                    _ => ConnectError::Other { server, reason: one_line(&error) },
                }
            }
            error => ConnectError::Other { server, reason: one_line(&error) },
        }
    }
}
