//! What every story uses: the service in this process, its clients, and tokens to attack it with.

pub mod app;
pub mod authenticator;
pub mod binary;
pub mod browser;
pub mod client;
pub mod database;
pub mod forwarder;
pub mod keys;
pub mod log;
pub mod person;
pub mod raw_http;
pub mod records;
pub mod tokens;

pub use app::TestApp;

/// The service's own origin.
pub const BASE_URL: &str = "http://localhost:3000";

/// The shared secret that signs access tokens.
pub const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/// The master secret that seals the signing keys.
pub const MASTER_SECRET: &str = "Zt4mW9bN2xQ7vK5cR8dF1gH6jL3pS0aY/uE+oI=";

/// A password that the policy accepts.
pub const PASSWORD: &str = "violet otter lantern 42";

/// Another password that the policy accepts.
pub const NEW_PASSWORD: &str = "amber kettle balcony 7";

/// A password that no test account has.
pub const WRONG_PASSWORD: &str = "wrong password 1";

/// The content type of the JSON APIs.
pub const JSON: (&str, &str) = ("content-type", "application/json");

/// The content type of HTML forms.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
