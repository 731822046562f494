//! The edge: which paths there are, what each demands of a request, and what every response carries.

pub mod api;
mod assets;
mod extract;
mod forms;
mod layers;
mod middleware;
mod openapi;
mod pages;
mod problem;
mod route_error;
pub mod router;
pub mod session;
mod state;

pub use router::router;
pub use state::{AppState, HttpSettings};
