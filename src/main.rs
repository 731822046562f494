//! The command line: `latchkey serve | migrate | keys | import | healthcheck | config`.

use std::process::ExitCode;

use latchkey::cli;

fn main() -> ExitCode {
    for variable in cli::args::unknown_variables() {
        eprintln!("latchkey: {variable} is no setting and is ignored; see latchkey --help");
    }
    let (action, config) = cli::args::read(&cli::args::command().get_matches());
    let result = config.map_err(|problems| problems.to_string()).and_then(|config| cli::run::run(action, &config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("latchkey: {message}");
            ExitCode::FAILURE
        }
    }
}
