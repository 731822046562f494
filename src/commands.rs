//! What the command line can be asked to do, a file each.

pub mod import;
