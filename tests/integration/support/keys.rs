//! The service's signing keys, read from its database with the master secret.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    auth::keys::{Signing, StoredKeys},
    crypto::{derive::DerivedKeys, secret::SharedSecret},
    store::signing_keys::SigningKey,
};
use serde_json::Value;

use super::{MASTER_SECRET, SECRET, TestApp, client::TestResponse, tokens::ForgeKey};

/// Starts a service that signs with this algorithm.
pub async fn app(algorithm: &str) -> TestApp {
    TestApp::with(&settings(algorithm)).await
}

pub fn settings(algorithm: &str) -> [(&'static str, &str); 3] {
    let shared = if algorithm == "HS256" { SECRET } else { "" };
    [("LATCHKEY_JWT_ALGORITHM", algorithm), ("LATCHKEY_JWT_SECRET", shared), ("LATCHKEY_SECRET", MASTER_SECRET)]
}

/// The only signing key of a service.
pub async fn signing_key(app: &TestApp) -> ForgeKey {
    match stored(app).await.as_slice() {
        [] => ForgeKey::secret(SECRET),
        [key] => unseal(key, MASTER_SECRET).expect("sealed under the master secret"),
        keys => panic!("{} keys", keys.len()),
    }
}

/// The keys in the database, in the order in which they sign.
pub async fn stored(app: &TestApp) -> Vec<SigningKey> {
    let store = app.store().await.expect("the database is reachable");
    store.signing_keys().await.expect("the database is reachable")
}

/// Decrypts a private key; `None` when the master secret is wrong.
pub fn unseal(key: &SigningKey, master: &str) -> Option<ForgeKey> {
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

/// The ids of the published keys.
pub async fn published(app: &TestApp) -> Vec<String> {
    let set = key_set(app).await.json();
    let id = |key: &Value| key["kid"].as_str().expect("an id").to_owned();
    set["keys"].as_array().expect("keys").iter().map(id).collect()
}

pub async fn key_set(app: &TestApp) -> TestResponse {
    app.send("GET /.well-known/jwks.json", &[], "").await
}

/// The id of the key that signed a token.
pub fn signer(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("an id").to_owned()
}

/// The keys that seal secrets in the database of the service.
pub fn derived(app: &TestApp) -> DerivedKeys {
    let master = app.config().master_secret().expect("a master secret");
    DerivedKeys::of(&master).expect("keys")
}

/// What `latchkey keys` uses, next to the running service.
pub async fn operator(app: &TestApp) -> StoredKeys {
    operator_with(app, MASTER_SECRET).await
}

/// What `latchkey keys` uses on a machine with another master secret.
pub async fn operator_with(app: &TestApp, master: &str) -> StoredKeys {
    let config = app.config();
    let master = SharedSecret::parse(master.as_bytes()).expect("a valid secret");
    let Signing::KeyPairs(algorithm) = config.tokens.signing else { panic!("the service signs with a shared secret") };
    let derived = DerivedKeys::of(&master).expect("keys");
    let store = app.store().await.expect("the database is reachable");
    latchkey::app::stored_keys(&config, algorithm, store, app.clock.clock(), &derived).expect("keys")
}
