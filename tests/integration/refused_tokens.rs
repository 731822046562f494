//! Story 3: what is not a good token opens nothing, and says so as RFC 6750 wants it.

use axum::http::StatusCode;
use latchkey::domain::Timestamp;
use serde_json::Value;
use std::time::Duration;

use crate::{
    bad_tokens::{ALGORITHMS, BadToken, Forge, good_tokens, table},
    support::{BASE_URL, TestApp, keys, person::Person},
    wire::{Answer, send},
};

const NO_CREDENTIALS: &str = "Bearer realm=\"latchkey\"";
const INVALID_TOKEN: &str =
    "Bearer realm=\"latchkey\", error=\"invalid_token\", error_description=\"The access token is not valid\"";

#[tokio::test]
async fn without_credentials_the_challenge_names_no_error() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for headers in [&[][..], &[("cookie", "other=1")], &[("authorization", "Basic YTpi")], &[("authorization", "")]] {
        let answer = ask(&app, &ada, headers).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::UNAUTHORIZED, "unauthenticated"),
            "{headers:?}"
        );
        assert_eq!(answer.header("www-authenticate"), NO_CREDENTIALS);
    }
}

#[tokio::test]
async fn a_good_token_is_taken_however_the_scheme_is_written() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let header = format!("{scheme} {}", ada.access_token);
        assert_eq!(ask(&app, &ada, &[("authorization", &header)]).await.status, StatusCode::OK, "{scheme:?}");
    }
}

#[tokio::test]
async fn the_header_decides_and_a_bad_one_never_falls_back_to_the_cookie() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let cookies = format!("latchkey_access={}; latchkey_session={}", ada.access_token, ada.session_token);
    let (good, bad) = (format!("Bearer {}", ada.access_token), format!("Bearer {}", bob.access_token));
    for (header, code) in [
        ("Bearer", "invalid_token"),
        ("Bearer ", "invalid_token"),
        ("Bearer x", "invalid_token"),
        ("Bearer null", "invalid_token"),
        ("Basic YTpi", "unauthenticated"),
        ("x", "unauthenticated"),
        ("", "unauthenticated"),
        (&format!("{good} x"), "invalid_token"),
        (&format!("{good},{good}"), "invalid_token"),
        (&format!("Bearer {}", ada.session_token), "invalid_token"),
    ] {
        let answer = ask(&app, &ada, &[("authorization", header), ("cookie", &cookies)]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, code), "{header:?}");
        assert!(!answer.has("set-cookie"), "the browser's session is none of the header's business");
    }
    let two = ask(&app, &ada, &[("authorization", &good), ("authorization", &good)]).await;
    assert_refused(&two);
    let of_another = ask(&app, &ada, &[("authorization", &bad), ("cookie", &cookies)]).await;
    assert_eq!((of_another.status, of_another.problem().as_str()), (StatusCode::FORBIDDEN, "forbidden"));
}

#[tokio::test]
async fn a_header_of_a_megabyte_is_just_another_bad_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for header in [format!("Bearer {}", "x".repeat(1 << 20)), format!("Bearer {}", "a.".repeat(1 << 19))] {
        assert_refused(&ask(&app, &ada, &[("authorization", &header)]).await);
    }
}

#[tokio::test]
async fn of_two_cookies_with_one_name_neither_counts() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let access = |person: &Person| format!("latchkey_access={}", person.access_token);
    let session = |person: &Person| format!("latchkey_session={}", person.session_token);
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
    assert_eq!(tossed.status, StatusCode::OK, "what is left is the owner's own session");
}

#[tokio::test]
async fn a_cookie_is_taken_letter_for_letter() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let encoded = ada.access_token.replace('.', "%2E");
    for value in [encoded.clone(), format!("\"{}\"", ada.access_token), format!("{}=", ada.access_token), String::new()]
    {
        assert_refused(&ask(&app, &ada, &[("cookie", &format!("latchkey_access={value}"))]).await);
    }
}

#[tokio::test]
async fn each_kind_of_token_opens_its_own_routes_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    assert_refused(&ask(&app, &ada, &[("authorization", &header)]).await);
    let header = format!("Bearer {}", ada.access_token);
    for line in ["GET /api/auth/token", "GET /api/auth/list-sessions", "POST /api/auth/revoke-sessions"] {
        let answer = send(&app.state, line, &[("authorization", &header)], "").await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &Value::from("UNAUTHORIZED")));
    }
    let answer = send(&app.state, "GET /api/auth/get-session", &[("authorization", &header)], "").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, Value::Null));
    send(&app.state, "POST /api/auth/sign-out", &[("authorization", &header)], "").await;
    // Nor from the cookie: it would renew itself.
    let cookie = format!("latchkey_access={}", ada.access_token);
    assert_eq!(ask(&app, &ada, &[("cookie", &cookie)]).await.status, StatusCode::OK);
    let answer = send(&app.state, "GET /api/auth/token", &[("cookie", &cookie)], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let both = format!("{cookie}; latchkey_session={}", ada.session_token);
    assert_eq!(send(&app.state, "GET /api/auth/token", &[("cookie", &both)], "").await.status, StatusCode::OK);
    assert_eq!(ada.get(&app, "").await.status_code(), StatusCode::OK, "it signs nobody out either");
}

#[tokio::test]
async fn every_bad_token_is_refused_in_the_header_and_in_the_cookie() {
    let mut failures = Vec::new();
    for algorithm in ALGORITHMS {
        let app = keys::app(algorithm).await;
        let (ada, forge) = forge(&app).await;
        let cases: Vec<_> = table(&forge).into_iter().filter(BadToken::travels_over_http).collect();
        assert!(cases.len() >= 400);
        for case in cases {
            let (header, cookie) = (format!("Bearer {}", case.token), format!("latchkey_access={}", case.token));
            for (name, value) in [("authorization", header), ("cookie", cookie)] {
                let answer = ask(&app, &ada, &[(name, &value)]).await;
                let challenge = answer.headers.get("www-authenticate").and_then(|value| value.to_str().ok());
                if answer.status != StatusCode::UNAUTHORIZED || challenge != Some(INVALID_TOKEN) {
                    failures.push(format!("{algorithm}: {} in the {name}: {}", case.name, answer.status));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn every_good_neighbour_is_accepted_in_the_header_and_in_the_cookie() {
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

/// Knows what the service knows, and whose sessions there are.
async fn forge(app: &TestApp) -> (Person, Forge) {
    let ada = app.person("ada@example.com").await;
    let ended = Person::sign_in(app, "ada@example.com").await;
    let header = format!("Bearer {}", ended.session_token);
    send(&app.state, "POST /api/auth/sign-out", &[("authorization", &header)], "").await;
    let session = |person: &Person| person.session_token.split_once('.').expect("two parts").0.parse().expect("an id");
    let forge = Forge {
        key: keys::signing_key(app).await,
        issuer: BASE_URL.to_owned(),
        audience: BASE_URL.to_owned(),
        access_ttl: Duration::from_mins(15),
        user_id: ada.user_id.parse().expect("an id"),
        session_id: session(&ada),
        ended_session_id: session(&ended),
        now: Timestamp::from_millis(app.clock.clock().now().millis()),
    };
    (ada, forge)
}

async fn ask(app: &TestApp, person: &Person, headers: &[(&str, &str)]) -> Answer {
    send(&app.state, &format!("GET {}", person.path("")), headers, "").await
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "invalid_token"));
    assert_eq!(answer.header("www-authenticate"), INVALID_TOKEN);
}
