//! Runs the subcommand.

use super::{Outcome, args::Action, config, healthcheck, import, keys, migrate, serve};
use crate::config::Config;

/// Runs the subcommand.
pub fn run(action: Action, config: &Config) -> Outcome {
    match action {
        Action::Config => {
            config::run(config);
            Ok(())
        }
        Action::Healthcheck => healthcheck::run(config),
        Action::Migrate => block_on(migrate::run(config)),
        Action::Import(import) => block_on(import::run(import, config)),
        Action::Keys(keys) => block_on(keys::run(keys, config)),
        Action::Serve => block_on(serve::run(config)),
    }
}

fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Runtime::new()?.block_on(work)
}
