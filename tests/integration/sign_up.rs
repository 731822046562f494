//! Story 1: someone makes an account and is signed in at once. Over both doors.

use axum_test::TestResponse;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, set_cookies},
    records::count,
};

async fn over_the_api(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "name": "Ada", "email": email, "password": password });
    app.program().post("/api/auth/sign-up/email").json(&body).await
}

async fn over_the_form(browser: &Browser, email: &str, password: &str) -> TestResponse {
    browser.post("sign-up", &[("name", "Ada"), ("email", email), ("password", password)]).await
}

/// What the form says after a refused sign-up; nobody is signed in.
async fn refusal(browser: &Browser, email: &str, password: &str) -> String {
    let answer = over_the_form(browser, email, password).await;
    assert_eq!(answer.status_code(), 303, "{email} {password}");
    assert_eq!(answer.header("location"), "/sign-up", "{email} {password}");
    assert_eq!(browser.cookie(SESSION), None);
    browser.page("/sign-up").await
}

fn emoji(number: u32) -> String {
    (0..number).filter_map(|index| char::from_u32(0x1f600 + (index * 29) % 64)).collect()
}

#[tokio::test]
async fn the_form_makes_an_account_and_signs_in_at_once() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_up("Ada@Example.com").await;
    assert_eq!(answer.status_code(), 303);
    assert_eq!(answer.header("location"), "/account");
    let page = browser.page("/account").await;
    assert!(page.contains("Ada@Example.com"), "as it was typed");
}

#[tokio::test]
async fn the_api_makes_an_account_and_signs_in_at_once() {
    let app = TestApp::new().await;
    let answer = over_the_api(&app, "ada@example.com", PASSWORD).await;
    answer.assert_status_ok();
    let body: Value = answer.json();
    let session_token = body["token"].as_str().expect("a token");
    assert_eq!(answer.header("set-auth-token"), session_token);
    assert_eq!(answer.cookie(SESSION).value(), session_token);
    let path = format!("/api/users/{}", body["user"]["id"].as_str().expect("an id"));
    let profile = app.program().get(&path).authorization_bearer(answer.cookie(ACCESS).value()).await;
    assert_eq!(profile.json::<Value>()["email"], "ada@example.com");
}

#[tokio::test]
async fn the_name_may_be_left_out() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn scripts_and_other_sites_cannot_reach_the_cookies() {
    let app = TestApp::new().await;
    let answer = Browser::new(&app).sign_up("ada@example.com").await;
    let cookies = set_cookies(&answer);
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for (name, life) in [(ACCESS, 15 * 60), (SESSION, 7 * 24 * 60 * 60)] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).expect("the cookie");
        let mut attributes: Vec<_> = cookie.split("; ").skip(1).map(str::to_owned).collect();
        attributes.sort();
        assert_eq!(attributes, ["HttpOnly", &format!("Max-Age={life}"), "Path=/", "SameSite=Lax"]);
        assert!(cookie.len() < 1024);
    }
}

#[tokio::test]
async fn without_keep_me_signed_in_the_cookies_go_when_the_browser_closes() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let answer = over_the_form(&browser, "ada@example.com", PASSWORD).await;
    for cookie in set_cookies(&answer) {
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
    browser.restart();
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn on_https_the_cookies_are_secure_and_bound_to_the_host() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.9");
    let form = browser.sign_up("ada@example.com").await;
    let api = over_the_api(&app, "bob@example.com", PASSWORD).await;
    for answer in [form, api] {
        let cookies = set_cookies(&answer);
        for name in ["__Host-latchkey_access=", "__Host-latchkey_session="] {
            let cookie = cookies.iter().find(|cookie| cookie.starts_with(name)).expect("the cookie");
            for attribute in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn the_cookie_holds_a_valid_token_that_says_nothing_personal() {
    let app = TestApp::new().await;
    let answer = over_the_api(&app, "ada@example.com", PASSWORD).await;
    let user_id = answer.json::<Value>()["user"]["id"].clone();
    let token = answer.cookie(ACCESS).value().to_owned();
    assert!(app.state.auth.verify_access_token(&token).is_ok());
    let parts: Vec<_> = token.split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let claims: Value = serde_json::from_slice(&decode(parts[1])).expect("JSON");
    let mut names: Vec<_> = claims.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "nbf", "sid", "sub", "user_id"]);
    assert_eq!(claims["sub"], user_id);
    assert_eq!(claims["user_id"], user_id);
    assert_eq!(claims["iss"], "http://localhost:3000");
    assert_eq!(claims["aud"], "http://localhost:3000");
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 900);
    assert!(!String::from_utf8_lossy(&decode(parts[1])).to_lowercase().contains("ada"));
}

#[tokio::test]
async fn a_value_far_too_long_is_refused_with_a_reason_too() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let form = [("email", "ada@example.com"), ("name", &"🔑".repeat(1000)), ("password", PASSWORD)];
    let answer = browser.post("sign-up", &form).await;
    assert!(set_cookies(&answer).iter().all(|cookie| cookie.len() < 4096), "browsers drop longer ones");
    let page = browser.page("/sign-up").await;
    assert!(page.contains("Use at most 100 characters for the name."));
    assert!(page.contains("value=\"ada@example.com\""));
}

#[tokio::test]
async fn a_mailbox_has_one_account_however_it_is_spelled() {
    let app = TestApp::new().await;
    for (first, spellings) in [
        ("ada@example.com", ["ADA@Example.COM", "ada@EXAMPLE.com", "\u{ff41}da@example.com"]),
        (
            "jos\u{e9}@bücher.example",
            ["jose\u{301}@bücher.example", "JOSÉ@xn--bcher-kva.example", "josé@BÜCHER.example"],
        ),
    ] {
        over_the_api(&app, first, PASSWORD).await.assert_status_ok();
        for spelling in spellings {
            let answer = over_the_api(&app, spelling, PASSWORD).await;
            assert_eq!(answer.status_code(), 422, "{spelling}");
            assert_eq!(answer.json::<Value>()["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
            let page = refusal(&Browser::new(&app), spelling, PASSWORD).await;
            assert!(page.contains("There is already an account with this e-mail address."), "{spelling}");
            assert!(page.contains(r#"id="email-error""#) && !page.contains(r#"id="password-error""#), "{spelling}");
        }
    }
    assert_eq!(count(&app, "users").await, 2);
}

#[tokio::test]
async fn what_is_no_address_is_refused_at_the_email_field() {
    let app = TestApp::new().await;
    for bad in ["ada", "ada@example", "@example.com", "a b@example.com", "ada@example.com, eve@example.com"] {
        let answer = over_the_api(&app, bad, PASSWORD).await;
        assert_eq!(answer.status_code(), 400, "{bad}");
        assert_eq!(answer.json::<Value>()["code"], "VALIDATION_ERROR", "{bad}");
        let page = refusal(&Browser::new(&app), bad, PASSWORD).await;
        assert!(page.contains("Enter an e-mail address like name@example.com."), "{bad}");
        assert!(page.contains(r#"id="email-error""#), "{bad}");
    }
    let page = refusal(&Browser::new(&app), "", PASSWORD).await;
    assert!(page.contains("Enter your e-mail address."));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn a_password_is_refused_with_the_reason() {
    let app = TestApp::new().await;
    let too_long = emoji(129);
    for (password, code, sentence) in [
        ("kq7#Vz!", "PASSWORD_TOO_SHORT", "Use at least 8 characters for the password."),
        (&too_long, "PASSWORD_TOO_LONG", "Use at most 128 characters for the password."),
        ("PASSWORD1", "PASSWORD_TOO_WEAK", "This is a commonly used password."),
        ("violet LatchKey harbour", "PASSWORD_TOO_WEAK", "“latchkey” out of the password."),
        ("wilhelmina rides 42 owls", "PASSWORD_TOO_WEAK", "Leave your e-mail address"),
        ("Summer2024!", "PASSWORD_TOO_WEAK", "This password is easy to guess."),
    ] {
        let answer = over_the_api(&app, "wilhelmina@example.com", password).await;
        assert_eq!(answer.status_code(), 400, "{password}");
        assert_eq!(answer.json::<Value>()["code"], code, "{password}");
        let page = refusal(&Browser::new(&app), "wilhelmina@example.com", password).await;
        assert!(page.contains(sentence), "{password}");
        assert!(page.contains(r#"id="password-error""#) && !page.contains(r#"id="email-error""#), "{password}");
    }
    let missing = refusal(&Browser::new(&app), "wilhelmina@example.com", "").await;
    assert!(missing.contains("Enter a password."));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn a_password_of_128_emoji_is_taken_whole() {
    let app = TestApp::new().await;
    let password = emoji(128);
    over_the_api(&app, "ada@example.com", &password).await.assert_status_ok();
    assert_eq!(over_the_form(&Browser::new(&app), "bob@example.com", &password).await.header("location"), "/account");
    let browser = Browser::new(&app);
    for almost in [emoji(127), emoji(129), emoji(64)] {
        browser.sign_in("ada@example.com", &almost).await;
        assert!(!browser.is_signed_in().await);
    }
    browser.sign_in("ada@example.com", &password).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn spaces_and_any_script_count_as_they_are() {
    let app = TestApp::new().await;
    for (email, password) in [("a@example.com", "  leading and trailing  "), ("b@example.com", "窓辺の猫は三時に眠る")]
    {
        over_the_api(&app, email, password).await.assert_status_ok();
        let browser = Browser::new(&app);
        browser.sign_in(email, password.trim()).await;
        assert_eq!(browser.is_signed_in().await, password == password.trim());
        browser.sign_in(email, password).await;
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn composition_rules_hold_only_where_they_are_switched_on() {
    let relaxed = TestApp::new().await;
    over_the_api(&relaxed, "ada@example.com", "violet spoon harbour").await.assert_status_ok();
    let strict = TestApp::with(&[("LATCHKEY_PASSWORD_COMPOSITION", "true")]).await;
    for password in ["violet spoon harbour", "Violet spoon harbour", "violet spoon harbour 7"] {
        let answer = over_the_api(&strict, "ada@example.com", password).await;
        assert_eq!(answer.json::<Value>()["code"], "PASSWORD_TOO_WEAK");
        let page = refusal(&Browser::new(&strict), "ada@example.com", password).await;
        assert!(page.contains("Use at least one upper-case letter, one lower-case letter and one digit"));
    }
    over_the_api(&strict, "ada@example.com", "Violet spoon harbour 7").await.assert_status_ok();
}

#[tokio::test]
async fn the_minimum_length_is_a_setting() {
    let app = TestApp::with(&[("LATCHKEY_PASSWORD_MIN_LENGTH", "15")]).await;
    let page = refusal(&Browser::new(&app), "ada@example.com", "fhwqzjcb kq7#V").await;
    assert!(page.contains("Use at least 15 characters for the password."));
    over_the_api(&app, "ada@example.com", "fhwqzjcb kq7#Vz!").await.assert_status_ok();
}

#[tokio::test]
async fn of_parallel_sign_ups_with_one_address_exactly_one_makes_an_account() {
    let app = TestApp::new().await;
    for (email, number) in [("two@example.com", 2), ("twenty@example.com", 20)] {
        let program = app.program();
        let spelling = |index| if index % 2 == 0 { email.to_owned() } else { email.to_uppercase() };
        let answers = join_all((0..number).map(|index| {
            let body = json!({ "name": "", "email": spelling(index), "password": PASSWORD });
            program.post("/api/auth/sign-up/email").json(&body).into_future()
        }))
        .await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status_code().as_u16()).collect();
        statuses.sort_unstable();
        let mut expected = vec![422; number];
        expected[0] = 200;
        assert_eq!(statuses, expected);
        assert!(answers.iter().all(|answer| answer.status_code() == 200 || set_cookies(answer).is_empty()));
    }
    assert_eq!(count(&app, "users").await, 2);
    assert_eq!(count(&app, "sessions").await, 2);
    assert_eq!(count(&app, "credentials").await, 2);
}

#[tokio::test]
async fn of_parallel_forms_with_one_address_exactly_one_makes_an_account() {
    let app = TestApp::new().await;
    let browsers: Vec<_> = (0..20).map(|_| Browser::new(&app)).collect();
    let answers = join_all(browsers.iter().map(|browser| over_the_form(browser, "ada@example.com", PASSWORD))).await;
    let welcomed = answers.iter().filter(|answer| answer.header("location") == "/account").count();
    assert_eq!(welcomed, 1);
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn after_an_error_email_and_name_are_filled_in_again_and_the_password_never() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let answer = over_the_form(&browser, "ada@example.com", "kq7#Vz!").await;
    let sealed = set_cookies(&answer).join("\n");
    assert!(!sealed.contains("ada") && !sealed.contains("kq7"), "{sealed}");
    assert!(!answer.header("location").to_str().expect("text").contains("ada"));
    let page = browser.page("/sign-up").await;
    assert!(page.contains(r#"value="ada@example.com""#) && page.contains(r#"value="Ada""#));
    assert!(!page.contains("kq7"));
    let again = browser.page("/sign-up").await;
    assert!(!again.contains("ada@example.com"), "it is shown once");
}

#[tokio::test]
async fn what_is_filled_in_again_cannot_become_markup() {
    let app = TestApp::new().await;
    let typed = r#""><script>alert(1)</script>"#;
    let page = refusal(&Browser::new(&app), typed, PASSWORD).await;
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("alert(1)"), "filled in, escaped");
}
