//! Components that several pages share.

pub mod field;
pub mod form;
pub mod form_script;
pub mod header;
pub mod island_scripts;
pub mod notice;
pub mod passkeys;
pub mod password_field;
pub mod qr_code;
pub mod time;
pub mod totp_steps;
