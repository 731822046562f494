//! The uses of a code.

use serde_json::Value;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

use crate::http::api::better_auth::contract::{Kind, Members};

/// The use of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpType {
    /// Signing in.
    SignIn,
    /// Verifying the e-mail address.
    EmailVerification,
    /// Setting a new password.
    ForgetPassword,
    /// Changing the e-mail address, which this service does with a link.
    ChangeEmail,
}

/// The name of a use.
pub struct OtpTypeText;

impl Kind for OtpTypeText {
    type Value = OtpType;

    fn read(members: &mut Members<'_>, name: &str) -> OtpType {
        match members.get(name).and_then(Value::as_str) {
            Some("sign-in") => OtpType::SignIn,
            Some("email-verification") => OtpType::EmailVerification,
            Some("forget-password") => OtpType::ForgetPassword,
            Some("change-email") => OtpType::ChangeEmail,
            _ => {
                let names = r#""email-verification"|"sign-in"|"forget-password"|"change-email""#;
                members.wrong(name, &format!("Invalid option: expected one of {names}"));
                OtpType::ChangeEmail
            }
        }
    }

    fn schema() -> RefOr<Schema> {
        let names = ["sign-in", "email-verification", "forget-password"];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}
