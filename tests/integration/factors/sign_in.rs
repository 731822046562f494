//! The second step of a sign-in.

use std::time::Duration;

use futures::future::join_all;

use super::app::{ADA, STEP, WAITING, api_password, assert_signed_out, enter, first_step, password, protected};
use crate::support::{
    PASSWORD, TestApp, WRONG_PASSWORD,
    browser::Browser,
    records::{count, details, operate, texts},
};

#[tokio::test]
async fn code_completes_the_sign_in() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = Browser::new(&app);
    let form = [("email", ADA), ("password", PASSWORD), ("next", "/account/sessions")];
    assert_eq!(browser.post("sign-in", &form).await.header("location"), "/sign-in/second-step");
    assert_signed_out(&browser).await;
    let page = browser.page("/sign-in/second-step").await;
    for part in [r#"autocomplete="one-time-code""#, "Trust this device for 30 days", "/sign-in/recovery-code"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account/sessions", "keeps the next page");
    assert!(browser.is_signed_in().await && browser.cookie(WAITING).is_none());
    let signed_in = details(&app, "authn_login_success").await;
    assert_eq!(signed_in.last(), Some(&Some("password_totp".to_owned())));
    assert_eq!(texts(&app, "sessions WHERE amr LIKE '%totp%'", &["amr"]).await, ["pwd totp"]);
    browser.restart();
    assert!(!browser.is_signed_in().await, "the box was not checked");
}

#[tokio::test]
async fn waiting_sign_in_is_no_credential() {
    let app = TestApp::new().await;
    protected(&app).await;
    let sessions = count(&app, "sessions").await;
    let browser = first_step(&app).await;
    assert_signed_out(&browser).await;
    let answer = api_password(&app.client()).await;
    assert_eq!(answer.json(), serde_json::json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert!(!answer.has("set-auth-token"));
    let names: Vec<_> = answer
        .set_cookies()
        .iter()
        .filter_map(|cookie| cookie.split_once('='))
        // A session in this browser is left: its cookies are cleared.
        .filter(|(_, value)| !value.starts_with(';'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(names, [WAITING]);
    assert_eq!(answer.max_age(WAITING), Duration::from_mins(5));
    let cookie = answer.new_cookie(WAITING).expect("a cookie");
    for token in [cookie.as_str(), browser.cookie(WAITING).expect("a cookie").as_str()] {
        for path in ["/api/auth/get-session", "/api/auth/token", "/api/auth/verify"] {
            let response = app.client().get(path).bearer(token).await;
            assert!(response.status == 401 || response.body == "null", "{path}: {}", response.body);
        }
    }
    assert_eq!(count(&app, "sessions").await, sessions);
    assert_eq!(details(&app, "authn_login_success").await.len(), 0, "the sign-up only");
}

#[tokio::test]
async fn cookie_of_the_sign_in_is_protected() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.2");
    browser.sign_up(ADA).await;
    super::app::turn_on(&app, browser).await;
    let other = Browser::at(&app, "https://auth.example.com", "192.0.2.3");
    let answer = other.sign_in(ADA, PASSWORD).await;
    let cookie = answer.set_cookie("__Host-latchkey_second_step").expect("a cookie");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=300"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
}

#[tokio::test]
async fn wrong_password_reveals_no_second_factor() {
    let app = TestApp::new().await;
    protected(&app).await;
    let mut answers = Vec::new();
    for email in [ADA, "grace@example.com"] {
        let browser = Browser::new(&app);
        let answer = browser.sign_in(email, WRONG_PASSWORD).await;
        assert!(browser.cookie(WAITING).is_none());
        answers.push((answer.header("location").to_owned(), answer.set_cookies().len()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn code_is_accepted_once() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let (one, two) = (first_step(&app).await, first_step(&app).await);
    let code = ada.phone.code();
    assert_eq!(enter(&one, &code).await, "/account");
    assert_eq!(enter(&two, &code).await, "/sign-in/second-step");
    assert!(two.page("/sign-in/second-step").await.contains("This code isn’t right, or it was used."));
    assert_eq!(enter(&two, &ada.phone.code_at(-1)).await, "/sign-in/second-step", "an earlier step");
    app.wait(STEP);
    assert_eq!(enter(&two, &ada.phone.code()).await, "/account");
    assert_eq!(details(&app, "authn_second_step_fail").await, [Some("totp".to_owned()), Some("totp".to_owned())]);
}

#[tokio::test]
async fn code_used_concurrently_signs_in_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let before = count(&app, "sessions").await;
    let browsers = join_all((0..8).map(|_| first_step(&app))).await;
    let code = ada.phone.code();
    let answers = join_all(browsers.iter().map(|browser| enter(browser, &code))).await;
    let done = answers.iter().filter(|answer| *answer == "/account").count();
    assert_eq!((done, count(&app, "sessions").await), (1, before + 1), "{answers:?}");
}

#[tokio::test]
async fn waiting_sign_in_is_used_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let before = count(&app, "sessions").await;
    let browser = first_step(&app).await;
    let (thief, later) = (browser.stolen(), browser.stolen());
    // Two different codes: only the sign-in can be used up.
    let (one, two) = (ada.phone.code(), ada.phone.code_at(1));
    let answers = join_all([enter(&browser, &one), enter(&thief, &two)]).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "/account").count(), 1, "{answers:?}");
    assert_eq!(count(&app, "sessions").await, before + 1);
    app.wait(STEP * 2);
    assert_eq!(enter(&later, &ada.phone.code()).await, "/sign-in");
}

#[tokio::test]
async fn code_of_a_neighbouring_step_is_accepted() {
    for (steps, expected) in
        [(-2, "/sign-in/second-step"), (-1, "/account"), (0, "/account"), (1, "/account"), (2, "/sign-in/second-step")]
    {
        let app = TestApp::new().await;
        let ada = protected(&app).await;
        app.wait(STEP * 4);
        let browser = first_step(&app).await;
        assert_eq!(enter(&browser, &ada.phone.code_at(steps)).await, expected, "{steps}");
    }
}

#[tokio::test]
async fn waiting_sign_in_ends_after_five_minutes() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let (in_time, late) = (first_step(&app).await, first_step(&app).await);
    // The browser would drop the cookie: the service decides.
    let cookie = late.cookie(WAITING).expect("a cookie");
    app.wait(Duration::from_secs(299));
    assert_eq!(enter(&in_time, &ada.phone.code()).await, "/account");
    app.wait(Duration::from_secs(1));
    late.set_cookie(WAITING, &cookie);
    assert_eq!(late.get("/sign-in/second-step").await.header("location"), "/sign-in");
    assert_eq!(enter(&late, &ada.phone.code_at(1)).await, "/sign-in");
    assert!(late.page("/sign-in").await.contains("The second step took too long. Sign in again."));
    assert!(!late.is_signed_in().await);
}

#[tokio::test]
async fn sixth_code_begins_again() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    for text in ["", "12345", "not a code"] {
        assert_eq!(enter(&browser, text).await, "/sign-in/second-step", "no guess");
    }
    for _ in 0..4 {
        assert_eq!(enter(&browser, &ada.phone.wrong()).await, "/sign-in/second-step");
    }
    let other = browser.stolen();
    assert_eq!(super::app::recover(&browser, "abcde-12345").await, "/sign-in/recovery-code", "the fifth");
    for browser in [&browser, &other] {
        assert_eq!(enter(browser, &ada.phone.code()).await, "/sign-in", "the sixth, though right");
    }
    assert!(browser.page("/sign-in").await.contains("Too many wrong codes. Sign in again."));
    password(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
    assert!(ada.browser.is_signed_in().await, "sessions are not affected");
}

#[tokio::test]
async fn parallel_wrong_codes_are_counted() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    let wrong = ada.phone.wrong();
    let tabs: Vec<_> = (0..12).map(|_| browser.stolen()).collect();
    let answers = join_all(tabs.iter().map(|tab| enter(tab, &wrong))).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "/sign-in/second-step").count(), 5, "{answers:?}");
    assert_eq!(count(&app, "one_time_secrets WHERE purpose = 'second-step' AND attempts = 5").await, 1);
}

#[tokio::test]
async fn changed_credentials_end_the_sign_in() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let waiting = first_step(&app).await;
    let change = [("current_password", PASSWORD), ("new_password", crate::support::NEW_PASSWORD)];
    ada.browser.post("change-password", &change).await;
    assert_eq!(enter(&waiting, &ada.phone.code()).await, "/sign-in");
    assert!(!waiting.is_signed_in().await);
}

#[tokio::test]
async fn disabled_account_is_refused() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let waiting = first_step(&app).await;
    operate(&app, "UPDATE users SET disabled_at = 1").await;
    app.wait(Duration::from_secs(2));
    assert_eq!(enter(&waiting, &ada.phone.code()).await, "/sign-in");
}

#[tokio::test]
async fn page_without_sign_in_redirects() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for page in ["/sign-in/second-step", "/sign-in/recovery-code"] {
        assert_eq!(browser.get(page).await.header("location"), "/sign-in");
        browser.set_cookie(WAITING, "invented");
    }
    assert_eq!(enter(&browser, "123456").await, "/sign-in");
}
