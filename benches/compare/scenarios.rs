//! The scenarios, in the order in which they run.

mod memory;
mod program;
mod requests;
mod sign_in;

use anyhow::Result;

use crate::{bench::Bench, report::Row};

/// A scenario and the rows that it measures.
pub struct Scenario {
    pub name: &'static str,
    pub run: fn(&Bench) -> Result<Vec<Row>>,
}

/// All scenarios.
pub const ALL: &[Scenario] = &[
    Scenario { name: "profile", run: requests::profile },
    Scenario { name: "eddsa", run: requests::eddsa },
    Scenario { name: "verify", run: requests::verify },
    Scenario { name: "get-session", run: requests::get_session },
    Scenario { name: "sign-in", run: sign_in::sign_in },
    Scenario { name: "page", run: requests::page },
    Scenario { name: "forbidden", run: requests::forbidden },
    Scenario { name: "asset", run: requests::asset },
    Scenario { name: "memory", run: memory::memory },
    Scenario { name: "binary", run: program::binary },
    Scenario { name: "start", run: program::start },
    Scenario { name: "latency", run: sign_in::latency },
    Scenario { name: "threads", run: program::threads },
];
