//! The response to `navigator.credentials.get`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AuthData, Key, encode, sha256};

/// The parts of a response.
pub struct Assertion {
    pub id: String,
    pub raw_id: Vec<u8>,
    pub kind: String,
    pub client_data: Value,
    pub edit_client_data: fn(String) -> String,
    pub auth: AuthData,
    /// `None`: the response has no user handle.
    pub user_handle: Option<Vec<u8>>,
    /// The key that signs.
    pub key: Arc<Key>,
    /// Other data to sign.
    pub signed: Option<Vec<u8>>,
    pub edit_signature: fn(Vec<u8>) -> Vec<u8>,
}

impl Assertion {
    /// The response as the stock client sends it: without `clientExtensionResults`.
    pub fn json(&self) -> Value {
        let (auth, client_data) = (self.auth.encoded(), (self.edit_client_data)(self.client_data.to_string()));
        let data = [auth.clone(), sha256(client_data.as_bytes())].concat();
        let signature = self.key.sign(self.signed.as_ref().unwrap_or(&data));
        let mut response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&auth),
            "signature": encode(&(self.edit_signature)(signature)),
        });
        if let Some(handle) = &self.user_handle {
            response["userHandle"] = encode(handle).into();
        }
        json!({
            "id": self.id,
            "rawId": encode(&self.raw_id),
            "type": self.kind,
            "authenticatorAttachment": "platform",
            "response": response,
        })
    }
}
