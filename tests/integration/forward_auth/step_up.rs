//! `acr` and `max_age`: a route requires a stronger or a more recent sign-in (RFC 9470).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{VERIFY, assert_no_identity, verify_as};
use crate::support::{
    PASSWORD, TestApp,
    browser::{Browser, SESSION},
    keys,
    person::{Person, access_token},
    tokens::{ALGORITHMS, Forge},
};

const ADA: &str = "ada@example.com";

const QUARTER: Duration = Duration::from_mins(15);

/// The headers that a proxy forwards for a page.
const PAGE: [(&str, &str); 5] = [
    ("accept", "text/html"),
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "localhost:3000"),
    ("x-forwarded-uri", "/tasks"),
];

fn challenge(parameters: &str) -> String {
    format!(
        "Bearer realm=\"latchkey\", error=\"insufficient_user_authentication\", error_description=\"A stronger or more \
         recent sign-in is required\"{parameters}"
    )
}

/// Where the proxy sends a browser that requests the page. `None`: to the service.
async fn sent_to(app: &TestApp, browser: &Browser, query: &str) -> Option<String> {
    let cookies: Vec<_> = ["latchkey_access", SESSION]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", browser.cookie(name)?)))
        .collect();
    let cookies = cookies.join("; ");
    let line = format!("{VERIFY}?redirect=true&{query}");
    let response = app.send(&line, &[&PAGE[..], &[("cookie", &cookies)]].concat(), "").await;
    match response.status {
        StatusCode::OK => None,
        StatusCode::SEE_OTHER => {
            Some(response.header("location").strip_prefix("http://localhost:3000").expect("our page").to_owned())
        }
        status => panic!("{status}: {}", response.body),
    }
}

#[tokio::test]
async fn recent_sign_in_meets_max_age() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let line = format!("{VERIFY}?max_age=900&user_id={}&bearer=true", ada.user_id);
    assert_eq!(verify_as(&app, &ada.access_token, &line).await.status, StatusCode::OK);
    app.wait(QUARTER);
    // Exactly the limit. The access token has expired, and the session token does not make the sign-in more recent.
    assert_eq!(verify_as(&app, &ada.session_token, &line).await.status, StatusCode::OK);
    app.wait(Duration::from_secs(1));
    let renewed = access_token(&app, &ada.session_token).await;
    for token in [&ada.session_token, &renewed] {
        let response = verify_as(&app, token, &line).await;
        assert_eq!(response.problem(), "401 insufficient_user_authentication");
        assert_eq!(response.header("www-authenticate"), challenge(", max_age=\"900\""));
        assert_no_identity(&response);
    }
    let again = Person::sign_in(&app, ADA).await;
    assert_eq!(verify_as(&app, &again.access_token, &line).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_factor_does_not_meet_two() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    for token in [&ada.access_token, &ada.session_token] {
        assert_eq!(verify_as(&app, token, &format!("{VERIFY}?acr=aal1")).await.status, StatusCode::OK);
        for (query, parameters) in [
            ("acr=aal2", ", acr_values=\"aal2\""),
            ("acr=phr", ", acr_values=\"phr\""),
            ("acr=aal2&max_age=60", ", acr_values=\"aal2\", max_age=\"60\""),
        ] {
            let response = verify_as(&app, token, &format!("{VERIFY}?{query}&bearer=true")).await;
            assert_eq!(response.problem(), "401 insufficient_user_authentication", "{query}");
            assert_eq!(response.header("www-authenticate"), challenge(parameters));
            assert_no_identity(&response);
        }
    }
    let other = verify_as(&app, &ada.access_token, &format!("{VERIFY}?acr=aal2&user_id=another")).await;
    assert_eq!(other.problem(), "403 forbidden", "another sign-in would not help");
    let anonymous = app.send(&format!("{VERIFY}?acr=aal2"), &[], "").await;
    assert_eq!(anonymous.problem(), "401 unauthenticated");
}

#[tokio::test]
async fn claims_of_the_token_decide() {
    for algorithm in ALGORITHMS {
        let app = keys::app(algorithm).await;
        let ada = app.person(ADA).await;
        let forge = Forge::new(&app, &ada, keys::signing_key(&app).await);
        let ask = async |claims: &[(&str, serde_json::Value)], query: &str| {
            verify_as(&app, &forge.with_claims(claims), &format!("{VERIFY}?{query}")).await
        };
        for (acr, least, status) in [
            ("aal2", "aal2", 200),
            ("phr", "aal2", 200),
            ("phr", "phr", 200),
            ("aal2", "phr", 401),
            ("aal1", "aal2", 401),
        ] {
            let response = ask(&[("acr", json!(acr))], &format!("acr={least}")).await;
            assert_eq!(response.status, status, "{acr} for {least}");
            if status == 200 {
                assert_eq!(response.header("x-auth-acr"), acr);
            }
        }
        let time = app.now().seconds() - 60;
        for (limit, status) in [(60, 200), (59, 401)] {
            let response = ask(&[("auth_time", json!(time))], &format!("max_age={limit}")).await;
            assert_eq!(response.status, status, "{limit}");
        }
    }
}

#[tokio::test]
async fn token_without_claims_is_the_lowest() {
    let app = keys::app("HS256").await;
    let ada = app.person(ADA).await;
    let forge = Forge::new(&app, &ada, keys::signing_key(&app).await);
    let mut claims = forge.claims();
    for name in ["auth_time", "amr", "acr"] {
        claims.as_object_mut().expect("an object").remove(name);
    }
    let token = forge.token(&forge.header(), &claims);
    let response = verify_as(&app, &token, VERIFY).await;
    assert_eq!((response.header("x-auth-acr"), response.header("x-auth-time")), ("aal1", ""));
    for query in ["acr=aal2", "max_age=4294967295"] {
        let response = verify_as(&app, &token, &format!("{VERIFY}?{query}")).await;
        assert_eq!(response.problem(), "401 insufficient_user_authentication", "{query}");
    }
    // In a browser, the session replaces such a token at once.
    let cookies = format!("latchkey_access={token}; {SESSION}={}", ada.session_token);
    let response = app.send(&format!("{VERIFY}?max_age=900"), &[("cookie", &cookies)], "").await;
    assert_eq!((response.status, response.header("x-auth-time")), (StatusCode::OK, "1800000000"));
    assert!(response.header("set-cookie").starts_with("latchkey_access=eyJ"));
}

#[tokio::test]
async fn browser_signs_in_again_and_comes_back() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let session = browser.cookie(SESSION);
    assert_eq!(sent_to(&app, &browser, "max_age=900").await, None);
    app.wait(QUARTER + Duration::from_secs(1));
    let page = sent_to(&app, &browser, "max_age=900").await.expect("the sign-in page");
    assert_eq!(page, "/sign-in?next=%2Ftasks&max_age=900");
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    for part in ["needs a recent sign-in", r#"value="ada@example.com""#, r#"name="next" value="/tasks""#] {
        assert!(shown.body.contains(part), "{part} in {}", shown.body);
    }
    assert!(!shown.body.contains("Create an account"), "{}", shown.body);
    // A wrong password is shown, although the user is signed in.
    let form = |password: &'static str| [("email", ADA), ("password", password), ("next", "/tasks")];
    let wrong = browser.post("sign-in", &form("not this one")).await;
    let shown = browser.get(wrong.header("location")).await;
    assert!(shown.status == 200 && shown.body.contains(r#"role="alert""#), "{}", shown.body);
    assert_eq!(browser.post("sign-in", &form(PASSWORD)).await.header("location"), "/tasks");
    assert_ne!(browser.cookie(SESSION), session);
    assert_eq!(sent_to(&app, &browser, "max_age=900").await, None);
    assert_eq!(browser.get(&page).await.header("location"), "/tasks", "nothing more to do");
}

#[tokio::test]
async fn browser_with_one_factor_gets_an_explanation() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let page = sent_to(&app, &browser, "acr=aal2&max_age=900").await.expect("the sign-in page");
    assert_eq!(page, "/sign-in?next=%2Ftasks&acr=aal2&max_age=900");
    for _ in 0..2 {
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN);
        for part in ["needs a stronger sign-in", "a second factor", ADA] {
            assert!(shown.body.contains(part), "{part} in {}", shown.body);
        }
        assert!(!shown.has("location") && !shown.body.contains("/actions/sign-in"), "{}", shown.body);
        app.wait(QUARTER * 2);
    }
    // A visitor signs in first, and is then in the same situation.
    let visitor = Browser::new(&app);
    assert_eq!(visitor.get(&page).await.status, StatusCode::OK);
    visitor.sign_in(ADA, PASSWORD).await;
    let page = sent_to(&app, &visitor, "acr=aal2").await.expect("the sign-in page");
    assert_eq!(visitor.get(&page).await.status, StatusCode::FORBIDDEN);
    assert!(visitor.is_signed_in().await);
}

#[tokio::test]
async fn unreadable_requirement_of_a_page_is_none() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    for query in ["acr=x", "max_age=x", "max_age=-1", "acr=aal2&acr=aal2", "max_age=%FF", "acr=aal1&max_age=1"] {
        let response = browser.get(&format!("/sign-in?next=/tasks&{query}")).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/tasks"), "{query}");
    }
}
