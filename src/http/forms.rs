//! The server functions behind the forms, one file per form. Each parses its fields, calls the use case and
//! redirects.
//!
//! The outcome reaches the next page as a [`FormState`](crate::domain::form::FormState). Browsers with and without
//! JavaScript use the same code path.

mod confirmation;
mod deletion;
mod email_change;
mod errors;
mod factors;
mod first_password;
pub mod passkey_options;
mod passkey_response;
mod passkey_sign_in;
mod passkey_sign_up;
mod passkeys;
mod password;
mod profile;
pub(crate) mod request;
mod reset_password;
pub mod run;
mod second_step;
mod sessions;
mod sign_in;
mod sign_in_by_mail;
mod sign_out;
mod sign_up;
mod step_up;
mod verify_email;
