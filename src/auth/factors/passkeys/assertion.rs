//! The options of a sign-in with a passkey, and the verification of the response (WebAuthn Level 3 §7.2).

use serde_json::Value;
use webauthn_rs::prelude::{
    AttestationFormat, Credential, DiscoverableAuthentication, ParsedAttestation, PublicKeyCredential, WebauthnError,
};
use webauthn_rs_proto::{AllowCredentials, RegisteredExtensions, UserVerificationPolicy};

use super::{
    form,
    key::PublicKey,
    registration::{InvalidResponse, check_envelope, parse, transports},
    relying_party::{RelyingParty, failed},
};
use crate::{
    auth::error::InternalError,
    domain::passkey::Passkey,
    store::passkeys::{PasskeyLogin, PasskeyUse},
};

/// A response to a sign-in, not verified.
#[derive(Debug)]
pub struct Assertion(PublicKeyCredential);

/// What verifies a response: the challenge.
pub type RequestState = DiscoverableAuthentication;

/// Why a response is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// The response does not verify.
    #[error("the response does not verify")]
    Invalid,
    /// The signature is right, and the counter has not grown: there may be a copy of the authenticator (WebAuthn Level 3
    /// §6.1.1).
    #[error("the counter of the authenticator has not grown")]
    Counter,
}

/// Whether the browser knew the user before the ceremony, so that the authenticator need not name the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserIs {
    /// Known, by a session or a first factor.
    Known,
    /// Named by the passkey.
    Discovered,
}

impl Assertion {
    /// Parses a response.
    pub fn parse(response: &Value) -> Result<Self, InvalidResponse> {
        let mut response = response.clone();
        // Browsers omit the member, and the library needs it.
        if let Some(members) = response.get_mut("response").and_then(Value::as_object_mut) {
            members.entry("userHandle").or_insert(Value::Null);
        }
        let assertion: PublicKeyCredential = parse(&response)?;
        check_envelope(&assertion.id, &assertion.raw_id, &assertion.type_)?;
        Ok(Self(assertion))
    }

    /// The id of the passkey.
    pub fn credential_id(&self) -> &[u8] {
        &self.0.raw_id
    }

    /// Whether the user that the authenticator names is that of the passkey (WebAuthn Level 3 §7.2, step 6). The handle of
    /// an imported passkey is not known.
    fn names(&self, login: &PasskeyLogin, user: UserIs) -> bool {
        let named = self.0.get_user_unique_id().filter(|handle| !handle.is_empty());
        match (named, login.handle) {
            (_, None) => true,
            (Some(named), Some(handle)) => named == handle.as_bytes(),
            (None, Some(_)) => user == UserIs::Known,
        }
    }

    fn is_well_formed(&self) -> bool {
        let response = &self.0.response;
        form::is_authenticator_data(&response.authenticator_data) && form::is_plain_origin(&response.client_data_json)
    }

    /// Whether a page of another site has asked for the response, in a frame. The library checks that of new passkeys
    /// only.
    fn is_framed(&self) -> bool {
        let data: Option<Value> = serde_json::from_slice(&self.0.response.client_data_json).ok();
        let member = |name| data.as_ref().and_then(|data| data.get(name));
        member("crossOrigin").is_some_and(|value| *value != Value::Bool(false)) || member("topOrigin").is_some()
    }
}

impl RelyingParty {
    /// The options of a sign-in with one of `allowed`, or with any passkey if there are none, and the state that verifies
    /// the response.
    pub(in crate::auth) fn request(&self, allowed: &[Passkey]) -> Result<(Value, RequestState), InternalError> {
        let (challenge, state) = self.webauthn().start_discoverable_authentication().map_err(failed)?;
        let mut options = challenge.public_key;
        options.extensions = None;
        options.allow_credentials = allowed.iter().map(allow).collect();
        let mut options = serde_json::to_value(options).map_err(failed)?;
        if let (true, Some(members)) = (allowed.is_empty(), options.as_object_mut()) {
            members.remove("allowCredentials");
        }
        Ok((options, state))
    }

    /// Verifies a response with the passkey that it names.
    pub(in crate::auth) fn verify(
        &self,
        assertion: &Assertion,
        state: RequestState,
        login: &PasskeyLogin,
        user: UserIs,
    ) -> Result<PasskeyUse, AssertionError> {
        if !assertion.names(login, user) || assertion.is_framed() || !assertion.is_well_formed() {
            return Err(AssertionError::Invalid);
        }
        let passkey = &login.passkey;
        let credential = stored(passkey).ok_or(AssertionError::Invalid)?;
        let verified = self.webauthn_for(&assertion.0.response.client_data_json).finish_discoverable_authentication_v2(
            &assertion.0,
            state,
            &credential,
        );
        let verified = verified.map_err(|error| match error {
            WebauthnError::CredentialPossibleCompromise => AssertionError::Counter,
            _ => AssertionError::Invalid,
        })?;
        // The library checks that too.
        if !verified.user_verified() {
            return Err(AssertionError::Invalid);
        }
        Ok(PasskeyUse { id: passkey.id, counter: verified.counter(), backed_up: verified.backup_state() })
    }
}

/// The passkey in a list of options.
fn allow(passkey: &Passkey) -> AllowCredentials {
    AllowCredentials {
        type_: "public-key".to_owned(),
        id: passkey.credential_id.clone(),
        transports: transports(passkey),
    }
}

/// The passkey, as the library knows it. `None`: the stored key cannot be read.
fn stored(passkey: &Passkey) -> Option<Credential> {
    Some(Credential {
        cred_id: passkey.credential_id.clone(),
        cred: PublicKey::parse(&passkey.public_key).ok()?.into_inner(),
        counter: passkey.counter,
        transports: None,
        user_verified: true,
        backup_eligible: passkey.is_synced,
        backup_state: passkey.backed_up,
        registration_policy: UserVerificationPolicy::Required,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn assertion(client_data: &str) -> Assertion {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let text = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let response = json!({
            "id": text("id"),
            "rawId": text("id"),
            "type": "public-key",
            "clientExtensionResults": {"appid": "not a boolean"},
            "response": {"clientDataJSON": text(client_data), "authenticatorData": text(""), "signature": text("")},
        });
        Assertion::parse(&response).unwrap()
    }

    #[test]
    fn frame_of_another_site_is_recognized() {
        for own in ["{}", r#"{"crossOrigin": false}"#, r#"{"origin": "https://example.com"}"#] {
            assert!(!assertion(own).is_framed(), "{own}");
        }
        for framed in [r#"{"crossOrigin": true}"#, r#"{"crossOrigin": 1}"#, r#"{"topOrigin": "https://example.com"}"#] {
            assert!(assertion(framed).is_framed(), "{framed}");
        }
    }

    #[test]
    fn parse_new_passkey_as_assertion_is_refused() {
        let response = json!({
            "id": "aWQ",
            "rawId": "aWQ",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
        });
        assert!(Assertion::parse(&response).is_err());
    }
}
