//! The form that signs in with a passkey.

use super::app::{ADA, TOO_LATE, enrolled, listed, options, sign_in};
use crate::support::{
    TestApp,
    authenticator::Authenticator,
    browser::{Browser, SESSION},
};

#[tokio::test]
async fn passkey_signs_in_and_keeps_next() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    for (form, page) in [
        (&[][..], "/account"),
        (&[("next", "/account/sessions?all")], "/account/sessions?all"),
        (&[("next", "https://evil.example/")], "/account"),
    ] {
        let browser = Browser::new(&app);
        let answer = sign_in(&browser, &mut ada.phone, form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, page));
        assert!(browser.is_signed_in().await);
        assert_eq!(browser.cookie("latchkey_passkey_sign_in"), None, "the ceremony is over");
    }
}

#[tokio::test]
async fn passkey_remembers_the_session_if_asked() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    for (form, persists) in [(&[("remember", "true")][..], true), (&[], false)] {
        let browser = Browser::new(&app);
        let answer = sign_in(&browser, &mut ada.phone, form).await;
        let cookie = answer.set_cookie(SESSION).expect("a session");
        assert_eq!(cookie.contains("Max-Age"), persists, "{cookie}");
        browser.restart();
        assert_eq!(browser.is_signed_in().await, persists);
    }
}

#[tokio::test]
async fn refused_passkey_keeps_the_form() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let browser = Browser::new(&app);
    let form = [("email", "grace@example.com"), ("next", "/account/sessions")];
    for (response, error) in
        [("", "Passkeys need JavaScript"), ("{}", "That took too long, or another window has begun")]
    {
        let answer = browser.post("sign-in-passkey", &[&form[..], &[("response", response)]].concat()).await;
        assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount%2Fsessions");
        let page = browser.page("/sign-in?next=%2Faccount%2Fsessions").await;
        assert!(page.contains(error) && page.contains(r#"value="grace@example.com""#), "{page}");
        assert!(page.contains(r#"name="remember" value="true">"#), "the box stays unchecked: {page}");
    }
    let options = options(&browser, "sign-in-passkey", &[]).await;
    let right = ada.phone.sign(&options).json().to_string();
    for response in ["{}", "not JSON", &right] {
        browser.post("sign-in-passkey", &[("response", response)]).await;
        assert!(!browser.is_signed_in().await, "the first response ended the ceremony: {response}");
    }
}

#[tokio::test]
async fn late_or_foreign_response_is_refused() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&options(&browser, "sign-in-passkey", &[]).await).json().to_string();
    let other = Browser::new(&app);
    other.post("sign-in-passkey", &[("response", &response)]).await;
    assert!(!other.is_signed_in().await, "another browser");
    app.wait(TOO_LATE);
    browser.post("sign-in-passkey", &[("response", &response)]).await;
    assert!(!browser.is_signed_in().await, "too late");
    assert!(browser.page("/sign-in").await.contains("That took too long"));
}

#[tokio::test]
async fn unknown_passkey_is_reported() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let page = ada.browser.page("/account/security").await;
    ada.browser.post("remove-passkey", &[("passkey", &listed(&page)[0])]).await;
    let browser = Browser::new(&app);
    assert_eq!(sign_in(&browser, &mut ada.phone, &[]).await.header("location"), "/sign-in");
    let page = browser.page("/sign-in").await;
    assert!(page.contains("No account has this passkey") && page.contains("data-unknown-passkey"), "{page}");
    assert!(!browser.page("/sign-in").await.contains("data-unknown-passkey"));
}

#[tokio::test]
async fn disabled_account_is_explained() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let account = ada.browser.get("/api/auth/get-session").await.json();
    app.disable(account["user"]["id"].as_str().expect("an id")).await;
    let browser = Browser::new(&app);
    sign_in(&browser, &mut ada.phone, &[]).await;
    assert!(browser.page("/sign-in").await.contains("This account is disabled."));
}

#[tokio::test]
async fn passkey_of_another_user_switches_the_account() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let browser = Browser::new(&app);
    browser.sign_up("grace@example.com").await;
    sign_in(&browser, &mut ada.phone, &[]).await;
    assert!(browser.page("/account").await.contains(ADA));
    let mut stranger = Authenticator::synced();
    let options = options(&browser, "add-passkey", &[]).await;
    stranger.register(&options);
    sign_in(&browser, &mut stranger, &[]).await;
    assert!(browser.page("/account").await.contains(ADA), "a refused passkey changes nothing");
}
