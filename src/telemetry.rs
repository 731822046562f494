//! What operators observe. Today the log; metrics and traces belong here too.

pub mod log;
pub mod panic;
