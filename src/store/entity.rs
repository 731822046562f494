//! SeaORM entities. Private to [`store`](crate::store).

pub mod attempt;
pub mod credential;
pub mod event;
pub mod former_address;
pub mod imported_session;
pub mod one_time_secret;
pub mod outbox;
pub mod passkey;
pub mod passkey_handle;
pub mod recovery_code;
pub mod session;
pub mod signing_key;
pub mod totp_factor;
pub mod trusted_device;
pub mod user;
pub mod user_event;
pub mod user_events_purged;
pub mod user_id;
