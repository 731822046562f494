//! `latchkey import better-auth`

use std::{env, error::Error, fs, path::PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::import::source::{Source, better_auth::NamedTable};

/// The variable of the secret in a Better Auth installation.
const SECRET: &str = "BETTER_AUTH_SECRET";

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct BetterAuth {
    /// The old database: an SQLite file or a postgres:// URL
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// A table with a name of its own: user=NAME, account=NAME or session=NAME; can be repeated
    #[arg(long = "table", value_name = "TABLE=NAME")]
    tables: Vec<NamedTable>,
    #[arg(
        long,
        value_name = "FILE",
        help = "A file with the old secret, which keeps sessions valid [env: BETTER_AUTH_SECRET]"
    )]
    secret_file: Option<PathBuf>,
    /// Print the report, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// A source, the old secret, and whether to write nothing.
pub(super) type Opened = (Source, Option<Zeroizing<Vec<u8>>>, bool);

impl BetterAuth {
    pub(super) async fn open(self) -> Result<Opened, Box<dyn Error>> {
        let secret = self.secret()?;
        let source = Source::better_auth(&self.from, &self.tables.into_iter().collect()).await?;
        Ok((source, secret, self.dry_run))
    }

    /// The old secret, from the file or the environment.
    fn secret(&self) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        let secret = match &self.secret_file {
            Some(file) => {
                let text = fs::read_to_string(file).map(Zeroizing::new);
                Some(text.map_err(|error| format!("cannot read the secret from {}: {error}", file.display()))?)
            }
            None => env::var(SECRET).ok().map(Zeroizing::new),
        };
        let Some(secret) = secret else { return Ok(None) };
        let secret = secret.trim_end_matches(['\r', '\n']);
        match (secret.is_empty(), &self.secret_file) {
            (true, Some(file)) => Err(format!("{} is empty; write the old secret to it", file.display())),
            (true, None) => Ok(None),
            (false, _) => Ok(Some(Zeroizing::new(secret.as_bytes().to_vec()))),
        }
    }
}
