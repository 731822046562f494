//! Builds tokens from bytes, independently of the code under test.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    auth::token::{AccessClaims, TokenRefusal},
    domain::{SessionId, Timestamp, UserId, authentication::Assurance},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::ForgeKey;
use crate::support::{BASE_URL, TestApp, person::Person};

/// An issuer that can break every rule.
#[derive(Clone)]
pub struct Forge {
    pub key: ForgeKey,
    /// The `iss` that the verifier expects.
    pub issuer: String,
    /// The `aud` that the verifier expects.
    pub audience: String,
    /// The configured lifetime of an access token.
    pub access_ttl: Duration,
    /// The subject of good tokens.
    pub user_id: UserId,
    /// A live session.
    pub session_id: SessionId,
    /// A session that has ended.
    pub ended_session_id: SessionId,
    /// The time of verification.
    pub now: Timestamp,
}

impl Forge {
    /// A forge for the tokens of one session.
    pub fn new(app: &TestApp, person: &Person, key: ForgeKey) -> Self {
        let session_id = person.session_id().parse().expect("an id");
        Self {
            key,
            issuer: BASE_URL.to_owned(),
            audience: BASE_URL.to_owned(),
            access_ttl: Duration::from_mins(15),
            user_id: person.user_id.parse().expect("an id"),
            session_id,
            ended_session_id: session_id,
            now: app.now(),
        }
    }

    pub fn kid(&self) -> String {
        self.key.kid()
    }

    pub fn alg(&self) -> &'static str {
        self.key.alg()
    }

    /// The header of a good token.
    pub fn header(&self) -> Value {
        json!({ "alg": self.alg(), "kid": self.kid(), "typ": "at+jwt" })
    }

    /// The claims of a good token, issued this second.
    pub fn claims(&self) -> Value {
        let now = self.now.seconds();
        json!({
            "iss": self.issuer, "aud": self.audience, "sub": self.user_id, "user_id": self.user_id,
            "sid": self.session_id, "jti": "AAECAwQFBgcICQoLDA0ODw", "iat": now, "nbf": now, "exp": now + 600,
            "auth_time": now - 60, "amr": ["pwd"], "acr": "aal1",
        })
    }

    /// A good token.
    pub fn good(&self) -> String {
        self.token(&self.header(), &self.claims())
    }

    /// Signs any header and claims.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        self.token_of_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// Signs any bytes.
    pub fn token_of_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        self.token_of_parts(&base64url(header), &base64url(claims))
    }

    /// Signs parts in any encoding.
    pub fn token_of_parts(&self, header: &str, claims: &str) -> String {
        signed(header, claims, |message| self.key.sign(message))
    }

    /// A good token with one header member changed.
    pub fn with_header(&self, name: &str, value: impl Into<Value>) -> String {
        self.token(&with(self.header(), name, value), &self.claims())
    }

    /// A good token with one claim changed.
    pub fn with_claim(&self, name: &str, value: impl Into<Value>) -> String {
        self.with_claims(&[(name, value.into())])
    }

    /// A good token with some claims changed.
    pub fn with_claims(&self, changes: &[(&str, Value)]) -> String {
        let claims = changes.iter().fold(self.claims(), |claims, (name, value)| with(claims, name, value.clone()));
        self.token(&self.header(), &claims)
    }

    /// A good header with exactly this text as claims.
    pub fn with_claims_text(&self, text: impl AsRef<[u8]>) -> String {
        self.token_of_bytes(self.header().to_string().as_bytes(), text.as_ref())
    }

    /// Good claims with exactly this text as header.
    pub fn with_header_text(&self, text: impl AsRef<[u8]>) -> String {
        self.token_of_bytes(text.as_ref(), self.claims().to_string().as_bytes())
    }

    /// A good token with another signature.
    pub fn signed_by(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        self.with_header_signed_by(&self.header(), sign)
    }

    /// Good claims with another header and signature.
    pub fn with_header_signed_by(&self, header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        signed(&base64url(header.to_string().as_bytes()), &base64url(self.claims().to_string().as_bytes()), sign)
    }

    /// The time `span` after verification, as a fractional `NumericDate`.
    pub fn after(&self, span: Duration) -> Value {
        numeric_date(self.now.plus(span))
    }

    /// The time `span` before verification, as a fractional `NumericDate`.
    pub fn before(&self, span: Duration) -> Value {
        numeric_date(self.now.minus(span))
    }

    /// The refusal of an expired token. Its claims are not compared.
    pub fn expired(&self) -> TokenRefusal {
        TokenRefusal::Expired(AccessClaims {
            user_id: self.user_id,
            session_id: self.session_id,
            issued_at: self.now,
            expires_at: self.now,
            assurance: Assurance::Aal1,
            auth_time: None,
            restricted: false,
        })
    }
}

pub fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    object[name] = value.into();
    object
}

pub fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().and_then(|members| members.remove(name));
    object
}

/// The object's text with one more member, possibly a duplicate.
pub fn with_text(object: &Value, member: &str) -> String {
    let text = object.to_string();
    format!("{},{member}}}", text.trim_end_matches('}'))
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn signed(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{header}.{claims}");
    let signature = base64url(&sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub fn hs256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::<Sha256>(64, key, message)
}

pub fn hs384(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::<Sha384>(128, key, message)
}

pub fn hs512(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::<Sha512>(128, key, message)
}

/// RFC 2104.
fn hmac<D: Digest>(block: usize, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut key = if key.len() > block { D::digest(key).to_vec() } else { key.to_vec() };
    key.resize(block, 0);
    let pad = |byte: u8| key.iter().map(|key| key ^ byte).collect::<Vec<_>>();
    let inner = D::new().chain_update(pad(0x36)).chain_update(message).finalize();
    D::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn numeric_date(at: Timestamp) -> Value {
    json!(at.since(Timestamp::from_millis(0)).as_secs_f64())
}
