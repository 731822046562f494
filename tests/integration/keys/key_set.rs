//! The published key set and the server metadata.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    keys::{self, key_set, operator},
    person::Person,
    tokens::ForgeKey,
};

const ROUTES: [&str; 2] = ["GET /.well-known/jwks.json", "GET /api/auth/jwks"];

fn decoded(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("a text")).expect("base64url")
}

async fn only_key(app: &TestApp) -> Value {
    let set = key_set(app).await.json();
    assert_eq!(set["keys"].as_array().map(Vec::len), Some(1), "{set}");
    set["keys"][0].clone()
}

/// Verifies a signature as a backend does, with the published key alone.
fn verifies(algorithm: &'static dyn VerificationAlgorithm, key: Vec<u8>, token: &str) -> bool {
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    UnparsedPublicKey::new(algorithm, key).verify(signed.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn ed25519_key_set_verifies_tokens() {
    let app = keys::app("EdDSA").await;
    let Person { access_token, .. } = app.person("ada@example.com").await;
    let jwk = only_key(&app).await;
    assert_eq!(jwk["kid"], keys::signer(&access_token));
    insta::assert_json_snapshot!(key_set(&app).await.snapshot()["keys"], @r#"
    [
      {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": "[kid]",
        "kty": "OKP",
        "use": "sig",
        "x": "[x]"
      }
    ]
    "#);
    assert!(verifies(&ED25519, decoded(&jwk["x"]), &access_token));
}

#[tokio::test]
async fn p256_key_set_verifies_tokens() {
    let app = keys::app("ES256").await;
    let Person { access_token, .. } = app.person("ada@example.com").await;
    let jwk = only_key(&app).await;
    insta::assert_json_snapshot!(key_set(&app).await.snapshot()["keys"], @r#"
    [
      {
        "alg": "ES256",
        "crv": "P-256",
        "kid": "[kid]",
        "kty": "EC",
        "use": "sig",
        "x": "[x]",
        "y": "[y]"
      }
    ]
    "#);
    let point = [vec![4], decoded(&jwk["x"]), decoded(&jwk["y"])].concat();
    assert_eq!(point.len(), 65, "coordinates keep their leading zeros");
    assert!(verifies(&ECDSA_P256_SHA256_FIXED, point, &access_token));
}

#[tokio::test]
async fn key_id_is_the_thumbprint() {
    for algorithm in ["EdDSA", "ES256"] {
        let app = keys::app(algorithm).await;
        assert_eq!(only_key(&app).await["kid"], keys::signing_key(&app).await.kid());
    }
}

#[tokio::test]
async fn both_key_set_routes_are_public_and_cached() {
    let app = keys::app("EdDSA").await;
    let cookies = ("cookie", "latchkey_access=x; latchkey_session=y; __Host-latchkey_session=z");
    for headers in [&[][..], &[cookies], &[("authorization", "Bearer x")], &[("origin", "https://other.example")]] {
        let responses = [app.send(ROUTES[0], headers, "").await, app.send(ROUTES[1], headers, "").await];
        assert_eq!(responses[0].body, responses[1].body);
        for response in responses {
            assert_eq!(response.status, StatusCode::OK);
            assert_eq!(response.header("content-type"), "application/jwk-set+json");
            assert_eq!(response.header("cache-control"), "public, max-age=300");
            assert_eq!(response.header("access-control-allow-origin"), "*");
            assert_eq!(response.header("cross-origin-resource-policy"), "cross-origin");
            assert_eq!(response.header("x-content-type-options"), "nosniff");
            assert!(!response.has("set-cookie"), "the key set never touches the session");
        }
    }
}

#[tokio::test]
async fn key_set_allows_trusted_origin_credentials() {
    let mut settings = keys::settings("EdDSA").to_vec();
    settings.push(("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com"));
    let app = TestApp::with(&settings).await;
    let ask = |method: &'static str, origin: &'static str| {
        let headers = [("origin", origin), ("access-control-request-method", "GET")];
        let client = app.client();
        async move { client.send(&format!("{method} /api/auth/jwks"), &headers, "").await }
    };
    let response = ask("GET", "https://app.example.com").await;
    assert_eq!(response.header("access-control-allow-origin"), "https://app.example.com");
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    assert_eq!(response.header("vary"), "origin");
    assert_eq!(ask("OPTIONS", "https://app.example.com").await.status, StatusCode::NO_CONTENT);
    let response = ask("GET", "https://other.example").await;
    assert_eq!((response.status, response.header("access-control-allow-origin")), (StatusCode::OK, "*"));
    assert!(!response.has("access-control-allow-credentials"));
}

#[tokio::test]
async fn key_set_never_has_private_members() {
    for algorithm in ["EdDSA", "ES256", "HS256"] {
        let app = keys::app(algorithm).await;
        if algorithm != "HS256" {
            operator(&app).await.rotate().await.unwrap();
            app.poll_keys().await;
        }
        for route in ROUTES {
            let set = app.send(route, &[], "").await.json();
            assert_eq!(set.as_object().map(serde_json::Map::len), Some(1));
            let keys = set["keys"].as_array().expect("keys").clone();
            assert_eq!(keys.len(), if algorithm == "HS256" { 0 } else { 2 });
            let mut names: Vec<_> = keys.iter().map(|key| key["kid"].to_string()).collect();
            names.dedup();
            assert_eq!(names.len(), keys.len(), "key ids are unique");
            for key in keys {
                for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
                    assert!(key.get(private).is_none(), "{private}");
                }
                assert_eq!((&key["alg"], &key["use"]), (&json!(algorithm), &json!("sig")));
                assert_ne!(key["kty"], "oct");
            }
        }
    }
}

#[tokio::test]
async fn shared_secret_gives_an_empty_key_set() {
    let app = keys::app("HS256").await;
    let response = key_set(&app).await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "keys": [] })));
    let metadata = app.send("GET /.well-known/oauth-authorization-server", &[], "").await.json();
    assert!(metadata.get("jwks_uri").is_none());
    let ForgeKey::Hs256(_) = keys::signing_key(&app).await else { panic!("a secret signs") };
}

#[tokio::test]
async fn key_set_accepts_only_get_and_head() {
    let app = keys::app("EdDSA").await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let response = app.send(&format!("{method} /api/auth/jwks"), &[], "").await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::NOT_FOUND, ""), "the contract requires 404");
        let response = app.send(&format!("{method} /.well-known/jwks.json"), &[], "").await;
        assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    for route in ["HEAD /api/auth/jwks", "HEAD /.well-known/jwks.json"] {
        let response = app.send(route, &[], "").await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::OK, ""));
    }
}

#[tokio::test]
async fn metadata_lists_issuer_and_key_set() {
    let app = keys::app("EdDSA").await;
    let response = app.send("GET /.well-known/oauth-authorization-server", &[], "").await;
    assert_eq!((response.status, response.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(response.header("cache-control"), "public, max-age=300");
    insta::assert_json_snapshot!(response.snapshot(), @r#"
    {
      "grant_types_supported": [],
      "issuer": "http://localhost:3000",
      "jwks_uri": "http://localhost:3000/.well-known/jwks.json",
      "response_types_supported": [],
      "service_documentation": "http://localhost:3000/docs"
    }
    "#);
    assert_eq!(app.send("GET /.well-known/openid-configuration", &[], "").await.status, StatusCode::NOT_FOUND);
}
