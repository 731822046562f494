//! Types that can only be constructed valid, and the errors of their constructors. Pure: no clock, no randomness, no
//! I/O. Compiled for the server and the browser.

pub mod authentication;
pub mod characters;
pub mod confirmation;
pub mod device;
pub mod email;
pub mod event;
pub mod factors;
pub mod form;
pub mod ids;
pub mod image;
pub mod link;
pub mod local_path;
pub mod name;
pub mod passkey;
pub mod password;
pub mod recovery_code;
pub mod return_address;
pub mod seconds;
pub mod session;
pub mod timestamp;
pub mod totp_code;
pub mod user;
pub mod user_event;

pub use email::Email;
pub use ids::{MailId, PasskeyId, SessionId, TrustedDeviceId, UserId};
pub use link::LinkPurpose;
pub use local_path::LocalPath;
pub use name::Name;
pub use passkey::{Passkey, PasskeyName};
pub use password::Password;
pub use recovery_code::RecoveryCode;
pub use return_address::ReturnAddress;
pub use timestamp::Timestamp;
pub use totp_code::TotpCode;
