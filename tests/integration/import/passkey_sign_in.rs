//! Sign-in with an imported passkey.

use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::{
    moved,
    old::{
        ADA, Old,
        plugins::{CREDENTIAL_ID, PRIVATE_KEY},
    },
    passkeys::ada_with_passkey,
};
use crate::support::{
    TestApp,
    authenticator::{Authenticator, HeldPasskey, Key},
    browser::Browser,
    client::TestResponse,
};

/// The phone that has registered the passkey at the old server.
fn phone() -> Authenticator {
    let key = STANDARD.decode(PRIVATE_KEY).expect("base64");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).expect("a key");
    let id = URL_SAFE_NO_PAD.decode(CREDENTIAL_ID).expect("base64url");
    // Better Auth's handles are random, and not stored.
    let user_handle = b"Kq3vTz8WnYb5RdXf2HsLm7PcJg9AeUt4".to_vec();
    let mut phone = Authenticator::synced();
    phone.passkeys.push(HeldPasskey { id, key: Arc::new(Key::Es256(key)), user_handle, counter: 0 });
    phone
}

/// Signs in with the newest passkey of the authenticator.
async fn sign_in(browser: &Browser, phone: &mut Authenticator) -> TestResponse {
    let options: Value = browser.get("/api/auth/passkey/generate-authenticate-options").await.json();
    let response = phone.sign(&options).json();
    browser.post_json("/api/auth/passkey/verify-authentication", &json!({ "response": response })).await
}

#[tokio::test]
async fn imported_passkey_signs_in() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        ada_with_passkey(&old).await;
        moved(&app, &old).await;
        let mut phone = phone();
        for _ in 0..2 {
            let browser = Browser::new(&app);
            let answer = sign_in(&browser, &mut phone).await;
            answer.assert_ok();
            assert_eq!(answer.json()["user"]["id"], ADA);
            assert!(browser.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn imported_passkey_needs_its_own_key() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    ada_with_passkey(&old).await;
    moved(&app, &old).await;
    let mut other = phone();
    other.passkeys[0].key = Arc::new(Key::es256());
    let browser = Browser::new(&app);
    assert!(matches!(sign_in(&browser, &mut other).await.status.as_u16(), 400 | 401));
    assert!(!browser.is_signed_in().await);
}
