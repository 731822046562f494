//! Forward authentication: what a proxy is told about the requests it asks about.

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

/// What a proxy says of a page that a browser asked it for.
const PAGE: [(&str, &str); 5] = [
    ("accept", "text/html,application/xhtml+xml;q=0.9"),
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "localhost:3000"),
    ("x-forwarded-uri", "/tasks?done=no&page=2"),
];

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
    let basic = send(&app.state, VERIFY, &[("authorization", "Basic YTpi"), ("cookie", &cookie)], "").await;
    assert_eq!(basic.status, StatusCode::UNAUTHORIZED, "a header decides, whatever its scheme");
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
async fn the_upstream_gets_a_fresh_access_token_if_the_proxy_asks_for_one() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(14));
    let answer = verify_as(&app, &ada.access_token, &format!("{VERIFY}?bearer=true&user_id={}", ada.user_id)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let fresh = answer.header("authorization").to_owned();
    assert_ne!(fresh, format!("Bearer {}", ada.access_token));
    app.wait(Duration::from_mins(10));
    let profile = send(&app.state, &format!("GET {}", ada.path("")), &[("authorization", &fresh)], "").await;
    assert_eq!(profile.json()["id"], ada.user_id.as_str(), "it outlives the one that was shown");
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
async fn who_has_no_name_has_no_header_for_it() {
    let app = TestApp::new().await;
    let body = json!({ "name": "", "email": "ada@example.com", "password": PASSWORD });
    let signed_up: Value = app.program().post("/api/auth/sign-up/email").json(&body).await.json();
    let answer = verify_as(&app, signed_up["token"].as_str().expect("a token"), VERIFY).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.has("x-auth-email") && !answer.has("x-auth-name"));
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
    let answer = verify_as(&app, &ada.access_token, &format!("{VERIFY}?user_id={}", ada.user_id)).await;
    assert_eq!((answer.status, answer.header("x-auth-user-id")), (StatusCode::OK, &*ada.user_id));
    for name in ["x-auth-email", "x-auth-email-verified", "x-auth-name"] {
        assert!(!answer.has(name), "{name}");
    }
    for (token, query) in
        [(&ada.access_token, "?bearer=true"), (&ada.session_token, ""), (&ada.session_token, "?redirect=true")]
    {
        let answer = verify_as(&app, token, &format!("{VERIFY}{query}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert_nobody(&answer);
    }
}

#[tokio::test]
async fn a_browser_that_asks_for_a_page_is_sent_to_sign_in_and_back() {
    let app = TestApp::new().await;
    let line = format!("{VERIFY}?redirect=true");
    let answer = send(&app.state, &line, &PAGE, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = "%2Ftasks%3Fdone%3Dno%26page%3D2";
    assert_eq!(answer.header("location"), format!("http://localhost:3000/sign-in?next={next}"));
    let page = send(&app.state, &format!("GET /sign-in?next={next}"), &[], "").await;
    assert!(page.body.contains(r#"name="next" value="/tasks?done=no&amp;page=2""#), "{}", page.body);
    let ada = app.person("ada@example.com").await;
    let bearer = format!("Bearer {}", ada.access_token);
    let signed_in = send(&app.state, &line, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(signed_in.status, StatusCode::OK);
    let other = format!("{line}&user_id=somebody-else");
    let answer = send(&app.state, &other, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "signing in again would not help");
}

#[tokio::test]
async fn whatever_does_not_ask_for_a_page_gets_a_status_and_no_redirect() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("accept", "*/*"),
        ("accept", "application/json"),
        ("accept", "text/html-not"),
        ("x-forwarded-method", "POST"),
        ("x-forwarded-method", "get"),
        ("x-forwarded-method", ""),
    ] {
        let answer = send(&app.state, &format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
    assert_eq!(send(&app.state, VERIFY, &PAGE, "").await.status, StatusCode::UNAUTHORIZED, "nobody asked for one");
    assert_eq!(send(&app.state, &format!("{VERIFY}?redirect=true"), &[], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_way_back_leads_to_trusted_sites_only() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "http://localhost:5173")]).await;
    for (name, value, next) in [
        ("x-forwarded-host", "localhost:5173", Some("http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno%26page%3D2")),
        ("x-forwarded-host", "LOCALHOST:3000", Some("%2Ftasks%3Fdone%3Dno%26page%3D2")),
        ("x-forwarded-host", "localhost:5174", None),
        ("x-forwarded-host", "evil.example", None),
        ("x-forwarded-host", "localhost:3000@evil.example", None),
        ("x-forwarded-host", "", None),
        ("x-forwarded-proto", "https", None),
        ("x-forwarded-proto", "javascript", None),
        ("x-forwarded-proto", "http, http", None),
        ("x-forwarded-uri", "//evil.example", None),
        ("x-forwarded-uri", "@evil.example/", None),
        ("x-forwarded-uri", ".evil.example/", None),
        ("x-forwarded-uri", "/%5cevil.example", None),
    ] {
        let answer = send(&app.state, &format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        let next = next.map(|next| format!("?next={next}")).unwrap_or_default();
        let location = format!("http://localhost:3000/sign-in{next}");
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*location), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_form_leads_on_to_a_trusted_site_and_its_page_says_so_to_the_browser() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "http://localhost:5173")]).await;
    let there = "http://localhost:5173/tasks?done=no";
    let query = "next=http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno";
    for path in ["/sign-in", "/sign-up"] {
        let policy = send(&app.state, &format!("GET {path}?{query}"), &[], "")
            .await
            .header("content-security-policy")
            .to_owned();
        assert!(policy.contains("form-action 'self' http://localhost:5173;"), "{policy}");
        for elsewhere in ["", "?next=/account", "?next=http://localhost:5174/", "?next=http://evil.example/"] {
            let page = send(&app.state, &format!("GET {path}{elsewhere}"), &[], "").await;
            assert!(page.header("content-security-policy").contains("form-action 'self';"));
            assert!(!page.body.contains("evil.example"));
        }
    }
    let browser = Browser::new(&app);
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", there)];
    assert_eq!(browser.post("sign-up", &form).await.header("location"), there);
    assert_eq!(browser.get(&format!("/sign-in?{query}")).await.header("location"), there);
    assert_eq!(browser.get(&format!("/sign-up?{query}")).await.header("location"), there);
    let again = Browser::new(&app);
    assert_eq!(again.post("sign-in", &form).await.header("location"), there);
    let wrong = [("email", "ada@example.com"), ("password", "not this one"), ("next", there)];
    let back = Browser::new(&app).post("sign-in", &wrong).await;
    assert_eq!(back.header("location"), "/sign-in?next=http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno");
    for foreign in
        ["http://evil.example/", "http://localhost:5174/", "//localhost:5173/", "http://localhost:5173@evil.example/"]
    {
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", foreign)];
        assert_eq!(Browser::new(&app).post("sign-in", &form).await.header("location"), "/account", "{foreign}");
    }
}

async fn verify_as(app: &TestApp, token: &str, line: &str) -> Answer {
    send(&app.state, line, &[("authorization", &format!("Bearer {token}"))], "").await
}

/// [`PAGE`] with one header changed.
fn changed<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    PAGE.iter().map(|(header, usual)| (*header, if *header == name { value } else { *usual })).collect()
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
