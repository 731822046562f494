//! The command line: arguments, and one file per subcommand.

pub mod args;
pub mod healthcheck;
pub mod import;
pub mod keys;
pub mod run;
pub mod serve;
