//! The command line: `latchkey serve | migrate | keys | import | healthcheck | config`.

use std::process::ExitCode;

use latchkey::cli;

fn main() -> ExitCode {
    for variable in cli::args::unknown_variables() {
        eprintln!("latchkey: ignoring the unknown variable {variable}; `latchkey --help` lists all settings");
    }
    let (action, config) = cli::args::parse();
    let result = config.map_err(Into::into).and_then(|config| cli::run::run(action, &config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}
