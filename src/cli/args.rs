//! The command line. Flags, help and defaults come from the one table of settings.

use std::{collections::HashMap, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::run::{ImportOptions, KeysAction};
use crate::config::{Config, Problem, Problems, SETTINGS};

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run the service.
    Serve,
    /// Bring the database up to date and stop.
    Migrate,
    /// Show or change the keys that sign access tokens.
    Keys(KeysAction),
    /// Ask a running service whether it is ready.
    Healthcheck,
    /// Print the effective settings.
    Config,
    /// Bring over the users of a Better Auth installation.
    Import(ImportOptions),
}

/// The command line's form.
pub fn command() -> Command {
    let settings = SETTINGS.iter().map(|setting| {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        Arg::new(setting.variable)
            .long(setting.flag)
            .value_name(setting.value)
            .help(format!("{}{default} [env: {}]", setting.help, setting.variable))
            .global(true)
            .hide_default_value(true)
    });
    Command::new("latchkey")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Authentication in one binary: sign-in pages, a JSON API and JWTs that any backend can check")
        .after_help(
            "Every setting is a flag, an environment variable, or a line in a .env file; the first of them \
             counts. Nothing needs to be set to try it: `latchkey serve` listens on http://localhost:3000 \
             and keeps everything in ./data.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .next_help_heading("Settings")
        .args(settings)
        .subcommand(Command::new("serve").about("Run the service; brings the database up to date first"))
        .subcommand(Command::new("migrate").about("Bring the database up to date and stop"))
        .subcommand(keys())
        .subcommand(
            Command::new("healthcheck").about("Ask the service running here whether it is ready; exits 0 if so"),
        )
        .subcommand(Command::new("config").about("Print the effective settings, secrets hidden"))
        .subcommand(import_command())
}

fn import_command() -> Command {
    let option = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).help_heading("Options");
    Command::new("import")
        .about("Bring over users, passwords and sessions from elsewhere")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("better-auth")
                .about("Bring over the users, passwords and live sessions of a Better Auth 1.x database")
                .long_about(
                    "Bring over the users, passwords and live sessions of a Better Auth 1.x database, which is only \
                     read. All or nothing is imported; what is here already stays, so it can be run again. What \
                     was skipped is listed with the reason and is no failure: the exit code is 0.",
                )
                .arg(
                    option("from", "The old database: an SQLite file or a postgres:// address")
                        .value_name("DATABASE")
                        .required(true),
                )
                .arg(
                    option(
                        "secret-file",
                        "The file with the old secret, which keeps sessions valid [env: BETTER_AUTH_SECRET]",
                    )
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf)),
                )
                .arg(option("dry-run", "Do everything, write nothing, and report").action(ArgAction::SetTrue)),
        )
}

/// What is to be imported, with the flags given there.
fn import_action(matches: &ArgMatches) -> (Action, &ArgMatches) {
    let flags = matches.subcommand().map_or(matches, |(_, flags)| flags);
    let options = ImportOptions {
        from: flags.get_one::<String>("from").cloned().unwrap_or_default(),
        secret_file: flags.get_one::<PathBuf>("secret-file").cloned(),
        dry_run: flags.get_flag("dry-run"),
    };
    (Action::Import(options), flags)
}

fn keys() -> Command {
    let retire = Command::new("retire")
        .about("Take a key out of service: it signs no more, and what it signed is accepted until it expires")
        .arg(Arg::new("KID").required(true).help("The key's name, as `latchkey keys list` shows it"))
        .arg(
            Arg::new("now")
                .long("now")
                .action(ArgAction::SetTrue)
                .help("The key is compromised or lost: refuse what it signed at once, everywhere"),
        );
    Command::new("keys")
        .about("Show or change the keys that sign access tokens, beside the running service")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about("Show every key, what it is doing, and until when"))
        .subcommand(Command::new("rotate").about("Make the next key; it is published for some minutes and then signs"))
        .subcommand(retire)
}

/// What of `keys` is asked for, with the flags given there.
fn keys_action(matches: &ArgMatches) -> (Action, &ArgMatches) {
    let (name, flags) = matches.subcommand().unwrap_or(("list", matches));
    let action = match name {
        "rotate" => KeysAction::Rotate,
        "retire" => KeysAction::Retire {
            kid: flags.get_one::<String>("KID").cloned().unwrap_or_default(),
            now: flags.get_flag("now"),
        },
        _ => KeysAction::List,
    };
    (Action::Keys(action), flags)
}

/// The action asked for, and the settings from flags, environment and `.env`, in this order.
pub fn read(matches: &ArgMatches) -> (Action, Result<Config, Problems>) {
    let (name, flags) = matches.subcommand().unwrap_or(("serve", matches));
    let (action, flags) = match name {
        "migrate" => (Action::Migrate, flags),
        "keys" => keys_action(flags),
        "import" => import_action(flags),
        "healthcheck" => (Action::Healthcheck, flags),
        "config" => (Action::Config, flags),
        _ => (Action::Serve, flags),
    };
    let config = read_env_file().and_then(|file| {
        Config::from_vars(|variable| {
            let set = |value: &String| !value.trim().is_empty();
            let flag = flags.get_one::<String>(variable).cloned().filter(set);
            let environment = || std::env::var(variable).ok().filter(set);
            flag.or_else(environment).or_else(|| file.get(variable).cloned())
        })
    });
    (action, config)
}

/// Variables of this service's prefix that are no setting: misspelt, most likely.
pub fn unknown_variables() -> Vec<String> {
    // Where the build scripts keep their tools.
    let known = |name: &str| name == "LATCHKEY_TOOLS" || SETTINGS.iter().any(|setting| setting.variable == name);
    let ours = |name: &String| name.starts_with("LATCHKEY_") && !name.starts_with("LATCHKEY_TEST_");
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| ours(name) && !known(name))
        .collect()
}

/// The lines of `.env` in the current folder; none if there is no such file.
fn read_env_file() -> Result<HashMap<String, String>, Problems> {
    let unreadable = |error: dotenvy::Error| {
        Problems(vec![Problem { variable: ".env".to_owned(), message: format!("cannot be read: {error}") }])
    };
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines.collect::<Result<_, _>>().map_err(unreadable),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(unreadable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn a_flag_sets_what_its_variable_sets() {
        let matches = command().try_get_matches_from(["latchkey", "serve", "--listen", "127.0.0.1:4000"]).unwrap();
        let (action, config) = read(&matches);
        assert_eq!(action, Action::Serve);
        assert_eq!(config.unwrap().listen.port(), 4000);
    }

    #[test]
    fn a_key_is_named_and_settings_may_stand_behind_its_name() {
        let line = ["latchkey", "keys", "retire", "abc", "--now", "--listen", "127.0.0.1:4000"];
        let (action, config) = read(&command().try_get_matches_from(line).unwrap());
        assert_eq!(action, Action::Keys(KeysAction::Retire { kid: "abc".to_owned(), now: true }));
        assert_eq!(config.unwrap().listen.port(), 4000);
        assert!(command().try_get_matches_from(["latchkey", "keys", "retire"]).is_err());
    }
}
