//! The tables as SeaORM sees them. Nothing outside [`store`](crate::store) names these.

pub mod attempt;
pub mod credential;
pub mod event;
pub mod session;
pub mod signing_key;
pub mod user;
pub mod user_id;
