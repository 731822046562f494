//! `latchkey import`: users of other systems.

mod better_auth;
mod users;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, output};
use crate::{
    app,
    clock::Clock,
    config::Config,
    import::run::{self, Settings},
};

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Import {
    /// Import the users, passwords and live sessions of a Better Auth 1.x database
    ///
    /// The old database is only read. Existing users and sessions stay, so the import can run again, also after an
    /// interruption. It can run while the service runs. The report lists skipped records with the reason; they are no
    /// failure, and the exit code is 0.
    BetterAuth(better_auth::BetterAuth),
    /// Import the users and passwords of any system from CSV, JSON or a table
    ///
    /// The source is only read. Existing users stay, so the import can run again, also after an interruption. It can
    /// run while the service runs. The report lists skipped records with the reason; they are no failure, and the exit
    /// code is 0.
    ///
    /// Without options, the columns are `id`, `email`, `name`, `password_hash`, `email_verified`, `created_at`,
    /// `updated_at` and `disabled`; only the first two are required.
    Users(Box<users::Users>),
}

pub(super) async fn run(import: Import, config: &Config) -> Outcome {
    let (source, secret, dry_run) = match import {
        Import::BetterAuth(options) => options.open().await?,
        Import::Users(options) => options.open().await?,
    };
    let settings = Settings { secret, session_max: config.sessions.max, dry_run };
    let bar = progress_bar(source.count_users().await?);
    let store = app::connect(config).await?;
    let report = run::import(&store, source, &settings, Clock::system().now(), |read| bar.set_position(read)).await;
    bar.finish_and_clear();
    output::print(report?)?;
    Ok(store.close().await?)
}

/// Visible on a terminal only. Without the number of users it counts them.
fn progress_bar(users: Option<u64>) -> ProgressBar {
    let (bar, template) = match users {
        Some(users) => (ProgressBar::new(users), "{bar:40} {human_pos}/{human_len} users, {eta} remaining"),
        None => (ProgressBar::no_length(), "{spinner} {human_pos} users"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
