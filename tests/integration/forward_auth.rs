//! Forward authentication: what a proxy is told about the requests it asks about.

mod return_address;

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    support::{PASSWORD, TestApp, browser::Browser, person::Person},
    wire::{Answer, send},
};

const VERIFY: &str = "GET /api/auth/verify";
const HEADERS: [&str; 5] =
    ["x-auth-user-id", "x-auth-session-id", "x-auth-email", "x-auth-email-verified", "x-auth-name"];

#[tokio::test]
async fn whoever_is_signed_in_is_let_through_and_described() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for method in ["GET", "HEAD"] {
        let answer = verify_as(&app, &ada.access_token, &format!("{method} /api/auth/verify")).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
        assert_eq!(answer.header("x-auth-user-id"), ada.user_id);
        assert_eq!(answer.header("x-auth-session-id"), session_id(&ada));
        assert_eq!(answer.header("x-auth-email"), "ada@example.com");
        assert_eq!(answer.header("x-auth-email-verified"), "false");
        assert_eq!(answer.header("x-auth-name"), "Ada");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.has("authorization") && !answer.has("set-cookie"));
    }
}

#[tokio::test]
async fn an_access_token_a_session_token_and_a_browsers_cookies_open_alike() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let access = format!("latchkey_access={}", ada.access_token);
    let session = format!("latchkey_session={}", ada.session_token);
    for (name, value) in [
        ("authorization", format!("Bearer {}", ada.access_token)),
        ("authorization", format!("Bearer {}", ada.session_token)),
        ("cookie", access.clone()),
        ("cookie", session.clone()),
        ("cookie", format!("{access}; {session}")),
    ] {
        let answer = send(&app.state, VERIFY, &[(name, &value)], "").await;
        assert_eq!((answer.status, answer.header("x-auth-user-id")), (StatusCode::OK, &*ada.user_id), "{value}");
    }
}

#[tokio::test]
async fn nobody_is_let_through_without_credentials_that_are_good() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = format!("latchkey_access={}; latchkey_session={}", ada.access_token, ada.session_token);
    let answer = send(&app.state, VERIFY, &[], "").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"latchkey\"");
    for header in ["Bearer x", "Bearer x.y", "Bearer", "Bearer a b", &format!("Bearer {}x", ada.access_token)] {
        let answer = send(&app.state, VERIFY, &[("authorization", header), ("cookie", &cookie)], "").await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "invalid_token"), "{header}");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        assert_nobody(&answer);
    }
    let other = send(&app.state, VERIFY, &[("authorization", "Token x"), ("cookie", &cookie)], "").await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED, "a header decides, whatever its scheme");
    let basic = send(&app.state, VERIFY, &[("authorization", "Basic YTpi"), ("cookie", &cookie)], "").await;
    assert_eq!(basic.status, StatusCode::OK, "but for what browsers show the proxy by themselves");
    for cookie in ["latchkey_access=x", "latchkey_session=x", "latchkey_access=x; latchkey_session=y"] {
        let answer = send(&app.state, VERIFY, &[("cookie", cookie)], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{cookie}");
        assert_nobody(&answer);
    }
}

#[tokio::test]
async fn what_a_client_claims_about_itself_is_not_looked_at() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let forged = HEADERS.map(|name| (name, bob.user_id.as_str()));
    let answer = send(&app.state, VERIFY, &forged, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_nobody(&answer);
    let bearer = format!("Bearer {}", ada.access_token);
    let answer = send(&app.state, VERIFY, &[&forged[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(answer.header("x-auth-user-id"), ada.user_id);
    assert_eq!(answer.header("x-auth-email"), "ada@example.com");
}

#[tokio::test]
async fn a_path_can_be_kept_to_its_owner() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let ask = |id: String| {
        let (app, token) = (&app, ada.access_token.clone());
        async move { verify_as(app, &token, &format!("{VERIFY}?user_id={id}")).await }
    };
    assert_eq!(ask(ada.user_id.clone()).await.status, StatusCode::OK);
    for other in [bob.user_id.clone(), ada.user_id.to_uppercase(), String::new(), format!("{}%20", ada.user_id)] {
        let answer = ask(other.clone()).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "forbidden"), "{other:?}");
        assert_nobody(&answer);
    }
    assert!(ada.events(&app).await.contains(&"authz_fail".to_owned()));
    let anonymous = send(&app.state, &format!("{VERIFY}?user_id={}", ada.user_id), &[], "").await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "who it is comes before whose it is");
}

#[tokio::test]
async fn a_demand_that_is_not_understood_lets_nobody_through() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let id = &ada.user_id;
    for query in [
        "userid=x".to_owned(),
        format!("user_id={id}&user_id={id}"),
        format!("user_id=x&user_id={id}"),
        "bearer=yes".to_owned(),
        "bearer".to_owned(),
        "redirect=1".to_owned(),
    ] {
        let answer = verify_as(&app, &ada.access_token, &format!("{VERIFY}?{query}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "invalid_query"), "{query}");
        assert_nobody(&answer);
    }
    let answer = verify_as(&app, &ada.access_token, "POST /api/auth/verify").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
}

#[tokio::test]
async fn the_upstream_gets_an_access_token_if_the_proxy_asks_for_one() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(14));
    let answer = verify_as(&app, &ada.session_token, &format!("{VERIFY}?bearer=true&user_id={}", ada.user_id)).await;
    let fresh = answer.header("authorization").to_owned();
    app.wait(Duration::from_mins(14));
    let profile = send(&app.state, &format!("GET {}", ada.path("")), &[("authorization", &fresh)], "").await;
    assert_eq!(profile.json()["id"], ada.user_id.as_str());
    assert!(!answer.has("set-cookie"), "a program has no use for cookies");
}

#[tokio::test]
async fn no_access_token_is_made_from_another() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(14));
    let shown = format!("Bearer {}", ada.access_token);
    let cookie = format!("latchkey_access={}", ada.access_token);
    for (name, value) in [("authorization", &shown), ("cookie", &cookie)] {
        let answer = send(&app.state, &format!("{VERIFY}?bearer=true"), &[(name, value)], "").await;
        assert_eq!((answer.status, answer.header("authorization")), (StatusCode::OK, &*shown), "{name}");
        assert!(!answer.has("set-cookie"));
    }
}

#[tokio::test]
async fn a_browsers_access_token_is_replaced_before_the_upstream_gets_one_that_is_about_to_expire() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = format!("latchkey_access={}; latchkey_session={}", ada.access_token, ada.session_token);
    let line = format!("{VERIFY}?bearer=true");
    app.wait(Duration::from_mins(9));
    let young = send(&app.state, &line, &[("cookie", &cookies)], "").await;
    assert_eq!(young.header("authorization"), format!("Bearer {}", ada.access_token));
    assert!(!young.has("set-cookie"));
    app.wait(Duration::from_mins(2));
    let old = send(&app.state, &line, &[("cookie", &cookies)], "").await;
    let token = old.header("authorization").strip_prefix("Bearer ").expect("a token").to_owned();
    assert_ne!(token, ada.access_token);
    assert!(old.header("set-cookie").starts_with(&format!("latchkey_access={token};")), "and the browser has it too");
    app.lose_database().await;
    let alone = send(&app.state, &line, &[("cookie", &cookies)], "").await;
    assert_eq!(alone.header("authorization"), format!("Bearer {}", ada.access_token), "it is good for some minutes");
}

#[tokio::test]
async fn an_address_or_a_name_in_any_script_is_a_safe_header() {
    let app = TestApp::new().await;
    for (n, (name, header)) in [
        ("李小龍 100%", "%E6%9D%8E%E5%B0%8F%E9%BE%8D 100%25"),
        ("O'Brien, \"Bob\" <b@x>", "O'Brien, \"Bob\" <b@x>"),
        ("é\u{202e}x", "%C3%A9%E2%80%AEx"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({ "name": name, "email": format!("p{n}é@example.com"), "password": PASSWORD });
        let signed_up: Value = app.program().post("/api/auth/sign-up/email").json(&body).await.json();
        let token = signed_up["token"].as_str().expect("a token");
        let answer = verify_as(&app, token, VERIFY).await;
        assert_eq!(answer.header("x-auth-name"), header);
        assert_eq!(answer.header("x-auth-email"), format!("p{n}%C3%A9@example.com"));
    }
}

#[tokio::test]
async fn who_has_no_name_has_an_empty_header_for_it() {
    let app = TestApp::new().await;
    let body = json!({ "name": "", "email": "ada@example.com", "password": PASSWORD });
    let signed_up: Value = app.program().post("/api/auth/sign-up/email").json(&body).await.json();
    let answer = verify_as(&app, signed_up["token"].as_str().expect("a token"), VERIFY).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-auth-name"), "", "a proxy could leave a client's own standing");
}

#[tokio::test]
async fn an_expired_access_cookie_is_replaced_alone_and_the_session_token_stays() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let (access, session) = (cookie(&browser, "latchkey_access"), cookie(&browser, "latchkey_session"));
    app.wait(Duration::from_mins(20));
    let cookies = format!("latchkey_access={access}; latchkey_session={session}");
    // A page and what is on it: none of these requests takes the session from another.
    for _ in 0..5 {
        let answer = send(&app.state, &format!("{VERIFY}?bearer=true"), &[("cookie", &cookies)], "").await;
        assert_eq!(answer.status, StatusCode::OK);
        let cookie = answer.header("set-cookie");
        let token = answer.header("authorization").strip_prefix("Bearer ").expect("a token");
        assert!(cookie.starts_with(&format!("latchkey_access={token};")), "{cookie}");
        assert!(cookie.starts_with("latchkey_access=eyJ") && !cookie.contains(&access), "{cookie}");
        assert!(cookie.contains("Max-Age=900") && cookie.contains("HttpOnly"), "{cookie}");
    }
    assert!(browser.is_signed_in().await, "the session token is as good as before");
}

#[tokio::test]
async fn a_session_used_only_through_the_proxy_does_not_end_as_idle() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = format!("latchkey_session={}", cookie(&browser, "latchkey_session"));
    for _ in 0..4 {
        app.wait(Duration::from_hours(6 * 24));
        assert_eq!(send(&app.state, VERIFY, &[("cookie", &session)], "").await.status, StatusCode::OK);
    }
    app.wait(Duration::from_hours(8 * 24));
    assert_eq!(send(&app.state, VERIFY, &[("cookie", &session)], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_token_that_was_replaced_long_ago_ends_the_session_here_too() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let stolen = format!("latchkey_session={}", cookie(&browser, "latchkey_session"));
    for _ in 0..2 {
        app.wait(Duration::from_mins(20));
        assert!(browser.is_signed_in().await);
    }
    let answer = send(&app.state, VERIFY, &[("cookie", &stolen)], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.has("set-cookie"), "cookies are not cleared in an answer that goes to a proxy");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn signing_out_closes_the_door_at_once_to_cookies_and_tokens() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = format!("latchkey_access={}; latchkey_session={}", ada.access_token, ada.session_token);
    app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await.assert_status_ok();
    for (name, value) in [
        ("authorization", format!("Bearer {}", ada.access_token)),
        ("authorization", format!("Bearer {}", ada.session_token)),
        ("cookie", cookies),
    ] {
        for query in ["", "?bearer=true"] {
            let answer = send(&app.state, &format!("{VERIFY}{query}"), &[(name, &value)], "").await;
            assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "invalid_token"));
            assert!(!answer.has("set-cookie"));
            assert_nobody(&answer);
        }
    }
}

#[tokio::test]
async fn a_good_access_token_opens_without_the_database_but_with_nothing_that_only_it_knows() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.lose_database().await;
    let answer = verify_as(&app, &ada.access_token, &format!("{VERIFY}?bearer=true&user_id={}", ada.user_id)).await;
    assert_eq!((answer.status, answer.header("x-auth-user-id")), (StatusCode::OK, &*ada.user_id));
    for name in ["x-auth-email", "x-auth-email-verified", "x-auth-name"] {
        assert_eq!(answer.header(name), "", "{name}");
    }
    assert_eq!(answer.header("authorization"), format!("Bearer {}", ada.access_token));
    for query in ["", "?bearer=true", "?redirect=true"] {
        let answer = verify_as(&app, &ada.session_token, &format!("{VERIFY}{query}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert_nobody(&answer);
    }
}

async fn verify_as(app: &TestApp, token: &str, line: &str) -> Answer {
    send(&app.state, line, &[("authorization", &format!("Bearer {token}"))], "").await
}

fn assert_nobody(answer: &Answer) {
    for name in HEADERS.iter().chain(&["authorization"]) {
        assert!(!answer.has(name), "{name}");
    }
}

fn session_id(person: &Person) -> &str {
    person.session_token.split_once('.').expect("two parts").0
}

fn cookie(browser: &Browser, name: &str) -> String {
    browser.cookie(name).expect("a cookie")
}
