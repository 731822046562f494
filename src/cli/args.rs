//! Parses the command line and reads the settings.

use std::collections::HashMap;

use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::{import::Import, keys::Keys};
use crate::config::{Config, Problem, Problems, settings};

/// Authentication in one binary: sign-in pages, a JSON API, and JWTs that any backend can verify
#[derive(Parser)]
#[command(
    name = "latchkey",
    version,
    after_help = "Every setting is a flag, an environment variable, or a line in the file .env in the current folder; \
                  the flag takes precedence, then the environment. No setting is required: `latchkey serve` listens on \
                  http://localhost:3000 and stores its data in ./data."
)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

/// The subcommand.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Action {
    /// Migrate the database and run the service
    Serve,
    /// Migrate the database and exit
    Migrate,
    /// List, rotate or retire the keys that sign access tokens
    #[command(subcommand)]
    Keys(Keys),
    /// Import users, passwords and sessions from another product
    #[command(subcommand)]
    Import(Import),
    /// Check that the service on this machine is ready; exits with 0 if so
    Healthcheck,
    /// Print the effective settings, with secrets hidden
    Config,
}

/// Parses the arguments, and reads the settings from flags, the environment and `.env`, in this order. Exits
/// with the usage if the arguments are invalid.
pub fn parse() -> (Action, Result<Config, Problems>) {
    let matches = command().get_matches();
    match Arguments::from_arg_matches(&matches) {
        Ok(Arguments { action }) => (action, read_settings(&matches)),
        Err(error) => error.exit(),
    }
}

/// Environment variables with the prefix of this service that are not settings, probably misspelled.
pub fn unknown_variables() -> Vec<String> {
    // The build scripts set LATCHKEY_TOOLS, the tests LATCHKEY_TEST_….
    let known = |name: &str| {
        name == "LATCHKEY_TOOLS"
            || name.starts_with("LATCHKEY_TEST_")
            || settings().any(|setting| setting.variable == name)
    };
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("LATCHKEY_") && !known(name))
        .collect()
}

fn command() -> Command {
    let flags = settings().map(|setting| {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        Arg::new(setting.variable)
            .long(setting.flag)
            .value_name(setting.value)
            .help(format!("{}{default} [env: {}]", setting.help, setting.variable))
            .global(true)
    });
    Arguments::command().next_help_heading("Settings").args(flags)
}

fn read_settings(matches: &ArgMatches) -> Result<Config, Problems> {
    let file = read_env_file()?;
    Config::from_vars(|variable| {
        let set = |value: &String| !value.trim().is_empty();
        let flag = matches.get_one::<String>(variable).cloned().filter(set);
        let environment = || std::env::var(variable).ok().filter(set);
        flag.or_else(environment).or_else(|| file.get(variable).cloned())
    })
}

/// The variables in `.env` in the current folder; none if the file is absent.
fn read_env_file() -> Result<HashMap<String, String>, Problems> {
    let unreadable = |error: dotenvy::Error| {
        let message = match &error {
            // The error contains the line, which can contain a secret.
            dotenvy::Error::LineParse(line, _) => match line.split_once('=') {
                Some((name, _)) => format!("the value of {} cannot be parsed; check its quotes", name.trim()),
                None => "a line cannot be parsed; use NAME=VALUE".to_owned(),
            },
            error => format!("cannot be read: {error}"),
        };
        Problems(vec![Problem { variable: ".env".to_owned(), message }])
    };
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines.collect::<Result<_, _>>().map_err(unreadable),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(unreadable(error)),
    }
}
