//! A database with its command-line client: `sqlite3` or `psql`.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};
use uuid::Uuid;

use crate::{bench::Bench, latchkey::DATA, load, postgres::Postgres, process::float};

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The database of one Latchkey.
pub enum Database {
    /// The file.
    Sqlite(PathBuf),
    Postgres(Postgres),
}

impl Database {
    /// The database of the Latchkey with its data in `folder`.
    pub fn new(bench: &Bench, kind: Kind, folder: &Path) -> Result<Self> {
        Ok(match kind {
            Kind::Sqlite => {
                ensure!(load::is_installed("sqlite3"), "sqlite3 is missing: run scripts/setup-bench");
                Self::Sqlite(folder.join(DATA).join("latchkey.db"))
            }
            Kind::Postgres => Self::Postgres(Postgres::start(bench)?),
        })
    }

    pub const fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }

    /// The setting that makes Latchkey use it.
    pub fn setting(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(server) => Some(("LATCHKEY_DATABASE_URL", server.url())),
        }
    }

    /// A literal of a binary value.
    pub fn blob(&self, bytes: &[u8]) -> String {
        let mut hex = String::new();
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        match self {
            Self::Sqlite(_) => format!("x'{hex}'"),
            Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// A literal of a UUID.
    pub fn uuid(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => self.blob(id.as_bytes()),
            Self::Postgres(_) => format!("'{id}'::uuid"),
        }
    }

    /// Executes statements and returns what they print.
    pub fn execute(&self, sql: &str) -> Result<String> {
        let mut command = match self {
            Self::Sqlite(file) => {
                let mut command = Command::new("sqlite3");
                command.args(["-batch", "-bail", "-cmd", ".timeout 30000"]).arg(file);
                command
            }
            Self::Postgres(server) => server.psql(),
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut client = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut input = client.stdin.take().context("the client has no input")?;
        let output = thread::scope(|scope| {
            // A client that fails closes its input; its errors say why.
            scope.spawn(move || input.write_all(sql.as_bytes()).is_ok());
            client.wait_with_output()
        })?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} failed: {errors}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Waits until all changes are on the disk, so that the disk does not write them during a measurement.
    pub fn sync(&self) -> Result<()> {
        match self {
            Self::Sqlite(file) => Ok(fs::File::open(file)?.sync_all()?),
            Self::Postgres(_) => self.execute("CHECKPOINT").map(|_| ()),
        }
    }

    /// Its size in MB, without the write-ahead log.
    pub fn megabytes(&self) -> Result<f64> {
        let bytes = match self {
            Self::Sqlite(file) => fs::metadata(file)?.len(),
            Self::Postgres(_) => self.execute("SELECT pg_database_size(current_database())")?.trim().parse()?,
        };
        Ok(float(bytes) / 1e6)
    }
}
