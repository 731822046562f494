//! "Confirm it's you": a form in a session that is not recent continues after a proof, with its values.

mod actions;
mod app;
mod budgets;
mod page;
mod passkeys;
mod proofs;
mod sealed;
mod sessions;
