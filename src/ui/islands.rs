//! What runs in the browser: comfort only. Every page works without it.
//!
//! Islands take no properties (their JSON would cost more than everything else in the bundle): what
//! they need to know stands in the markup that the server wraps in them.

mod local_times;
mod password_tools;

pub use local_times::LocalTimes;
pub use password_tools::PasswordTools;
