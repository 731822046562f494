//! The components that run in the browser. Every page works without them.
//!
//! Islands have no properties, because the JSON code for properties would be the largest part of the bundle. They
//! read their data from the markup inside them.

mod local_times;
mod password_tools;

pub use local_times::LocalTimes;
pub use password_tools::PasswordTools;
