//! The response to `navigator.credentials.create`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AuthData, Key, cbor::Cbor, encode, sha256};

/// The parts of a response.
pub struct Registration {
    pub id: String,
    pub raw_id: Vec<u8>,
    pub kind: String,
    pub client_data: Value,
    pub edit_client_data: fn(String) -> String,
    pub auth: AuthData,
    /// The format of the attestation, and its statement.
    pub format: String,
    pub statement: Cbor,
    pub edit_object: fn(Vec<u8>) -> Vec<u8>,
    /// A member that the object does not have, and members that it has too.
    pub omitted: &'static str,
    pub added: Vec<(Cbor, Cbor)>,
    pub transports: Value,
    pub(super) key: Arc<Key>,
}

impl Registration {
    /// The response as the stock client sends it: without `clientExtensionResults`.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "rawId": encode(&self.raw_id),
            "type": self.kind,
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(self.client_data_bytes().as_bytes()),
                "attestationObject": encode(&(self.edit_object)(self.object().encoded())),
                "transports": self.transports,
            },
        })
    }

    /// The attestation object.
    pub fn object(&self) -> Cbor {
        let members = [
            ("fmt", Cbor::text(&self.format)),
            ("attStmt", self.statement.clone()),
            ("authData", Cbor::Bytes(self.auth.encoded())),
        ];
        let members = members.into_iter().filter(|(name, _)| *name != self.omitted);
        let members = members.map(|(name, value)| (Cbor::text(name), value));
        Cbor::Map(members.chain(self.added.clone()).collect())
    }

    /// Adds a self attestation (packed, WebAuthn §8.2), over the parts as they are now.
    pub fn attest(&mut self) {
        let data = [self.auth.encoded(), sha256(self.client_data_bytes().as_bytes())].concat();
        "packed".clone_into(&mut self.format);
        self.statement = Cbor::Map(vec![
            (Cbor::text("alg"), Cbor::Int(self.key.algorithm())),
            (Cbor::text("sig"), Cbor::Bytes(self.key.sign(&data))),
        ]);
    }

    fn client_data_bytes(&self) -> String {
        (self.edit_client_data)(self.client_data.to_string())
    }
}
