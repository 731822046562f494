//! The scenarios, in the order in which they run.

mod memory;
mod program;
mod requests;
mod sign_in;
mod users;

use anyhow::Result;

use crate::{bench::Bench, report::Row};

/// A scenario and the rows that it measures.
pub struct Scenario {
    pub name: &'static str,
    pub run: fn(&Bench) -> Result<Vec<Row>>,
    /// Whether it only runs if it is named.
    pub takes_minutes: bool,
}

const fn quick(name: &'static str, run: fn(&Bench) -> Result<Vec<Row>>) -> Scenario {
    Scenario { name, run, takes_minutes: false }
}

const fn long(name: &'static str, run: fn(&Bench) -> Result<Vec<Row>>) -> Scenario {
    Scenario { name, run, takes_minutes: true }
}

/// All scenarios.
pub const ALL: &[Scenario] = &[
    quick("profile", requests::profile),
    quick("eddsa", requests::eddsa),
    quick("verify", requests::verify),
    quick("token-check", requests::token_check),
    quick("get-session", requests::get_session),
    quick("sign-in", sign_in::sign_in),
    quick("page", requests::page),
    quick("forbidden", requests::forbidden),
    quick("asset", requests::asset),
    quick("memory", memory::memory),
    quick("binary", program::binary),
    quick("start", program::start),
    quick("latency", sign_in::latency),
    quick("threads", program::threads),
    long("users-sqlite", users::on_sqlite),
    long("users-postgres", users::on_postgres),
];
