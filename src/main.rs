//! The command line: `latchkey serve | migrate | healthcheck | config | import`.

use std::process::ExitCode;

use latchkey::{
    app,
    cli::{self, Action},
    commands,
    config::Config,
    healthcheck, serve, telemetry,
};

fn main() -> ExitCode {
    for variable in cli::unknown_variables() {
        eprintln!("latchkey: {variable} is no setting and is ignored; see latchkey --help");
    }
    let (action, config) = cli::read(&cli::command().get_matches());
    let result = config.map_err(|problems| problems.to_string()).and_then(|config| run(action, &config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("latchkey: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action, config: &Config) -> Result<(), String> {
    match action {
        Action::Config => {
            for (variable, value) in config.describe() {
                println!("{variable}={value}");
            }
            Ok(())
        }
        Action::Healthcheck => match healthcheck::is_ready(config.listen) {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("the service on {} is not ready", config.listen)),
            Err(error) => Err(format!("no service answers on {}: {error}", config.listen)),
        },
        Action::Migrate => block_on(async {
            let store = app::connect(config).await.map_err(|error| error.to_string())?;
            store.migrate().await.map_err(|error| error.to_string())?;
            println!("the database is up to date");
            Ok(())
        }),
        Action::Import(options) => block_on(commands::import::run(&options, config)),
        Action::Serve => {
            telemetry::start(&config.log)?;
            block_on(async { serve::serve(config).await.map_err(|error| error.to_string()) })
        }
    }
}

fn block_on(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(work)
}
