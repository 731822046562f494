//! The command line: `latchkey serve | migrate | keys | import | mail | healthcheck | config`.

use std::process::ExitCode;

use latchkey::cli;

fn main() -> ExitCode {
    let (action, config) = cli::args::parse();
    let result = config.map_err(Into::into).and_then(|config| cli::run::run(action, &config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::output::print_error(error);
            ExitCode::FAILURE
        }
    }
}
