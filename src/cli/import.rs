//! `latchkey import`: users of other systems.

mod better_auth;
mod users;

use std::error::Error;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, output};
use crate::{
    app,
    auth::{
        factors::{ImportedCodes, TotpSealer},
        keys::Signing,
    },
    clock::Clock,
    config::Config,
    crypto::{derive::DerivedKeys, secret::SharedSecret},
    import::{
        report::RpId,
        run::{self, FactorSettings, Settings},
    },
    store::Store,
};
use better_auth::Opened;

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Import {
    /// Import the users, passwords, live sessions, second factors and passkeys of a Better Auth 1.x database
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
    let opened = match import {
        Import::BetterAuth(options) => options.open().await?,
        Import::Users(options) => options.open().await?,
    };
    let bar = progress_bar(opened.source.count_users().await?);
    let store = app::connect(config).await?;
    let keys = keys(&opened, config, &store).await?;
    let settings = Settings {
        secrets: opened.secrets,
        session_max: config.sessions.max,
        factors: FactorSettings {
            sealer: TotpSealer::new(&keys.totp)?,
            codes: ImportedCodes::new(&keys.imported_codes),
            parameters: opened.parameters,
            without: opened.without_factors,
        },
        rp_id: rp_id(opened.old_rp_id, config),
        dry_run: opened.dry_run,
    };
    let source = opened.source;
    let report = run::import(&store, source, &settings, Clock::system().now(), |read| bar.set_position(read)).await;
    bar.finish_and_clear();
    output::print(report?)?;
    Ok(store.close().await?)
}

/// The keys of the service, which seal second factors: other keys would lock their users out. Keys that are not stored
/// anywhere, if nothing is sealed.
async fn keys(opened: &Opened, config: &Config, store: &Store) -> Result<DerivedKeys, Box<dyn Error>> {
    let seals = opened.secrets.is_some() && opened.source.count_second_factors().await? > 0;
    let has_secret = config.has_master_secret();
    if !seals || (opened.dry_run && !has_secret) {
        return Ok(DerivedKeys::of(&SharedSecret::generate()?)?);
    }
    if !has_secret && config.database.file.is_none() {
        return Err(
            "second factors are encrypted under the master secret; set LATCHKEY_SECRET to that of the service".into()
        );
    }
    let keys = DerivedKeys::of(&config.master_secret()?)?;
    if !opened.dry_run {
        store.migrate().await?;
    }
    if let Signing::KeyPairs(algorithm) = config.tokens.signing
        && store.is_migrated().await?
    {
        app::stored_keys(config, algorithm, store.clone(), Clock::system(), &keys)?.check_secret().await?;
    }
    Ok(keys)
}

fn rp_id(old: Option<String>, config: &Config) -> RpId {
    let Some(here) = config.passkeys.rp_id.clone() else { return RpId::Off };
    match old {
        Some(old) if !old.eq_ignore_ascii_case(&here) => RpId::Other { here, old },
        _ => RpId::Here(here),
    }
}

/// Visible on a terminal only. Without the number of users it counts them.
fn progress_bar(users: Option<u64>) -> ProgressBar {
    let (bar, template) = match users {
        Some(users) => (ProgressBar::new(users), "{bar:40} {human_pos}/{human_len} users, {eta} remaining"),
        None => (ProgressBar::no_length(), "{spinner} {human_pos} users"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
