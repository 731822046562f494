//! Second factors: authenticator apps, recovery codes, trusted devices, every way in, and the setting that requires them.

pub mod app;
mod budgets;
mod changes;
mod devices;
mod recovery;
mod replicas;
mod required;
mod set_up;
mod sign_in;
mod undo;
mod ways;
