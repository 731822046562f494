//! Routes, middleware, sessions and request handlers.

pub mod api;
mod assets;
mod cached_page;
mod constant_pages;
mod cookie_names;
mod extract;
mod forms;
mod header_values;
mod layers;
mod middleware;
mod openapi;
mod pages;
mod problem;
mod route_error;
pub mod router;
mod scripts;
pub mod session;
pub mod state;
mod step_up;
mod visitor;

pub use router::router;
