//! Keys that verify access tokens.

use std::{collections::HashMap, error::Error, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use tokio::{sync::Mutex, time::Instant};
use ureq::Agent;

use crate::verifier::TokenError;

/// A key and its only algorithm.
#[derive(Clone)]
pub struct Key {
    /// The public key or the shared secret.
    pub decoding: DecodingKey,
    /// Taken from the key, never from a token (RFC 8725 §3.1).
    pub algorithm: Algorithm,
}

/// The source of the keys.
pub enum Keys {
    /// `LATCHKEY_JWT_SECRET`.
    Shared(SharedKeys),
    /// Latchkey's JWKS.
    Published(PublishedKeys),
}

impl Keys {
    /// Finds a key by id. Unsupported algorithms are refused without a request to Latchkey.
    pub async fn find(&self, id: &str, algorithm: Algorithm) -> Result<Key, TokenError> {
        match self {
            Self::Shared(keys) => keys.0.get(id).cloned().ok_or(TokenError::Invalid),
            Self::Published(keys) if matches!(algorithm, Algorithm::EdDSA | Algorithm::ES256) => keys.find(id).await,
            Self::Published(_) => Err(TokenError::Invalid),
        }
    }
}

/// The shared secrets by key id.
pub struct SharedKeys(HashMap<String, Key>);

impl SharedKeys {
    /// The key id of a secret is its RFC 7638 thumbprint.
    pub fn new<'a>(secrets: impl Iterator<Item = &'a str>) -> jsonwebtoken::errors::Result<Self> {
        let keys = secrets.map(|secret| {
            let decoding = DecodingKey::from_secret(secret.as_bytes());
            let id = Jwk::from_decoding_key(&decoding, None)?.thumbprint(ThumbprintHash::SHA256)?;
            Ok((id, Key { decoding, algorithm: Algorithm::HS256 }))
        });
        keys.collect::<Result<_, _>>().map(Self)
    }
}

/// Latchkey's public keys by key id.
///
/// The keys are fetched when they exceed the maximum age or a token has an unknown key id, at most once
/// per cooldown, also after a failure. While Latchkey is unavailable, the known keys remain valid.
pub struct PublishedKeys {
    url: String,
    max_age: Duration,
    cooldown: Duration,
    agent: Agent,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Key>,
    requested: Option<Instant>,
    fetched: Option<Instant>,
}

impl PublishedKeys {
    /// The first token triggers the first fetch.
    pub fn new(url: String, max_age: Duration, cooldown: Duration) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build().into();
        Self { url, max_age, cooldown, agent, known: Mutex::default() }
    }

    async fn find(&self, id: &str) -> Result<Key, TokenError> {
        let mut known = self.known.lock().await;
        let elapsed = |since: Option<Instant>, time| since.is_none_or(|since| since.elapsed() >= time);
        let stale = !known.keys.contains_key(id) || elapsed(known.fetched, self.max_age);
        if stale && elapsed(known.requested, self.cooldown) {
            known.requested = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    known.keys = keys;
                    known.fetched = known.requested;
                }
                Err(error) => eprintln!("could not fetch keys from {}: {error}", self.url),
            }
        }
        match known.keys.get(id) {
            Some(key) => Ok(key.clone()),
            None if known.fetched == known.requested => Err(TokenError::Invalid),
            None => Err(TokenError::KeysUnavailable),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, Key>, Box<dyn Error + Send + Sync>> {
        let (agent, url) = (self.agent.clone(), self.url.clone());
        let fetched = tokio::task::spawn_blocking(move || agent.get(url).call()?.body_mut().read_json::<JwkSet>());
        Ok(fetched.await??.keys.iter().filter_map(signing_key).collect())
    }
}

/// Ignores keys of other types and uses, in particular symmetric keys.
fn signing_key(jwk: &Jwk) -> Option<(String, Key)> {
    if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
        return None;
    }
    let algorithm = match jwk.common.key_algorithm? {
        KeyAlgorithm::EdDSA => Algorithm::EdDSA,
        KeyAlgorithm::ES256 => Algorithm::ES256,
        _ => return None,
    };
    Some((jwk.common.key_id.clone()?, Key { decoding: DecodingKey::from_jwk(jwk).ok()?, algorithm }))
}
