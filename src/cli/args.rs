//! Parses the command line and reads the settings.

use std::{env, fs, io};

use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::{import::Import, keys::Keys, mail::Mail, usage};
use crate::config::{Config, Problem, Problems, Sources, settings};

/// Authentication in one binary: sign-in pages, a JSON API, and JWTs that any backend can verify
#[derive(Parser)]
#[command(
    name = "latchkey",
    version,
    after_help = "Without a command, the service runs. Every setting is a flag, an environment variable, or a line in \
                  the file .env in the current folder; the flag takes precedence, then the environment. No setting is \
                  required: `latchkey` listens on http://localhost:3000 and stores its data in ./data."
)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

/// The subcommand.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Action {
    /// Migrate the database and run the service; the default
    Serve,
    /// Migrate the database and exit
    Migrate,
    /// List, rotate or retire the keys that sign access tokens
    #[command(subcommand)]
    Keys(Keys),
    /// Import users, passwords and sessions from another product
    #[command(subcommand)]
    Import(Import),
    /// Send a test message
    #[command(subcommand)]
    Mail(Mail),
    /// Check that the service on this machine is ready; exits with 0 if so
    Healthcheck,
    /// Print the effective settings as lines of .env, with secrets hidden
    Config,
}

/// Parses the arguments, and reads the settings from flags, the environment and `.env`, in this order. Exits
/// with the usage if the arguments are invalid.
pub fn parse() -> (Action, Result<Config, Problems>) {
    let matches = command().try_get_matches().unwrap_or_else(|error| usage::exit(&error));
    match Arguments::from_arg_matches(&matches) {
        Ok(Arguments { action }) => (action.unwrap_or(Action::Serve), read_settings(&matches)),
        Err(error) => usage::exit(&error),
    }
}

/// The order of the help: the settings come after a subcommand's own options.
const SETTINGS_ORDER: usize = 1000;

fn command() -> Command {
    let flags = settings().enumerate().map(|(index, setting)| {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        Arg::new(setting.variable)
            .long(setting.flag)
            .value_name(setting.value)
            .help(format!("{}{default} [env: {}]", setting.help, setting.variable))
            .help_heading("Settings")
            .display_order(SETTINGS_ORDER + index)
            .global(true)
    });
    Arguments::command().args(flags)
}

fn read_settings(matches: &ArgMatches) -> Result<Config, Problems> {
    let env_file = match fs::read(".env") {
        Ok(content) => Some(content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let message = format!("cannot be read: {error}");
            return Err(Problems(vec![Problem { variable: ".env".to_owned(), message }]));
        }
    };
    let flags = |variable: &str| matches.get_one::<String>(variable).cloned();
    Config::from_sources(Sources { flags: &flags, environment: env::vars_os().collect(), env_file })
}
