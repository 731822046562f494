//! The parts pages are made of.

pub mod error_summary;
pub mod field;
pub mod header;
pub mod island_scripts;
pub mod notice;
pub mod password_field;
pub mod time;
