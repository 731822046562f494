//! The contract's passkey object, and the kinds of members of passkey routes.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{
    domain::{
        PasskeyName, UserId,
        passkey::{Attachment, InvalidPasskeyName, Passkey},
    },
    http::api::better_auth::contract::{Kind, Members, Record, Text, error::sentence},
};

/// A passkey.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Passkey)]
pub struct PasskeyObject {
    /// The id, for `delete-passkey` and `update-passkey`.
    #[schema(format = "uuid")]
    id: String,
    /// The name that the user gave it.
    #[schema(max_length = 64)]
    name: String,
    /// The user.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    user_id: UserId,
    /// The id of the credential, in base64url.
    #[serde(rename = "credentialID")]
    credential_id: String,
    /// The public key (COSE), in base64.
    public_key: String,
    /// How often the authenticator has signed; 0 if it does not count.
    counter: u32,
    /// `multiDevice` if the passkey can be on several devices, otherwise `singleDevice`.
    device_type: &'static str,
    /// Whether the passkey is on several devices.
    backed_up: bool,
    /// How browsers reach the authenticator, separated by commas.
    transports: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// The model of the authenticator; all zeros if unknown.
    #[schema(format = "uuid")]
    aaguid: String,
}

impl From<&Passkey> for PasskeyObject {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name.as_str().to_owned(),
            user_id: passkey.user_id,
            credential_id: URL_SAFE_NO_PAD.encode(&passkey.credential_id),
            public_key: STANDARD.encode(&passkey.public_key),
            counter: passkey.counter,
            device_type: if passkey.is_synced { "multiDevice" } else { "singleDevice" },
            backed_up: passkey.backed_up,
            transports: passkey.transports.join(","),
            created_at: passkey.created_at.to_rfc3339(),
            aaguid: passkey.aaguid.to_string(),
        }
    }
}

/// The response to a sign-in, which the use case verifies.
pub struct Assertion;

impl Kind for Assertion {
    type Value = Value;

    fn read(members: &mut Members<'_>, name: &str) -> Value {
        Record::read(members, name);
        members.get(name).cloned().unwrap_or_default()
    }

    fn schema() -> RefOr<Schema> {
        Record::schema()
    }
}

/// The response to a registration, which the use case verifies. Another value than an object does not verify.
pub struct Attestation;

impl Kind for Attestation {
    type Value = Value;

    fn read(members: &mut Members<'_>, name: &str) -> Value {
        if members.get(name).is_none() {
            members.wrong_type(name, "nonoptional");
        }
        members.get(name).cloned().unwrap_or_default()
    }

    fn schema() -> RefOr<Schema> {
        Record::schema()
    }
}

/// The name of a new passkey. Any text: the authenticator has the passkey already. `None` for a blank text.
pub struct GivenName;

impl Kind for GivenName {
    type Value = Option<PasskeyName>;

    fn read(members: &mut Members<'_>, name: &str) -> Option<PasskeyName> {
        let text = Text::read(members, name);
        (!text.trim().is_empty()).then(|| PasskeyName::cleaned(&text))
    }

    fn schema() -> RefOr<Schema> {
        Text::schema()
    }
}

/// A valid name of a passkey.
pub struct NewName;

impl Kind for NewName {
    type Value = PasskeyName;

    fn read(members: &mut Members<'_>, name: &str) -> PasskeyName {
        let text = Text::read(members, name);
        PasskeyName::parse(&text).unwrap_or_else(|invalid| {
            if members.get(name).is_some_and(Value::is_string) {
                members.problem(name, &problem(invalid));
            }
            PasskeyName::unnamed()
        })
    }

    fn schema() -> RefOr<Schema> {
        Text::schema()
    }
}

fn problem(invalid: InvalidPasskeyName) -> String {
    match invalid {
        InvalidPasskeyName::Empty => "Too small: expected string to have >=1 characters".to_owned(),
        other => sentence(&other.to_string()),
    }
}

/// Where an authenticator is.
pub struct AttachmentText;

impl Kind for AttachmentText {
    type Value = Option<Attachment>;

    fn read(members: &mut Members<'_>, name: &str) -> Option<Attachment> {
        let attachment = members.get(name).and_then(Value::as_str).and_then(Attachment::parse);
        if attachment.is_none() {
            members.wrong(name, r#"Invalid option: expected one of "platform"|"cross-platform""#);
        }
        attachment
    }

    fn schema() -> RefOr<Schema> {
        let values = ["platform", "cross-platform"];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).into()
    }
}
