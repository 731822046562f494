//! Running the service: command line, health checks, security log, upgrades.

mod command_line;
mod health;
mod security_log;
mod upgrade;
