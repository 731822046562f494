//! `latchkey import better-auth`

use std::{env, fs, path::PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use zeroize::Zeroizing;

use super::Outcome;
use crate::{
    app,
    clock::Clock,
    config::Config,
    import::{
        run::{self, Settings},
        source::Source,
    },
};

/// The variable of the secret in a Better Auth installation.
const SECRET: &str = "BETTER_AUTH_SECRET";

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Import {
    /// Import the users, passwords and live sessions of a Better Auth 1.x database
    ///
    /// The old database is only read. The import is one transaction: everything or nothing is written. Existing users
    /// and sessions stay, so the import can run again. The report lists skipped records with the reason; they are no
    /// failure, and the exit code is 0.
    BetterAuth(BetterAuth),
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct BetterAuth {
    /// The old database: an SQLite file or a postgres:// URL
    #[arg(long, value_name = "DATABASE")]
    from: String,
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

pub(super) async fn run(Import::BetterAuth(options): Import, config: &Config) -> Outcome {
    let settings = Settings { secret: secret(&options)?, session_max: config.sessions.max, dry_run: options.dry_run };
    let source = Source::open(&options.from).await?;
    let users = source.count_users().await?;
    let store = app::connect(config).await?;
    let bar = progress_bar(users);
    let now = Clock::system().now();
    let report = run::import(&store, source, &settings, now, |read| bar.set_position(read)).await;
    bar.finish_and_clear();
    print!("{}", report?);
    Ok(store.close().await?)
}

/// Visible on a terminal only.
fn progress_bar(users: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} users, {eta} remaining");
    ProgressBar::new(users).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The old secret, from the file or the environment.
fn secret(options: &BetterAuth) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let secret = match &options.secret_file {
        Some(file) => {
            let text = fs::read_to_string(file).map(Zeroizing::new);
            Some(text.map_err(|error| format!("cannot read the secret from {}: {error}", file.display()))?)
        }
        None => env::var(SECRET).ok().map(Zeroizing::new),
    };
    let Some(secret) = secret else { return Ok(None) };
    let secret = secret.trim_end_matches(['\r', '\n']);
    match (secret.is_empty(), &options.secret_file) {
        (true, Some(file)) => Err(format!("{} is empty; write the old secret to it", file.display())),
        (true, None) => Ok(None),
        (false, _) => Ok(Some(Zeroizing::new(secret.as_bytes().to_vec()))),
    }
}
