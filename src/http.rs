//! Routes, middleware, sessions and request handlers.

pub mod api;
mod assets;
mod extract;
mod forms;
mod layers;
mod middleware;
mod openapi;
mod pages;
mod problem;
pub mod router;
pub mod session;
mod state;

pub use router::router;
pub use state::{AppState, HttpSettings};
