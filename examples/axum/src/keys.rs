//! The keys that access tokens may be signed with.

use std::{collections::HashMap, error::Error, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use tokio::{sync::Mutex, time::Instant};
use ureq::Agent;

use crate::verifier::BadToken;

/// A key and the only algorithm it is good for.
#[derive(Clone)]
pub struct Key {
    /// The secret, or the public part.
    pub decoding: DecodingKey,
    /// The algorithm.
    pub algorithm: Algorithm,
}

/// Where keys come from.
pub enum Keys {
    /// `LATCHKEY_JWT_SECRET`.
    Shared(SharedKeys),
    /// Latchkey's JWKS.
    Published(PublishedKeys),
}

impl Keys {
    /// The key of this id. The algorithm is what the token says: a hopeless one asks nobody.
    pub async fn find(&self, id: &str, algorithm: Algorithm) -> Result<Key, BadToken> {
        match self {
            Self::Shared(keys) => keys.0.get(id).cloned().ok_or(BadToken::Invalid),
            Self::Published(keys) if matches!(algorithm, Algorithm::EdDSA | Algorithm::ES256) => keys.find(id).await,
            Self::Published(_) => Err(BadToken::Invalid),
        }
    }
}

/// The shared secrets by key id.
pub struct SharedKeys(HashMap<String, Key>);

impl SharedKeys {
    /// The key id is the RFC 7638 thumbprint of each secret.
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
/// They are asked for when they are old, and when a token names one that is not among them; but not
/// more often than once in the cooldown, whatever tokens name and whether Latchkey answers or not.
/// While it does not answer, the keys known so far keep working.
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
    asked: Option<Instant>,
    answered: Option<Instant>,
}

impl PublishedKeys {
    /// Nothing is asked for before the first token comes.
    pub fn new(url: String, max_age: Duration, cooldown: Duration) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build().into();
        Self { url, max_age, cooldown, agent, known: Mutex::default() }
    }

    async fn find(&self, id: &str) -> Result<Key, BadToken> {
        let mut known = self.known.lock().await;
        let over = |since: Option<Instant>, time| since.is_none_or(|since| since.elapsed() >= time);
        let wanted = !known.keys.contains_key(id) || over(known.answered, self.max_age);
        if wanted && over(known.asked, self.cooldown) {
            known.asked = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    known.keys = keys;
                    known.answered = known.asked;
                }
                Err(error) => eprintln!("no keys from {}: {error}", self.url),
            }
        }
        match known.keys.get(id) {
            Some(key) => Ok(key.clone()),
            None if known.answered == known.asked => Err(BadToken::Invalid),
            None => Err(BadToken::KeysUnavailable),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, Key>, Box<dyn Error + Send + Sync>> {
        let (agent, url) = (self.agent.clone(), self.url.clone());
        let fetched = tokio::task::spawn_blocking(move || agent.get(url).call()?.body_mut().read_json::<JwkSet>());
        Ok(fetched.await??.keys.iter().filter_map(signing_key).collect())
    }
}

/// Keys of other kinds are none of our business, a symmetric one least of all.
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
