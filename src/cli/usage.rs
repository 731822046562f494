//! Errors of the command line. They name flags and commands, never values: after `--jwt-secret NEW OLD` without
//! quotes, the second secret is read as a command.

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
            output::print_error(format_args!("{}; `latchkey --help` lists commands and flags", message(kind, error)));
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
            format!("there is an argument too many{}; {hint}", similar(ContextKind::SuggestedSubcommand))
        }
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
