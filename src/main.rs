//! The command line: `latchkey serve | migrate | keys | healthcheck | config`.

use std::process::ExitCode;

use latchkey::{cli, commands};

fn main() -> ExitCode {
    for variable in cli::unknown_variables() {
        eprintln!("latchkey: {variable} is no setting and is ignored; see latchkey --help");
    }
    let (action, config) = cli::read(&cli::command().get_matches());
    let result = config.map_err(|problems| problems.to_string()).and_then(|config| commands::run(action, &config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("latchkey: {message}");
            ExitCode::FAILURE
        }
    }
}
