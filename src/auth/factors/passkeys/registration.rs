//! The options of a new passkey, and the verification of the response (WebAuthn Level 3 §7.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{Credential, PasskeyRegistration};
use webauthn_rs_proto::{
    AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialDescriptor, RegisterPublicKeyCredential,
    ResidentKeyRequirement,
};

use super::{
    MAX_RESPONSE,
    conditional::{Mediation, with_user},
    form,
    key::PublicKey,
    relying_party::{RelyingParty, failed},
};
use crate::{
    auth::error::InternalError,
    domain::passkey::{Attachment, Passkey},
};

/// The longest credential id in bytes (WebAuthn Level 3 §4, "credential ID").
const MAX_CREDENTIAL_ID: usize = 1023;

/// The user of a new passkey, as the authenticator stores and shows it.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyUser<'a> {
    /// The random handle, by which a sign-in finds the user.
    pub handle: Uuid,
    /// The address.
    pub email: &'a str,
    /// The name, or the address.
    pub display_name: &'a str,
}

/// A verified new passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The public key.
    pub public_key: PublicKey,
    /// The signature counter.
    pub counter: u32,
    /// Whether the passkey can be on several devices.
    pub is_synced: bool,
    /// Whether the passkey is backed up.
    pub backed_up: bool,
    /// How the browser can reach the authenticator.
    pub transports: Vec<String>,
    /// The model of the authenticator. All zero: not known.
    pub aaguid: Uuid,
}

/// What verifies a response: the challenge.
pub type CreationState = PasskeyRegistration;

/// The response is truncated, too large, or does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the response does not verify")]
pub struct InvalidResponse;

impl RelyingParty {
    /// The options of a new passkey, and the state that verifies the response. An authenticator with one of the user's
    /// passkeys makes no other one.
    pub(in crate::auth) fn creation(
        &self,
        user: PasskeyUser<'_>,
        existing: &[Passkey],
        attachment: Option<Attachment>,
    ) -> Result<(Value, CreationState), InternalError> {
        let PasskeyUser { handle, email, display_name } = user;
        let started = self.webauthn().start_passkey_registration(handle, email, display_name, None);
        let (challenge, state) = started.map_err(failed)?;
        let mut options = challenge.public_key;
        // The library leaves the choice to the authenticator. A sign-in without a user name needs a discoverable passkey.
        if let Some(selection) = &mut options.authenticator_selection {
            selection.resident_key = Some(ResidentKeyRequirement::Required);
            selection.require_resident_key = true;
            selection.authenticator_attachment = attachment.map(|attachment| match attachment {
                Attachment::Platform => AuthenticatorAttachment::Platform,
                Attachment::CrossPlatform => AuthenticatorAttachment::CrossPlatform,
            });
        }
        if let Some(extensions) = &mut options.extensions {
            extensions.uvm = None;
        }
        // Not in the state: the database refuses known credentials, of any user.
        options.exclude_credentials = Some(existing.iter().map(descriptor).collect());
        Ok((serde_json::to_value(options).map_err(failed)?, state))
    }

    /// Verifies a new passkey.
    pub(in crate::auth) fn register(
        &self,
        response: &Value,
        state: &CreationState,
        mediation: Mediation,
    ) -> Result<NewKey, InvalidResponse> {
        let mut response: RegisterPublicKeyCredential = parse(response)?;
        // The library does not return the model. Of the object as the authenticator wrote it.
        let aaguid = form::model(&response.response.attestation_object).ok_or(InvalidResponse)?;
        if mediation == Mediation::Conditional {
            let object = with_user(&response.response.attestation_object).ok_or(InvalidResponse)?;
            response.response.attestation_object = object;
        }
        check_envelope(&response.id, &response.raw_id, &response.type_)?;
        if !form::is_plain_origin(&response.response.client_data_json) {
            return Err(InvalidResponse);
        }
        let transports = names(response.response.transports.iter().flatten());
        let credential: Credential = self
            .webauthn_for(&response.response.client_data_json)
            .finish_passkey_registration(&response, state)
            .map_err(|_| InvalidResponse)?
            .into();
        // The library checks these two too.
        if !credential.user_verified || credential.cred_id != response.raw_id {
            return Err(InvalidResponse);
        }
        Ok(NewKey {
            public_key: PublicKey::try_from(credential.cred).map_err(|_| InvalidResponse)?,
            credential_id: credential.cred_id,
            counter: credential.counter,
            is_synced: credential.backup_eligible,
            backed_up: credential.backup_state,
            transports,
            aaguid,
        })
    }
}

/// Parses a response, without the results of extensions: nothing signs them, and nothing here depends on them.
pub(super) fn parse<T: serde::de::DeserializeOwned>(response: &Value) -> Result<T, InvalidResponse> {
    if response.to_string().len() > MAX_RESPONSE {
        return Err(InvalidResponse);
    }
    let mut response = response.clone();
    let members = response.as_object_mut().ok_or(InvalidResponse)?;
    for extensions in ["clientExtensionResults", "extensions"] {
        members.remove(extensions);
    }
    serde_json::from_value(response).map_err(|_| InvalidResponse)
}

/// Checks the parts of a response around the signed data, which name the passkey twice.
pub(super) fn check_envelope(id: &str, raw_id: &[u8], kind: &str) -> Result<(), InvalidResponse> {
    let fits = (1..=MAX_CREDENTIAL_ID).contains(&raw_id.len());
    let is_valid = fits && kind == "public-key" && id == URL_SAFE_NO_PAD.encode(raw_id);
    if is_valid { Ok(()) } else { Err(InvalidResponse) }
}

/// The passkey in a list of options.
fn descriptor(passkey: &Passkey) -> PublicKeyCredentialDescriptor {
    PublicKeyCredentialDescriptor {
        type_: "public-key".to_owned(),
        id: passkey.credential_id.clone(),
        transports: transports(passkey),
    }
}

/// `None`: not known.
pub(super) fn transports(passkey: &Passkey) -> Option<Vec<AuthenticatorTransport>> {
    let known: Vec<_> = passkey.transports.iter().filter_map(|name| name.parse().ok()).collect();
    (!known.is_empty()).then_some(known)
}

/// The names of the transports of a browser, each once, in its order.
fn names<'a>(transports: impl Iterator<Item = &'a AuthenticatorTransport>) -> Vec<String> {
    let mut names = Vec::new();
    for name in transports.filter_map(transport_name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The name of a transport, from a closed list.
fn transport_name(transport: &AuthenticatorTransport) -> Option<String> {
    match transport {
        AuthenticatorTransport::Test | AuthenticatorTransport::Unknown => None,
        known => Some(known.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::factors::passkeys::RelyingPartySettings;

    fn relying_party() -> RelyingParty {
        let [id, name, origin] = ["localhost", "Latchkey", "http://localhost:3000"].map(str::to_owned);
        RelyingParty::new(RelyingPartySettings { id, name, origin, related_origins: Vec::new() }, |_| false).unwrap()
    }

    fn created() -> (Value, CreationState) {
        let user = PasskeyUser { handle: Uuid::from_u128(7), email: "ada@example.com", display_name: "Ada" };
        relying_party().creation(user, &[], Some(Attachment::Platform)).unwrap()
    }

    #[test]
    fn creation_requires_a_discoverable_passkey() {
        let (options, _) = created();
        assert_eq!(options["rp"], json!({"id": "localhost", "name": "Latchkey"}));
        let handle = URL_SAFE_NO_PAD.encode(Uuid::from_u128(7).as_bytes());
        assert_eq!(options["user"], json!({"id": handle, "name": "ada@example.com", "displayName": "Ada"}));
        let selection = json!({
            "authenticatorAttachment": "platform",
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        });
        assert_eq!(options["authenticatorSelection"], selection);
        assert_eq!((&options["attestation"], &options["timeout"]), (&json!("none"), &json!(300_000)));
        let algorithms: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|p| &p["alg"]).collect();
        assert_eq!(algorithms, [&json!(-7), &json!(-35), &json!(-257)]);
        assert_ne!(created().0["challenge"], options["challenge"]);
    }

    #[test]
    fn register_unreadable_response_is_refused() {
        let (_, state) = created();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let response = |object: &[u8]| {
            json!({
                "id": text(b"id"),
                "rawId": text(b"id"),
                "type": "public-key",
                "response": {"clientDataJSON": text(b"{}"), "attestationObject": text(object)},
            })
        };
        // Nested arrays, a map without its end, a string that is longer than the input.
        let nested = [0x81; 5_000];
        let objects: [&[u8]; 6] = [b"", &[0xa1], &nested, &[0xbf, 0x61], &[0x5b, 0xff, 0xff, 0xff, 0xff], &[0xff]];
        for object in objects {
            assert_eq!(
                relying_party().register(&response(object), &state, Mediation::Modal),
                Err(InvalidResponse),
                "{object:02x?}"
            );
        }
        let oversized = response(&[0; MAX_RESPONSE]);
        for other in [json!(null), json!([]), json!({}), json!("text"), oversized] {
            assert_eq!(relying_party().register(&other, &state, Mediation::Modal), Err(InvalidResponse));
        }
    }

    #[test]
    fn envelope_names_the_passkey_twice() {
        let id = URL_SAFE_NO_PAD.encode(b"id");
        assert_eq!(check_envelope(&id, b"id", "public-key"), Ok(()));
        for (id, raw_id, kind) in [("", &b""[..], "public-key"), (&id, b"ID", "public-key"), (&id, b"id", "password")] {
            assert_eq!(check_envelope(id, raw_id, kind), Err(InvalidResponse), "{id} {kind}");
        }
        let long = [7; MAX_CREDENTIAL_ID + 1];
        assert_eq!(check_envelope(&URL_SAFE_NO_PAD.encode(long), &long, "public-key"), Err(InvalidResponse));
    }
}
