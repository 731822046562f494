//! Registrations that are refused: the part of the browser, and that of the authenticator.

use serde_json::json;

use super::{
    app::UNLIMITED,
    invalid::{
        Case,
        Change::{Json, Parts},
        assert_no_registration, drop_member,
    },
};
use crate::support::{
    TestApp,
    authenticator::{AT, BE, BS, ED, Key, Registration, UP, UV, cbor::Cbor, encode, random, sha256},
};

/// Client data and the credential's members.
pub const BROWSER: &[Case<Registration>] = &[
    ("origin_with_other_scheme", Parts(|new| new.client_data["origin"] = json!("https://localhost:3000")), ""),
    ("origin_with_other_port", Parts(|new| new.client_data["origin"] = json!("http://localhost:3001")), ""),
    ("origin_of_subdomain", Parts(|new| new.client_data["origin"] = json!("http://a.localhost:3000")), ""),
    ("origin_of_loopback_address", Parts(|new| new.client_data["origin"] = json!("http://127.0.0.1:3000")), ""),
    ("origin_null", Parts(|new| new.client_data["origin"] = json!("null")), ""),
    ("origin_in_cyrillic", Parts(|new| new.client_data["origin"] = json!("http://l\u{43e}calhost:3000")), ""),
    ("origin_as_prefix", Parts(|new| new.client_data["origin"] = json!("http://localhost:3000.evil.example")), ""),
    ("origin_as_user_name", Parts(|new| new.client_data["origin"] = json!("http://localhost:3000@evil.example")), ""),
    ("origin_in_upper_case", Parts(|new| new.client_data["origin"] = json!("HTTP://LOCALHOST:3000")), ""),
    ("origin_with_path", Parts(|new| new.client_data["origin"] = json!("http://localhost:3000/account")), ""),
    ("origin_empty", Parts(|new| new.client_data["origin"] = json!("")), ""),
    ("origin_of_other_type", Parts(|new| new.client_data["origin"] = json!(["http://localhost:3000"])), ""),
    ("origin_missing", Parts(|new| drop_member(&mut new.client_data, "origin")), ""),
    ("challenge_random", Parts(|new| new.client_data["challenge"] = json!(encode(&random(32)))), ""),
    ("challenge_empty", Parts(|new| new.client_data["challenge"] = json!("")), ""),
    ("challenge_missing", Parts(|new| drop_member(&mut new.client_data, "challenge")), ""),
    ("challenge_no_base64", Parts(|new| new.client_data["challenge"] = json!("%%%")), ""),
    ("type_of_sign_in", Parts(|new| new.client_data["type"] = json!("webauthn.get")), ""),
    ("type_in_upper_case", Parts(|new| new.client_data["type"] = json!("WEBAUTHN.CREATE")), ""),
    ("type_missing", Parts(|new| drop_member(&mut new.client_data, "type")), ""),
    ("cross_origin", Parts(|new| new.client_data["crossOrigin"] = json!(true)), ""),
    ("client_data_no_json", Parts(|new| new.edit_client_data = |text| text[1..].to_owned()), ""),
    ("client_data_array", Parts(|new| new.edit_client_data = |text| format!("[{text}]")), ""),
    ("client_data_empty", Parts(|new| new.edit_client_data = |_| String::new()), ""),
    ("client_data_more_text", Parts(|new| new.edit_client_data = |text| format!("{text}x")), ""),
    (
        "client_data_two_origins",
        Parts(|new| new.edit_client_data = |text| text.replacen('{', r#"{"origin":"https://evil.example","#, 1)),
        "",
    ),
    ("id_of_other_credential", Parts(|new| new.id = encode(&random(32))), ""),
    ("raw_id_of_other_credential", Parts(|new| new.raw_id = random(32)), ""),
    ("raw_id_empty", Parts(|new| new.raw_id = Vec::new()), ""),
    (
        "both_ids_of_other_credential",
        Parts(|new| {
            new.raw_id = random(32);
            new.id = encode(&new.raw_id);
        }),
        "",
    ),
    ("kind_password", Parts(|new| "password".clone_into(&mut new.kind)), ""),
    ("id_missing", Json(|body| drop_member(body, "id")), ""),
    ("raw_id_missing", Json(|body| drop_member(body, "rawId")), ""),
    ("raw_id_number", Json(|body| body["rawId"] = json!(7)), ""),
    ("raw_id_no_base64", Json(|body| body["rawId"] = json!("%%%")), ""),
    ("kind_missing", Json(|body| drop_member(body, "type")), ""),
    ("response_missing", Json(|body| drop_member(body, "response")), ""),
    ("response_text", Json(|body| body["response"] = json!("x")), ""),
    ("client_data_missing", Json(|body| drop_member(&mut body["response"], "clientDataJSON")), ""),
    ("client_data_no_base64", Json(|body| body["response"]["clientDataJSON"] = json!("%%%")), ""),
    ("transports_number", Json(|body| body["response"]["transports"] = json!(7)), ""),
];

/// Authenticator data: flags, credential and key.
pub const AUTHENTICATOR: &[Case<Registration>] = &[
    ("rp_id_of_other_site", Parts(|new| new.auth.rp_id_hash = sha256(b"evil.example")), ""),
    ("rp_id_of_subdomain", Parts(|new| new.auth.rp_id_hash = sha256(b"a.localhost")), ""),
    ("rp_id_of_origin", Parts(|new| new.auth.rp_id_hash = sha256(b"http://localhost:3000")), ""),
    ("rp_id_hash_of_zeros", Parts(|new| new.auth.rp_id_hash = vec![0; 32]), ""),
    ("rp_id_hash_too_short", Parts(|new| new.auth.rp_id_hash.truncate(31)), ""),
    ("user_absent", Parts(|new| new.auth.flags &= !UP), ""),
    ("user_not_verified", Parts(|new| new.auth.flags &= !UV), ""),
    ("no_flags", Parts(|new| new.auth.flags = 0), ""),
    ("backup_without_eligibility", Parts(|new| new.auth.flags = UP | UV | AT | BS), ""),
    ("credential_without_flag", Parts(|new| new.auth.flags &= !AT), ""),
    ("credential_flag_without_credential", Parts(|new| new.auth.attested = None), ""),
    (
        "no_credential",
        Parts(|new| {
            new.auth.attested = None;
            new.auth.flags = UP | UV | BE | BS;
        }),
        "",
    ),
    ("extension_flag_without_extensions", Parts(|new| new.auth.flags |= ED), ""),
    ("extensions_without_flag", Parts(|new| new.auth.extensions = Some(Cbor::Map(Vec::new()))), ""),
    (
        "extensions_no_map",
        Parts(|new| {
            new.auth.flags |= ED;
            new.auth.extensions = Some(Cbor::Int(1));
        }),
        "",
    ),
    ("more_authenticator_data", Parts(|new| new.auth.rest = vec![0]), ""),
    ("credential_id_length_too_long", Parts(|new| new.auth.attested().id_length = Some(1_000)), ""),
    ("credential_id_length_too_short", Parts(|new| new.auth.attested().id_length = Some(31)), ""),
    ("credential_id_length_zero", Parts(|new| new.auth.attested().id_length = Some(0)), ""),
    (
        "credential_id_empty",
        Parts(|new| {
            new.auth.attested().id = Vec::new();
            new.raw_id = Vec::new();
            new.id = String::new();
        }),
        "",
    ),
    (
        "credential_id_of_1024_bytes",
        Parts(|new| {
            new.raw_id = random(1_024);
            new.id = encode(&new.raw_id);
            new.auth.attested().id = new.raw_id.clone();
        }),
        "",
    ),
    ("algorithm_not_offered", Parts(|new| *new.auth.key() = Key::ed25519().cose()), ""),
    ("algorithm_with_sha1", Parts(|new| new.auth.key().set(3, Cbor::Int(-65_535))), ""),
    ("algorithm_of_other_key_type", Parts(|new| new.auth.key().set(3, Cbor::Int(-257))), ""),
    ("algorithm_unknown", Parts(|new| new.auth.key().set(3, Cbor::Int(-9_999))), ""),
    ("algorithm_missing", Parts(|new| new.auth.key().remove(3)), ""),
    ("key_type_of_other_algorithm", Parts(|new| new.auth.key().set(1, Cbor::Int(1))), ""),
    ("key_type_symmetric", Parts(|new| new.auth.key().set(1, Cbor::Int(4))), ""),
    ("key_type_missing", Parts(|new| new.auth.key().remove(1)), ""),
    ("curve_of_other_algorithm", Parts(|new| new.auth.key().set(-1, Cbor::Int(2))), ""),
    ("curve_unknown", Parts(|new| new.auth.key().set(-1, Cbor::Int(8))), ""),
    ("algorithm_with_other_curve", Parts(|new| new.auth.key().set(3, Cbor::Int(-35))), ""),
    ("point_not_on_curve", Parts(|new| new.auth.key().set(-3, Cbor::Bytes(vec![7; 32]))), ""),
    (
        "point_zero",
        Parts(|new| {
            new.auth.key().set(-2, Cbor::Bytes(vec![0; 32]));
            new.auth.key().set(-3, Cbor::Bytes(vec![0; 32]));
        }),
        "",
    ),
    ("point_too_short", Parts(|new| new.auth.key().set(-2, Cbor::Bytes(vec![1; 31]))), ""),
    ("point_too_long", Parts(|new| new.auth.key().set(-2, Cbor::Bytes(vec![1; 33]))), ""),
    ("point_without_x", Parts(|new| new.auth.key().remove(-2)), ""),
    ("point_compressed", Parts(|new| new.auth.key().set(-3, Cbor::Bool(true))), ""),
    ("point_of_text", Parts(|new| new.auth.key().set(-2, Cbor::text("x"))), ""),
    ("key_no_map", Parts(|new| *new.auth.key() = Cbor::Int(1)), ""),
    ("key_empty", Parts(|new| *new.auth.key() = Cbor::Map(Vec::new())), ""),
    ("key_missing", Parts(|new| *new.auth.key() = Cbor::Raw(Vec::new())), ""),
    (
        "rsa_key_of_1024_bits",
        Parts(|new| {
            let mut key = Key::rs256().cose();
            key.set(-1, Cbor::Bytes(vec![0xc1; 128]));
            *new.auth.key() = key;
        }),
        "",
    ),
];

#[tokio::test]
async fn registration_of_wrong_browser_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    assert_no_registration(&app, BROWSER).await;
}

#[tokio::test]
async fn registration_of_wrong_key_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    assert_no_registration(&app, AUTHENTICATOR).await;
}
