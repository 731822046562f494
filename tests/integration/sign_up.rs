//! Story 1: a user creates an account and is signed in, with the form and over the API.

mod addresses;
mod closed;
mod names;
mod rejected_form;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, DEVICE, SESSION},
    client::TestResponse,
    records::count,
};

async fn api_sign_up(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "name": "Ada", "email": email, "password": password });
    app.client().post("/api/auth/sign-up/email").json(&body).await
}

async fn form_sign_up(browser: &Browser, email: &str, password: &str) -> TestResponse {
    browser.post("sign-up", &[("name", "Ada"), ("email", email), ("password", password)]).await
}

/// The form page after a refused sign-up.
async fn refusal(browser: &Browser, email: &str, password: &str) -> String {
    let response = form_sign_up(browser, email, password).await;
    assert_eq!(response.status, 303, "{email} {password}");
    assert_eq!(response.header("location"), "/sign-up", "{email} {password}");
    assert_eq!(browser.cookie(SESSION), None);
    browser.page("/sign-up").await
}

fn emoji(number: u32) -> String {
    (0..number).filter_map(|index| char::from_u32(0x1f600 + (index * 29) % 64)).collect()
}

#[tokio::test]
async fn form_creates_an_account_and_signs_in() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let response = browser.sign_up("Ada@Example.com").await;
    assert_eq!(response.status, 303);
    assert_eq!(response.header("location"), "/account");
    let page = browser.page("/account").await;
    assert!(page.contains("ada@example.com") && !page.contains("Ada@"), "the address has its normal form");
}

#[tokio::test]
async fn api_creates_an_account_and_signs_in() {
    let app = TestApp::new().await;
    let response = api_sign_up(&app, "ada@example.com", PASSWORD).await;
    response.assert_ok();
    let body: Value = response.json();
    let session_token = body["token"].as_str().expect("a token");
    assert_eq!(response.header("set-auth-token"), session_token);
    assert_eq!(response.new_cookie(SESSION).as_deref(), Some(session_token));
    let path = format!("/api/users/{}", body["user"]["id"].as_str().expect("an id"));
    let profile = app.client().get(&path).bearer(response.new_cookie(ACCESS).expect("an access token")).await;
    assert_eq!(profile.json()["email"], "ada@example.com");
}

#[tokio::test]
async fn form_without_name_succeeds() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn cookies_are_http_only_and_same_site() {
    let app = TestApp::new().await;
    let response = Browser::new(&app).sign_up("ada@example.com").await;
    let cookies = response.set_cookies();
    assert_eq!(cookies.len(), 4, "{cookies:?}");
    let lives = [(ACCESS, 15 * 60), (SESSION, 7 * 24 * 60 * 60), (DEVICE, 400 * 24 * 60 * 60), ("latchkey_form", 60)];
    for (name, life) in lives {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).expect("the cookie");
        let mut attributes: Vec<_> = cookie.split("; ").skip(1).map(str::to_owned).collect();
        attributes.sort();
        assert_eq!(attributes, ["HttpOnly", &format!("Max-Age={life}"), "Path=/", "SameSite=Lax"]);
        assert!(cookie.len() < 1024);
    }
}

#[tokio::test]
async fn unremembered_cookies_end_with_the_browser() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let response = form_sign_up(&browser, "ada@example.com", PASSWORD).await;
    for name in [ACCESS, SESSION] {
        let cookie = response.set_cookie(name).expect("the cookie");
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
    browser.restart();
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn https_cookies_are_secure_and_host_bound() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.9");
    let form = browser.sign_up("ada@example.com").await;
    let api = api_sign_up(&app, "bob@example.com", PASSWORD).await;
    for response in [form, api] {
        let cookies = response.set_cookies();
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
async fn access_token_has_no_personal_claims() {
    let app = TestApp::new().await;
    let response = api_sign_up(&app, "ada@example.com", PASSWORD).await;
    let user_id = response.json()["user"]["id"].clone();
    let token = response.new_cookie(ACCESS).expect("an access token");
    assert!(app.verify(&token).is_ok());
    let parts: Vec<_> = token.split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let claims: Value = serde_json::from_slice(&decode(parts[1])).expect("JSON");
    let mut names: Vec<_> = claims.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["acr", "amr", "aud", "auth_time", "exp", "iat", "iss", "jti", "nbf", "sid", "sub", "user_id"]);
    assert_eq!(claims["sub"], user_id);
    assert_eq!(claims["user_id"], user_id);
    assert_eq!(claims["iss"], "http://localhost:3000");
    assert_eq!(claims["aud"], "http://localhost:3000");
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 900);
    assert!(!String::from_utf8_lossy(&decode(parts[1])).to_lowercase().contains("ada@"));
}

#[tokio::test]
async fn oversized_value_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let form = [("email", "ada@example.com"), ("name", &"🔑".repeat(1000)), ("password", PASSWORD)];
    let response = browser.post("sign-up", &form).await;
    assert!(response.set_cookies().iter().all(|cookie| cookie.len() < 4096), "browsers drop longer cookies");
    let page = browser.page("/sign-up").await;
    assert!(page.contains("Use at most 100 characters for the name."));
    assert!(page.contains("value=\"ada@example.com\""));
}

#[tokio::test]
async fn address_spellings_share_one_account() {
    let app = TestApp::new().await;
    for (first, spellings) in [
        ("ada@example.com", ["ADA@Example.COM", "ada@EXAMPLE.com", "\u{ff41}da@example.com"]),
        (
            "jos\u{e9}@bücher.example",
            ["jose\u{301}@bücher.example", "JOSÉ@xn--bcher-kva.example", "josé@BÜCHER.example"],
        ),
    ] {
        api_sign_up(&app, first, PASSWORD).await.assert_ok();
        for spelling in spellings {
            let response = api_sign_up(&app, spelling, PASSWORD).await;
            assert_eq!(response.status, 422, "{spelling}");
            assert_eq!(response.json()["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
            let page = refusal(&Browser::new(&app), spelling, PASSWORD).await;
            assert!(page.contains("There is already an account with this e-mail address."), "{spelling}");
            assert!(page.contains(r#"id="email-error""#) && !page.contains(r#"id="password-error""#), "{spelling}");
        }
    }
    assert_eq!(count(&app, "users").await, 2);
}

#[tokio::test]
async fn invalid_address_is_refused_at_its_field() {
    let app = TestApp::new().await;
    for bad in ["ada", "ada@example", "@example.com", "a b@example.com", "ada@example.com, eve@example.com"] {
        let response = api_sign_up(&app, bad, PASSWORD).await;
        assert_eq!(response.status, 400, "{bad}");
        assert_eq!(response.json()["code"], "VALIDATION_ERROR", "{bad}");
        let page = refusal(&Browser::new(&app), bad, PASSWORD).await;
        assert!(page.contains("Enter an e-mail address like name@example.com."), "{bad}");
        assert!(page.contains(r#"id="email-error""#), "{bad}");
    }
    let page = refusal(&Browser::new(&app), "", PASSWORD).await;
    assert!(page.contains("Enter your e-mail address."));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn weak_password_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    let too_long = emoji(129);
    for (password, code, sentence) in [
        ("kq7#Vz!", "PASSWORD_TOO_SHORT", "Use at least 8 characters for the password."),
        (&too_long, "PASSWORD_TOO_LONG", "Use at most 128 characters for the password."),
        ("PASSWORD1", "PASSWORD_TOO_WEAK", "This is a commonly used password."),
        ("violet LatchKey harbour", "PASSWORD_TOO_WEAK", "“latchkey” out of the password."),
        ("wilhelmina rides 42 owls", "PASSWORD_TOO_WEAK", "Leave your e-mail address"),
        ("Summer2024!", "PASSWORD_TOO_WEAK", "This is a commonly used password with digits or signs added."),
    ] {
        let response = api_sign_up(&app, "wilhelmina@example.com", password).await;
        assert_eq!(response.status, 400, "{password}");
        assert_eq!(response.json()["code"], code, "{password}");
        let page = refusal(&Browser::new(&app), "wilhelmina@example.com", password).await;
        assert!(page.contains(sentence), "{password}");
        assert!(page.contains(r#"id="password-error""#) && !page.contains(r#"id="email-error""#), "{password}");
    }
    let missing = refusal(&Browser::new(&app), "wilhelmina@example.com", "").await;
    assert!(missing.contains("Enter a password."));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn password_of_128_emoji_is_hashed_whole() {
    let app = TestApp::new().await;
    let password = emoji(128);
    api_sign_up(&app, "ada@example.com", &password).await.assert_ok();
    assert_eq!(form_sign_up(&Browser::new(&app), "bob@example.com", &password).await.header("location"), "/account");
    let browser = Browser::new(&app);
    for almost in [emoji(127), emoji(129), emoji(64)] {
        browser.sign_in("ada@example.com", &almost).await;
        assert!(!browser.is_signed_in().await);
    }
    browser.sign_in("ada@example.com", &password).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn password_spaces_and_scripts_are_kept() {
    let app = TestApp::new().await;
    for (email, password) in [("a@example.com", "  leading and trailing  "), ("b@example.com", "窓辺の猫は三時に眠る")]
    {
        api_sign_up(&app, email, password).await.assert_ok();
        let browser = Browser::new(&app);
        browser.sign_in(email, password.trim()).await;
        assert_eq!(browser.is_signed_in().await, password == password.trim());
        browser.sign_in(email, password).await;
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn composition_rules_apply_when_enabled() {
    let relaxed = TestApp::new().await;
    api_sign_up(&relaxed, "ada@example.com", "violet spoon harbour").await.assert_ok();
    let strict = TestApp::with(&[("LATCHKEY_PASSWORD_COMPOSITION", "true")]).await;
    for password in ["violet spoon harbour", "Violet spoon harbour", "violet spoon harbour 7"] {
        let response = api_sign_up(&strict, "ada@example.com", password).await;
        assert_eq!(response.json()["code"], "PASSWORD_TOO_WEAK");
        let page = refusal(&Browser::new(&strict), "ada@example.com", password).await;
        assert!(page.contains("Use at least one upper-case letter, one lower-case letter and one digit"));
    }
    api_sign_up(&strict, "ada@example.com", "Violet spoon harbour 7").await.assert_ok();
}

#[tokio::test]
async fn minimum_length_follows_the_setting() {
    let app = TestApp::with(&[("LATCHKEY_PASSWORD_MIN_LENGTH", "15")]).await;
    let page = refusal(&Browser::new(&app), "ada@example.com", "fhwqzjcb kq7#V").await;
    assert!(page.contains("Use at least 15 characters for the password."));
    api_sign_up(&app, "ada@example.com", "fhwqzjcb kq7#Vz!").await.assert_ok();
}

#[tokio::test]
async fn parallel_api_sign_ups_create_one_account() {
    let app = TestApp::new().await;
    for (email, number) in [("two@example.com", 2), ("twenty@example.com", 20)] {
        let program = app.client();
        let spelling = |index| if index % 2 == 0 { email.to_owned() } else { email.to_uppercase() };
        let responses = join_all((0..number).map(|index| {
            let body = json!({ "name": "", "email": spelling(index), "password": PASSWORD });
            program.post("/api/auth/sign-up/email").json(&body).into_future()
        }))
        .await;
        let mut statuses: Vec<_> = responses.iter().map(|response| response.status.as_u16()).collect();
        statuses.sort_unstable();
        let mut expected = vec![422; number];
        expected[0] = 200;
        assert_eq!(statuses, expected);
        assert!(responses.iter().all(|response| response.status == 200 || response.set_cookies().is_empty()));
    }
    assert_eq!(count(&app, "users").await, 2);
    assert_eq!(count(&app, "sessions").await, 2);
    assert_eq!(count(&app, "credentials").await, 2);
}

#[tokio::test]
async fn parallel_form_sign_ups_create_one_account() {
    let app = TestApp::new().await;
    let browsers: Vec<_> = (0..20).map(|_| Browser::new(&app)).collect();
    let responses = join_all(browsers.iter().map(|browser| form_sign_up(browser, "ada@example.com", PASSWORD))).await;
    let welcomed = responses.iter().filter(|response| response.header("location") == "/account").count();
    assert_eq!(welcomed, 1);
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn refused_form_keeps_all_but_the_password() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let response = form_sign_up(&browser, "ada@example.com", "kq7#Vz!").await;
    let sealed = response.set_cookies().join("\n");
    assert!(!sealed.contains("ada@") && !sealed.contains("kq7#Vz!"), "{sealed}");
    assert!(!response.header("location").contains("ada@"));
    let page = browser.page("/sign-up").await;
    assert!(page.contains(r#"value="ada@example.com""#) && page.contains(r#"value="Ada""#));
    assert!(!page.contains("kq7#Vz!"), "{page}");
    let again = browser.page("/sign-up").await;
    assert!(!again.contains("ada@example.com"), "the values are shown once");
}

#[tokio::test]
async fn refused_form_escapes_its_values() {
    let app = TestApp::new().await;
    let typed = r#""><script>alert(1)</script>"#;
    let page = refusal(&Browser::new(&app), typed, PASSWORD).await;
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("alert(1)"), "the value is kept and escaped");
}
