//! Sign-ins that are refused.

use std::sync::Arc;

use serde_json::json;

use super::{
    app::UNLIMITED,
    invalid::{
        Case,
        Change::{Json, Parts},
        assert_no_sign_in, drop_member,
    },
};
use crate::support::{
    TestApp,
    authenticator::{Assertion, BE, BS, ED, Key, UP, UV, cbor::Cbor, encode, random, sha256},
};

/// Client data and the credential's members.
pub const BROWSER: &[Case<Assertion>] = &[
    ("origin_with_other_scheme", Parts(|used| used.client_data["origin"] = json!("https://localhost:3000")), ""),
    ("origin_with_other_port", Parts(|used| used.client_data["origin"] = json!("http://localhost")), ""),
    ("origin_of_subdomain", Parts(|used| used.client_data["origin"] = json!("http://a.localhost:3000")), ""),
    ("origin_null", Parts(|used| used.client_data["origin"] = json!("null")), ""),
    ("origin_in_cyrillic", Parts(|used| used.client_data["origin"] = json!("http://l\u{43e}calhost:3000")), ""),
    ("origin_with_path", Parts(|used| used.client_data["origin"] = json!("http://localhost:3000/sign-in")), ""),
    ("origin_missing", Parts(|used| drop_member(&mut used.client_data, "origin")), ""),
    ("challenge_random", Parts(|used| used.client_data["challenge"] = json!(encode(&random(32)))), ""),
    ("challenge_empty", Parts(|used| used.client_data["challenge"] = json!("")), ""),
    ("challenge_missing", Parts(|used| drop_member(&mut used.client_data, "challenge")), ""),
    ("type_of_registration", Parts(|used| used.client_data["type"] = json!("webauthn.create")), ""),
    ("type_of_payment", Parts(|used| used.client_data["type"] = json!("payment.get")), ""),
    ("type_missing", Parts(|used| drop_member(&mut used.client_data, "type")), ""),
    ("cross_origin", Parts(|used| used.client_data["crossOrigin"] = json!(true)), ""),
    ("client_data_no_json", Parts(|used| used.edit_client_data = |text| text[1..].to_owned()), ""),
    (
        "client_data_two_challenges",
        Parts(|used| used.edit_client_data = |text| text.replacen('{', r#"{"challenge":"AAAA","#, 1)),
        "",
    ),
    ("id_of_other_credential", Parts(|used| used.id = encode(&random(32))), ""),
    ("kind_password", Parts(|used| "password".clone_into(&mut used.kind)), ""),
    ("id_missing", Json(|body| drop_member(body, "id")), ""),
    ("kind_missing", Json(|body| drop_member(body, "type")), ""),
    ("raw_id_missing", Json(|body| drop_member(body, "rawId")), ""),
    ("response_missing", Json(|body| drop_member(body, "response")), ""),
    ("client_data_missing", Json(|body| drop_member(&mut body["response"], "clientDataJSON")), ""),
    ("data_missing", Json(|body| drop_member(&mut body["response"], "authenticatorData")), ""),
    ("signature_missing", Json(|body| drop_member(&mut body["response"], "signature")), ""),
    ("signature_number", Json(|body| body["response"]["signature"] = json!(7)), ""),
    ("signature_no_base64", Json(|body| body["response"]["signature"] = json!("%%%")), ""),
    ("user_handle_number", Json(|body| body["response"]["userHandle"] = json!(7)), ""),
];

/// Authenticator data, signature and user handle.
pub const AUTHENTICATOR: &[Case<Assertion>] = &[
    (
        "unknown_credential",
        Parts(|used| {
            used.raw_id = random(32);
            used.id = encode(&used.raw_id);
        }),
        "401 PASSKEY_NOT_FOUND",
    ),
    ("rp_id_of_other_site", Parts(|used| used.auth.rp_id_hash = sha256(b"evil.example")), ""),
    ("rp_id_of_subdomain", Parts(|used| used.auth.rp_id_hash = sha256(b"a.localhost")), ""),
    ("rp_id_hash_too_short", Parts(|used| used.auth.rp_id_hash.truncate(31)), ""),
    ("data_empty", Json(|body| body["response"]["authenticatorData"] = json!("")), ""),
    ("user_absent", Parts(|used| used.auth.flags &= !UP), ""),
    ("user_not_verified", Parts(|used| used.auth.flags &= !UV), ""),
    ("backup_without_eligibility", Parts(|used| used.auth.flags = UP | UV | BS), ""),
    ("eligibility_lost", Parts(|used| used.auth.flags &= !(BE | BS)), ""),
    ("extension_flag_without_extensions", Parts(|used| used.auth.flags |= ED), ""),
    ("extensions_without_flag", Parts(|used| used.auth.extensions = Some(Cbor::Map(Vec::new()))), ""),
    ("more_authenticator_data", Parts(|used| used.auth.rest = vec![0; 16]), ""),
    ("signature_without_client_data", Parts(|used| used.signed = Some(used.auth.encoded())), ""),
    (
        "signature_flipped",
        Parts(|used| {
            used.edit_signature = |mut signature| {
                let last = signature.len() - 1;
                signature[last] ^= 1;
                signature
            }
        }),
        "",
    ),
    ("signature_truncated", Parts(|used| used.edit_signature = |signature| signature[..40].to_vec()), ""),
    ("signature_empty", Parts(|used| used.edit_signature = |_| Vec::new()), ""),
    ("signature_with_more_bytes", Parts(|used| used.edit_signature = |signature| [signature, vec![0]].concat()), ""),
    ("signature_of_zeros", Parts(|used| used.edit_signature = |_| vec![0x30, 6, 2, 1, 0, 2, 1, 0]), ""),
    ("signature_of_other_key", Parts(|used| used.key = Arc::new(Key::es256())), ""),
    ("signature_of_other_algorithm", Parts(|used| used.key = Arc::new(Key::ed25519())), ""),
    ("signature_over_other_data", Parts(|used| used.signed = Some(random(69))), ""),
    ("user_handle_random", Parts(|used| used.user_handle = Some(random(16))), ""),
    ("user_handle_empty", Parts(|used| used.user_handle = Some(Vec::new())), ""),
    ("user_handle_missing", Parts(|used| used.user_handle = None), ""),
    ("user_handle_with_more_bytes", Parts(|used| used.user_handle.as_mut().expect("a handle").push(0)), ""),
    ("user_handle_of_text", Json(|body| body["response"]["userHandle"] = json!("%%%")), ""),
];

#[tokio::test]
async fn sign_in_of_wrong_browser_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    assert_no_sign_in(&app, BROWSER).await;
}

#[tokio::test]
async fn sign_in_of_wrong_key_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    assert_no_sign_in(&app, AUTHENTICATOR).await;
}
