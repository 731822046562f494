//! Errors of the command line. They name flags and commands, never values: after `--jwt-secret NEW OLD` without
//! quotes, the second secret is read as a command.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::output;

/// The longest text that is printed as the name of a flag.
const LONGEST: usize = 32;

/// Prints the help, the version or the error, and exits.
pub(super) fn exit(error: &Error) -> ! {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand => error.exit(),
        kind => {
            let help = "`--help` lists commands, and after a command its flags";
            output::print_error(format_args!("{}; {help}", message(kind, error)));
            std::process::exit(error.exit_code());
        }
    }
}

fn message(kind: ErrorKind, error: &Error) -> String {
    let similar = |context| text(error, context).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    match (kind, text(error, ContextKind::InvalidArg).as_deref().and_then(flag)) {
        (ErrorKind::InvalidSubcommand, _) => {
            format!("the command is unknown{}", similar(ContextKind::SuggestedSubcommand))
        }
        (ErrorKind::UnknownArgument, Some(flag)) => {
            format!("the flag {flag} is unknown{}", similar(ContextKind::SuggestedArg))
        }
        (ErrorKind::UnknownArgument, None) => {
            let hint = "quote values that contain spaces";
            format!("there is one argument too many{}; {hint}", similar(ContextKind::SuggestedSubcommand))
        }
        (ErrorKind::InvalidValue, Some(flag)) => match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
                format!("the flag {flag} takes one of: {}", valid.join(", "))
            }
            _ => format!("the flag {flag} needs a value"),
        },
        (ErrorKind::ArgumentConflict, Some(flag)) => {
            let other = text(error, ContextKind::PriorArg);
            let other = other.as_deref().and_then(self::flag).unwrap_or("another flag");
            format!("the flag {flag} cannot be combined with {other}")
        }
        // The parsers' messages are constants.
        (ErrorKind::ValueValidation, Some(flag)) => match error.source() {
            Some(reason) => format!("the flag {flag}: {reason}"),
            None => format!("the flag {flag} has a wrong value"),
        },
        (_, Some(flag)) => format!("the flag {flag} is used wrongly"),
        (_, None) => "the arguments are invalid".to_owned(),
    }
}

/// The first text of a kind.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The name of a flag without its value.
fn flag(argument: &str) -> Option<&str> {
    let name = argument.split(['=', ' ']).next()?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (name.starts_with("--") && name.len() <= LONGEST && is_name).then_some(name)
}
