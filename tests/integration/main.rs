//! What the parts do together, through their public doors.
#![expect(clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

mod architecture;
mod bad_tokens;
mod client_address;
mod command_line;
mod contract;
mod cross_site;
mod description;
mod forms_edge;
mod forward_auth;
mod headers;
mod health;
mod import;
mod key_rotation;
mod key_set;
mod problems;
mod protected_api;
mod refused_tokens;
mod renewal;
mod replicas;
mod required_sessions;
mod security_log;
mod sign_in;
mod sign_out;
mod sign_up;
mod signing_keys;
mod support;
mod throttling;
mod token_rules;
mod upgrade;
mod wire;
