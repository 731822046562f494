//! A software authenticator with its browser: makes responses to passkey ceremonies (WebAuthn Level 3), right or wrong.
//!
//! A response is built from parts that a test can change before it becomes JSON. The signature is made last, over the
//! changed parts.

mod assertion;
pub mod cbor;
mod data;
mod key;
mod registration;

use std::sync::Arc;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub use assertion::Assertion;
pub use data::{AT, Attested, AuthData, BE, BS, ED, UP, UV};
pub use key::Key;
pub use registration::Registration;

use super::BASE_URL;

/// An authenticator, and the browser that it is connected to.
pub struct Authenticator {
    /// The origin of the page.
    pub origin: String,
    /// The flags of responses, without those of their contents.
    pub flags: u8,
    /// Whether it counts signatures.
    pub counts: bool,
    /// The passkeys, oldest first.
    pub passkeys: Vec<HeldPasskey>,
    new_key: fn() -> Key,
}

/// A passkey in an authenticator.
#[derive(Clone)]
pub struct HeldPasskey {
    pub id: Vec<u8>,
    pub key: Arc<Key>,
    pub user_handle: Vec<u8>,
    pub counter: u32,
}

impl Authenticator {
    /// A phone or a password manager: its passkeys are backed up, and it does not count.
    pub fn synced() -> Self {
        Self {
            origin: BASE_URL.to_owned(),
            flags: UP | UV | BE | BS,
            counts: false,
            passkeys: Vec::new(),
            new_key: Key::es256,
        }
    }

    /// A security key with a PIN: its passkeys stay in it, and it counts signatures.
    pub fn security_key() -> Self {
        Self { flags: UP | UV, counts: true, ..Self::synced() }
    }

    /// The same authenticator with another algorithm.
    pub fn with_key(self, new_key: fn() -> Key) -> Self {
        Self { new_key, ..self }
    }

    /// Makes a passkey for these options, and the response.
    pub fn register(&mut self, options: &Value) -> Registration {
        let user_handle = bytes(&options["user"]["id"]);
        let passkey = HeldPasskey { id: random(32), key: Arc::new((self.new_key)()), user_handle, counter: 0 };
        let response = self.response_with(&passkey, options);
        self.passkeys.push(passkey);
        response
    }

    /// The response with a passkey that the authenticator does not keep.
    pub fn response_with(&self, passkey: &HeldPasskey, options: &Value) -> Registration {
        let attested = Attested { aaguid: [0; 16], id_length: None, id: passkey.id.clone(), key: passkey.key.cose() };
        Registration {
            id: encode(&passkey.id),
            raw_id: passkey.id.clone(),
            kind: "public-key".to_owned(),
            client_data: self.client_data("webauthn.create", options),
            edit_client_data: |text| text,
            auth: AuthData {
                rp_id_hash: sha256(text(&options["rp"]["id"]).as_bytes()),
                flags: self.flags | AT,
                counter: 0,
                attested: Some(attested),
                extensions: None,
                rest: Vec::new(),
            },
            format: "none".to_owned(),
            statement: cbor::Cbor::Map(Vec::new()),
            edit_object: |object| object,
            omitted: "",
            added: Vec::new(),
            transports: json!(["internal", "hybrid"]),
            key: Arc::clone(&passkey.key),
        }
    }

    /// Signs the challenge of these options with the newest passkey that they allow.
    pub fn sign(&mut self, options: &Value) -> Assertion {
        let allowed = options["allowCredentials"].as_array().filter(|list| !list.is_empty());
        let is_allowed =
            |id: &[u8]| allowed.is_none_or(|list| list.iter().any(|credential| bytes(&credential["id"]) == id));
        let index = self.passkeys.iter().rposition(|passkey| is_allowed(&passkey.id)).expect("an allowed passkey");
        if self.counts {
            self.passkeys[index].counter += 1;
        }
        let passkey = &self.passkeys[index];
        Assertion {
            id: encode(&passkey.id),
            raw_id: passkey.id.clone(),
            kind: "public-key".to_owned(),
            client_data: self.client_data("webauthn.get", options),
            edit_client_data: |text| text,
            auth: AuthData {
                rp_id_hash: sha256(text(&options["rpId"]).as_bytes()),
                flags: self.flags,
                counter: passkey.counter,
                attested: None,
                extensions: None,
                rest: Vec::new(),
            },
            user_handle: Some(passkey.user_handle.clone()),
            key: Arc::clone(&passkey.key),
            signed: None,
            edit_signature: |signature| signature,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Value {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
    }
}

/// base64url without padding, as in the JSON of browsers.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a member in base64url.
pub fn bytes(member: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(member)).expect("base64url")
}

pub fn sha256(data: &[u8]) -> Vec<u8> {
    digest(&SHA256, data).as_ref().to_vec()
}

pub fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).expect("random bytes");
    bytes
}

fn text(member: &Value) -> &str {
    member.as_str().unwrap_or_else(|| panic!("no text: {member}"))
}
