//! `latchkey migrate`

use super::{Outcome, output};
use crate::{app, config::Config};

pub(super) async fn run(config: &Config) -> Outcome {
    let store = app::connect(config).await?;
    let applied = store.migrate().await?;
    store.close().await?;
    output::print(format_args!("the database is up to date; {applied} migrations were applied\n"))?;
    Ok(())
}
