//! The command line: one file per subcommand, with its options and what it does.

pub mod args;
mod config;
mod healthcheck;
mod import;
mod keys;
mod mail;
mod migrate;
pub mod output;
pub mod run;
mod serve;
mod usage;

use std::error::Error;

/// The result of a subcommand. The error is printed, so its text says how to fix the problem.
type Outcome = Result<(), Box<dyn Error>>;
