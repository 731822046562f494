//! What the subcommands do. An error is a sentence that says how to mend it.

use super::{args::Action, healthcheck, serve};
use crate::{app, config::Config, telemetry};

pub use super::import::Options as ImportOptions;
pub use super::keys::KeysAction;

/// Does what was asked for.
pub fn run(action: Action, config: &Config) -> Result<(), String> {
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
        Action::Import(options) => block_on(super::import::run(&options, config)),
        Action::Keys(action) => block_on(super::keys::run(action, config)),
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
