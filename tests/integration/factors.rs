//! Second factors: authenticator apps, recovery codes, trusted devices, and every way in.

pub mod app;
mod budgets;
mod changes;
mod devices;
mod recovery;
mod replicas;
mod set_up;
mod sign_in;
mod ways;
