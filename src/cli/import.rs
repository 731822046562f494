//! `latchkey import better-auth`

use std::{env, fs, path::PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use zeroize::Zeroizing;

use crate::{
    app,
    clock::Clock,
    config::Config,
    import::{
        run::{self, Settings},
        source::Source,
    },
};

/// The old installation's own variable for its secret.
const SECRET: &str = "BETTER_AUTH_SECRET";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The old database: an SQLite file or a `postgres://` address.
    pub from: String,
    /// A file that holds the old installation's secret and nothing else.
    pub secret_file: Option<PathBuf>,
    /// Whether to do everything and keep nothing of it.
    pub dry_run: bool,
}

/// Imports, and prints the report.
pub async fn run(options: &Options, config: &Config) -> Result<(), String> {
    let settings = Settings { secret: secret(options)?, session_max: config.session_max, dry_run: options.dry_run };
    let source = Source::open(&options.from).await.map_err(|error| error.to_string())?;
    let users = source.count_users().await.map_err(|error| error.to_string())?;
    let store = app::connect(config).await.map_err(|error| error.to_string())?;
    let bar = progress_bar(users);
    let now = Clock::system().now();
    let report = run::import(&store, source, &settings, now, |read| bar.set_position(read)).await;
    bar.finish_and_clear();
    print!("{}", report.map_err(|error| error.to_string())?);
    store.close().await.map_err(|error| error.to_string())
}

/// Drawn on a terminal only.
fn progress_bar(users: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} users, {eta} to go");
    ProgressBar::new(users).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn secret(options: &Options) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let secret = match &options.secret_file {
        Some(file) => {
            let text = fs::read_to_string(file).map(Zeroizing::new);
            Some(text.map_err(|error| format!("the secret cannot be read from {}: {error}", file.display()))?)
        }
        None => env::var(SECRET).ok().map(Zeroizing::new),
    };
    let Some(secret) = secret else { return Ok(None) };
    let secret = secret.trim_end_matches(['\r', '\n']);
    match (secret.is_empty(), &options.secret_file) {
        (true, Some(file)) => Err(format!("{} holds no secret", file.display())),
        (true, None) => Ok(None),
        (false, _) => Ok(Some(Zeroizing::new(secret.as_bytes().to_vec()))),
    }
}
