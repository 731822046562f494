//! Running the service: command line, settings, files, logs, health checks, upgrades.

mod access_log;
mod cached_rows;
mod command_line;
mod connect;
mod connections;
mod event_bounds;
mod event_queue;
mod event_retention;
mod files;
mod health;
mod log;
mod outage;
mod pooler;
mod purge;
mod secrets;
mod security_log;
mod settings;
mod start;
mod systemd;
mod upgrade;
