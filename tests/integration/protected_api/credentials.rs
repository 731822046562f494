//! Story 3: credentials that are not a valid access token get 401 with an RFC 6750 challenge.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{
    TestApp,
    client::TestResponse,
    keys,
    person::Person,
    tokens::{ALGORITHMS, BadToken, Forge, good_tokens, table},
};

const NO_CREDENTIALS: &str = "Bearer realm=\"latchkey\"";
const INVALID_TOKEN: &str =
    "Bearer realm=\"latchkey\", error=\"invalid_token\", error_description=\"The access token is not valid\"";

#[tokio::test]
async fn missing_credentials_challenge_has_no_error() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for headers in [&[][..], &[("cookie", "other=1")], &[("authorization", "Basic YTpi")], &[("authorization", "")]] {
        let response = ask(&app, &ada, headers).await;
        assert_eq!(response.problem(), "401 unauthenticated", "{headers:?}");
        assert_eq!(response.header("www-authenticate"), NO_CREDENTIALS);
    }
}

#[tokio::test]
async fn bearer_scheme_is_case_insensitive() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let header = format!("{scheme} {}", ada.access_token);
        assert_eq!(ask(&app, &ada, &[("authorization", &header)]).await.status, StatusCode::OK, "{scheme:?}");
    }
}

#[tokio::test]
async fn basic_header_does_not_override_the_cookie() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = ada.cookies();
    let response = ask(&app, &ada, &[("authorization", "Basic YTpi"), ("cookie", &cookies)]).await;
    assert_eq!(response.status, StatusCode::OK);
}

#[tokio::test]
async fn invalid_header_never_falls_back_to_cookie() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let cookies = ada.cookies();
    let (good, bad) = (ada.bearer(), bob.bearer());
    for (header, code) in [
        ("Bearer", "invalid_token"),
        ("Bearer ", "invalid_token"),
        ("Bearer x", "invalid_token"),
        ("Bearer null", "invalid_token"),
        ("Token x", "unauthenticated"),
        ("x", "unauthenticated"),
        ("", "unauthenticated"),
        (&format!("{good} x"), "invalid_token"),
        (&format!("{good},{good}"), "invalid_token"),
        (&ada.session_bearer(), "invalid_token"),
    ] {
        let response = ask(&app, &ada, &[("authorization", header), ("cookie", &cookies)]).await;
        assert_eq!(response.problem(), format!("401 {code}"), "{header:?}");
        assert!(!response.has("set-cookie"), "an invalid header keeps the cookies");
    }
    let two = ask(&app, &ada, &[("authorization", &good), ("authorization", &good)]).await;
    assert_refused(&two);
    let with_basic = ask(&app, &ada, &[("authorization", "Basic YTpi"), ("authorization", &good)]).await;
    assert_refused(&with_basic);
    let of_another = ask(&app, &ada, &[("authorization", &bad), ("cookie", &cookies)]).await;
    assert_eq!(of_another.problem(), "403 forbidden");
}

#[tokio::test]
async fn oversized_bearer_token_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for header in [format!("Bearer {}", "x".repeat(1 << 20)), format!("Bearer {}", "a.".repeat(1 << 19))] {
        assert_refused(&ask(&app, &ada, &[("authorization", &header)]).await);
    }
}

#[tokio::test]
async fn duplicate_cookies_are_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let access = |person: &Person| person.access_cookie();
    let session = |person: &Person| person.session_cookie();
    for (one, two) in [
        (access(&bob), access(&ada)),
        (access(&ada), access(&bob)),
        (access(&ada), access(&ada)),
        (session(&ada), session(&bob)),
    ] {
        assert_refused(&ask(&app, &ada, &[("cookie", &format!("{one}; {two}"))]).await);
        assert_refused(&ask(&app, &ada, &[("cookie", &one), ("cookie", &two)]).await);
        assert_refused(&ask(&app, &ada, &[("cookie", &format!("{one};{two}"))]).await);
    }
    let tossed =
        ask(&app, &ada, &[("cookie", &format!("{}; latchkey_access=x; {}", access(&bob), session(&ada)))]).await;
    assert_eq!(tossed.status, StatusCode::OK, "duplicate access cookies are ignored; the session cookie decides");
}

#[tokio::test]
async fn cookie_values_are_not_decoded() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let encoded = ada.access_token.replace('.', "%2E");
    for value in [encoded.clone(), format!("\"{}\"", ada.access_token), format!("{}=", ada.access_token), String::new()]
    {
        assert_refused(&ask(&app, &ada, &[("cookie", &format!("latchkey_access={value}"))]).await);
    }
}

#[tokio::test]
async fn tokens_are_accepted_on_their_own_routes_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = ada.session_bearer();
    assert_refused(&ask(&app, &ada, &[("authorization", &header)]).await);
    let header = ada.bearer();
    for line in ["GET /api/auth/token", "GET /api/auth/list-sessions", "POST /api/auth/revoke-sessions"] {
        let response = app.send(line, &[("authorization", &header)], "").await;
        assert_eq!(
            (response.status, &response.json()["code"]),
            (StatusCode::UNAUTHORIZED, &Value::from("UNAUTHORIZED"))
        );
    }
    let response = app.send("GET /api/auth/get-session", &[("authorization", &header)], "").await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, Value::Null));
    app.send("POST /api/auth/sign-out", &[("authorization", &header)], "").await;
    // An access token in the cookie must not renew itself.
    let cookie = ada.access_cookie();
    assert_eq!(ask(&app, &ada, &[("cookie", &cookie)]).await.status, StatusCode::OK);
    let response = app.send("GET /api/auth/token", &[("cookie", &cookie)], "").await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    let both = format!("{cookie}; latchkey_session={}", ada.session_token);
    assert_eq!(app.send("GET /api/auth/token", &[("cookie", &both)], "").await.status, StatusCode::OK);
    assert_eq!(ada.get(&app, "").await.status, StatusCode::OK, "an access token cannot sign out");
}

#[tokio::test]
async fn bad_tokens_are_refused_in_header_and_cookie() {
    let mut failures = Vec::new();
    for algorithm in ALGORITHMS {
        let app = keys::app(algorithm).await;
        let (ada, forge) = forge(&app).await;
        let cases: Vec<_> = table(&forge).into_iter().filter(BadToken::fits_in_a_header).collect();
        assert!(cases.len() >= 400);
        for case in cases {
            let (header, cookie) = (format!("Bearer {}", case.token), format!("latchkey_access={}", case.token));
            for (name, value) in [("authorization", header), ("cookie", cookie)] {
                let response = ask(&app, &ada, &[(name, &value)]).await;
                let challenge = response.headers.get("www-authenticate").and_then(|value| value.to_str().ok());
                if response.status != StatusCode::UNAUTHORIZED || challenge != Some(INVALID_TOKEN) {
                    failures.push(format!("{algorithm}: {} in the {name}: {}", case.name, response.status));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn good_tokens_are_accepted_in_header_and_cookie() {
    for algorithm in ALGORITHMS {
        let app = keys::app(algorithm).await;
        let (ada, forge) = forge(&app).await;
        for (name, token) in good_tokens(&forge) {
            for (header, value) in
                [("authorization", format!("Bearer {token}")), ("cookie", format!("latchkey_access={token}"))]
            {
                let status = ask(&app, &ada, &[(header, &value)]).await.status;
                assert_eq!(status, StatusCode::OK, "{algorithm}: {name} in the {header}");
            }
        }
    }
}

/// A person and a forge that has the service's signing key and one of the person's ended sessions.
async fn forge(app: &TestApp) -> (Person, Forge) {
    let ada = app.person("ada@example.com").await;
    let ended = Person::sign_in(app, "ada@example.com").await;
    ended.sign_out(app).await;
    let forge = Forge::new(app, &ada, keys::signing_key(app).await);
    (ada, Forge { ended_session_id: ended.session_id().parse().expect("an id"), ..forge })
}

async fn ask(app: &TestApp, person: &Person, headers: &[(&str, &str)]) -> TestResponse {
    app.send(&format!("GET {}", person.path("")), headers, "").await
}

fn assert_refused(response: &TestResponse) {
    assert_eq!(response.problem(), "401 invalid_token");
    assert_eq!(response.header("www-authenticate"), INVALID_TOKEN);
}
