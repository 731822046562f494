//! Runs the subcommand.

use super::{Outcome, args::Action, config, healthcheck, import, keys, mail, migrate, serve};
use crate::{config::Config, telemetry};

/// Runs the subcommand.
pub fn run(action: Action, config: &Config) -> Outcome {
    if action == Action::Serve {
        // Dropped last: writes the rest of the log.
        let _log = telemetry::log::start(&config.log)?;
        telemetry::panic::log_panics();
        return block_on(serve::run(config));
    }
    telemetry::log::start_for_command()?;
    telemetry::panic::log_panics();
    match action {
        Action::Config => config::run(config),
        Action::Healthcheck => healthcheck::run(config),
        Action::Migrate => block_on(migrate::run(config)),
        Action::Import(import) => block_on(import::run(import, config)),
        Action::Mail(mail) => block_on(mail::run(mail, config)),
        Action::Keys(keys) => block_on(keys::run(keys, config)),
        Action::Serve => Ok(()),
    }
}

fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(work);
    // Dropping it would wait for blocking work, such as the lookup of a host name.
    runtime.shutdown_background();
    outcome
}
