//! `latchkey migrate`

use super::Outcome;
use crate::{app, config::Config};

pub(super) async fn run(config: &Config) -> Outcome {
    app::connect(config).await?.migrate().await?;
    println!("the database is up to date");
    Ok(())
}
