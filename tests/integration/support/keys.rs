//! The service's signing keys, opened behind its back by whoever has the master secret.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use latchkey::{
    auth::keys::{Signing, StoredKeys},
    crypto::{derive::DerivedKeys, secret::SharedSecret},
    store::signing_keys::SigningKey,
};
use serde_json::Value;

use super::{MASTER_SECRET, SECRET, TestApp};
use crate::{
    bad_tokens::ForgeKey,
    wire::{Answer, send},
};

/// A service that signs with this algorithm and this master secret.
pub async fn app(algorithm: &str) -> TestApp {
    TestApp::with(&settings(algorithm)).await
}

/// What has to be set for that.
pub fn settings(algorithm: &str) -> [(&'static str, &str); 3] {
    let shared = if algorithm == "HS256" { SECRET } else { "" };
    [("LATCHKEY_JWT_ALGORITHM", algorithm), ("LATCHKEY_JWT_SECRET", shared), ("LATCHKEY_SECRET", MASTER_SECRET)]
}

/// The key that the service signs with, as long as it has one only.
pub async fn signing_key(app: &TestApp) -> ForgeKey {
    match stored(app).await.as_slice() {
        [] => ForgeKey::secret(SECRET),
        [key] => opened(key, MASTER_SECRET).expect("the master secret opens it"),
        keys => panic!("{} keys", keys.len()),
    }
}

/// The keys in the database, the one that signs the latest last.
pub async fn stored(app: &TestApp) -> Vec<SigningKey> {
    app.store().await.signing_keys().await.expect("the database answers")
}

/// What is sealed in the database, if the master secret is right.
pub fn opened(key: &SigningKey, master: &str) -> Option<ForgeKey> {
    let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey").extract(master.as_bytes());
    let purpose = [&b"signing keys"[..]];
    let sealing = UnboundKey::from(root.expand(&purpose, &AES_256_GCM).expect("a key"));
    let (nonce, sealed) = key.sealed_private_key.split_at(12);
    let nonce = Nonce::try_assume_unique_for_key(nonce).expect("a nonce");
    let binding = Aad::from(format!("{} {}", key.algorithm, key.id));
    let mut sealed = sealed.to_vec();
    let private = LessSafeKey::new(sealing).open_in_place(nonce, binding, &mut sealed).ok()?;
    Some(ForgeKey::pair(&key.algorithm, private))
}

/// The published keys' names.
pub async fn published(app: &TestApp) -> Vec<String> {
    key_ids(&key_set(app).await)
}

/// The answer with the published keys.
pub async fn key_set(app: &TestApp) -> Answer {
    send(&app.state, "GET /.well-known/jwks.json", &[], "").await
}

fn key_ids(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let id = |key: &Value| key["kid"].as_str().expect("a name").to_owned();
    body["keys"].as_array().expect("keys").iter().map(id).collect()
}

/// The name of the key that signed a token.
pub fn signer(token: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a name").to_owned()
}

/// A process learns what others have done with the keys.
pub async fn learns(app: &TestApp) {
    app.state.auth.refresh_keys().await.expect("the database answers");
}

/// What `latchkey keys` does, beside the running service.
pub async fn operator(app: &TestApp) -> StoredKeys {
    operator_with(app, MASTER_SECRET).await
}

/// What `latchkey keys` does on a machine with this master secret.
pub async fn operator_with(app: &TestApp, master: &str) -> StoredKeys {
    let config = app.config();
    let master = SharedSecret::parse(master.as_bytes()).expect("a good secret");
    let Signing::KeyPairs(algorithm) = config.tokens.signing else { panic!("it signs with a shared secret") };
    let derived = DerivedKeys::of(&master).expect("keys");
    latchkey::app::stored_keys(&config, algorithm, app.store().await, app.clock.clock(), &derived).expect("keys")
}
