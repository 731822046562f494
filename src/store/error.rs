//! Why the database did not do its work: a temporary condition, or a failure.

use std::fmt;

use sea_orm::{
    DbErr, RuntimeErr,
    error::{SqlxPostgresError, SqlxSqliteError},
    sqlx,
};

/// Why a database operation failed. The message is for the log and the command line only.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A temporary condition: the same operation may succeed later.
    #[error("{reason}{}", Cause(.cause))]
    Unavailable {
        /// The condition.
        reason: Unavailable,
        /// The error of the database or of its driver.
        cause: DbErr,
    },
    /// A bug, or a damaged database.
    #[error("the database failed: {}", Text(.0))]
    Failed(DbErr),
}

/// A condition in which the database cannot do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// There is no connection to the server, or the server is stopping or starting.
    #[error("the database cannot be reached")]
    Unreachable,
    /// No connection became free in time, or the server accepts no more of them.
    #[error("the database has no free connection")]
    NoConnection,
    /// Another process holds a lock.
    #[error("the database is locked")]
    Locked,
    /// The database accepts no changes, for example after a failover.
    #[error("the database is read-only")]
    ReadOnly,
    /// The disk is full or broken, or memory is exhausted.
    #[error("the database has run out of storage or memory")]
    Storage,
    /// The database canceled the statement: a timeout, a deadlock, or a conflict with another transaction.
    #[error("the database canceled a statement")]
    Canceled,
    /// The database did not answer in time.
    #[error("the database does not answer in time")]
    Slow,
    /// The database did not answer the last requests, so that it is not asked.
    #[error("the database does not answer, and is asked again within a second")]
    Paused,
    /// The SQLite file is not the one that was opened.
    #[error("the database file was deleted, emptied or replaced")]
    FileLost,
}

impl StoreError {
    /// The condition that made the database unavailable. `None` for a bug.
    pub const fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Unavailable { reason, .. } => Some(*reason),
            Self::Failed(_) => None,
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(cause: DbErr) -> Self {
        match unavailability(&cause) {
            Some(reason) => Self::Unavailable { reason, cause },
            None => Self::Failed(cause),
        }
    }
}

/// Classifies an error by its type, its SQLSTATE or its SQLite result code. `None`: not temporary.
fn unavailability(error: &DbErr) -> Option<Unavailable> {
    match error {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout) => Some(Unavailable::NoConnection),
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::ConnectionClosed) => Some(Unavailable::Unreachable),
        // A statement that gets no connection was not run: whatever the reason is, the statement is no bug.
        DbErr::Conn(error) => Some(driver_error(error).and_then(by_driver_error).unwrap_or(Unavailable::Unreachable)),
        DbErr::Exec(error) | DbErr::Query(error) => driver_error(error).and_then(by_driver_error),
        _ => None,
    }
}

fn by_driver_error(error: &sqlx::Error) -> Option<Unavailable> {
    match error {
        sqlx::Error::Database(error) => {
            if let Some(postgres) = error.try_downcast_ref::<SqlxPostgresError>() {
                by_sqlstate(postgres.code())
            } else if error.try_downcast_ref::<SqlxSqliteError>().is_some() {
                error.code()?.parse().ok().and_then(by_sqlite_code)
            } else {
                None
            }
        }
        sqlx::Error::PoolTimedOut => Some(Unavailable::NoConnection),
        sqlx::Error::AnyDriverError(error) => error.downcast_ref().copied(),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Some(Unavailable::Unreachable)
        }
        _ => None,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn by_sqlstate(code: &str) -> Option<Unavailable> {
    match code {
        "25006" => Some(Unavailable::ReadOnly),
        "53300" => Some(Unavailable::NoConnection),
        "55P03" => Some(Unavailable::Locked),
        "40001" | "40003" | "40P01" | "57014" | "25P03" | "25P04" => Some(Unavailable::Canceled),
        // Shutdown, crash, startup, idle timeout.
        "57P01" | "57P02" | "57P03" | "57P05" => Some(Unavailable::Unreachable),
        "58000" | "58030" => Some(Unavailable::Storage),
        // Connection exceptions, which are also all errors of PgBouncer.
        code if code.starts_with("08") => Some(Unavailable::Unreachable),
        // Insufficient resources.
        code if code.starts_with("53") => Some(Unavailable::Storage),
        _ => None,
    }
}

/// <https://www.sqlite.org/rescode.html>. The low byte of an extended code is the primary code.
const fn by_sqlite_code(extended: i32) -> Option<Unavailable> {
    match extended & 0xff {
        // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL
        5 | 6 | 15 => Some(Unavailable::Locked),
        // SQLITE_PERM, SQLITE_READONLY
        3 | 8 => Some(Unavailable::ReadOnly),
        // SQLITE_NOMEM, SQLITE_IOERR, SQLITE_FULL
        7 | 10 | 13 => Some(Unavailable::Storage),
        // SQLITE_INTERRUPT
        9 => Some(Unavailable::Canceled),
        // SQLITE_CANTOPEN
        14 => Some(Unavailable::Unreachable),
        _ => None,
    }
}

fn driver_error(error: &RuntimeErr) -> Option<&sqlx::Error> {
    match error {
        RuntimeErr::SqlxError(error) => Some(error),
        RuntimeErr::Internal(_) => None,
    }
}

/// An error on one line. The driver's own text names a line of PostgreSQL's source code.
struct Text<'a>(&'a DbErr);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runtime = match self.0 {
            DbErr::Conn(error) | DbErr::Exec(error) | DbErr::Query(error) => driver_error(error),
            _ => None,
        };
        match runtime {
            Some(error) => f.write_str(&one_line(error)),
            None => write!(f, "{}", self.0),
        }
    }
}

/// What the database said about a temporary condition. Empty if this service has not asked it.
struct Cause<'a>(&'a DbErr);

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DbErr::Conn(RuntimeErr::SqlxError(error)) if matches!(**error, sqlx::Error::AnyDriverError(_)) => Ok(()),
            error => write!(f, ": {}", Text(error)),
        }
    }
}

/// The message of a driver error on one line, with its code.
pub(super) fn one_line(error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Database(error) => match error.code() {
            Some(code) => format!("{} ({code})", error.message()),
            None => error.message().to_owned(),
        },
        error => error.to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlstate_temporary_is_unavailable() {
        for (code, expected) in [
            ("08000", Unavailable::Unreachable),
            ("08006", Unavailable::Unreachable),
            ("08P01", Unavailable::Unreachable),
            ("57P01", Unavailable::Unreachable),
            ("57P02", Unavailable::Unreachable),
            ("57P03", Unavailable::Unreachable),
            ("53300", Unavailable::NoConnection),
            ("53100", Unavailable::Storage),
            ("53200", Unavailable::Storage),
            ("58030", Unavailable::Storage),
            ("25006", Unavailable::ReadOnly),
            ("55P03", Unavailable::Locked),
            ("40001", Unavailable::Canceled),
            ("40P01", Unavailable::Canceled),
            ("57014", Unavailable::Canceled),
        ] {
            assert_eq!(by_sqlstate(code), Some(expected), "{code}");
        }
    }

    #[test]
    fn sqlstate_of_a_bug_is_not_unavailable() {
        // Unique and foreign keys, syntax, unknown table and column, privileges, wrong statement, wrong type.
        for code in ["23505", "23503", "42601", "42P01", "42703", "42501", "26000", "42P05", "22P02", "XX000", "25P02"]
        {
            assert_eq!(by_sqlstate(code), None, "{code}");
        }
    }

    #[test]
    fn sqlite_code_temporary_is_unavailable() {
        for (code, expected) in [
            (5, Unavailable::Locked),
            (261, Unavailable::Locked),
            (517, Unavailable::Locked),
            (6, Unavailable::Locked),
            (8, Unavailable::ReadOnly),
            (1032, Unavailable::ReadOnly),
            (13, Unavailable::Storage),
            (10, Unavailable::Storage),
            (778, Unavailable::Storage),
            (14, Unavailable::Unreachable),
        ] {
            assert_eq!(by_sqlite_code(code), Some(expected), "{code}");
        }
    }

    #[test]
    fn sqlite_code_of_a_bug_is_not_unavailable() {
        // SQLITE_ERROR, corrupt, constraints, misuse, not a database.
        for code in [1, 11, 19, 1811, 2067, 1555, 787, 21, 26] {
            assert_eq!(by_sqlite_code(code), None, "{code}");
        }
    }
}
