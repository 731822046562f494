//! Sign-in with a link, on the page.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::{
    codes::{ADA, ON, app, asked, code, enter, is_verified, message, password_works, refusal, verified_person},
    inbox::{label, link, open},
};
use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    person::{Person, access_token},
    records::{count, details},
};

/// Presses the button on the page of a link.
async fn press(browser: &Browser, page: &str) -> TestResponse {
    browser.post("sign-in-with-link", &[("link", &label(page))]).await
}

#[tokio::test]
async fn link_signs_in_with_one_button() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    let message = asked(&app, &browser, ADA).await;
    let link = link(&message);
    assert!(link.starts_with("/sign-in/link?token="), "{link}");
    let mut page = String::new();
    for _ in 0..3 {
        page = open(&browser, &link).await;
        assert!(page.contains("Sign in as") && page.contains(ADA), "{page}");
        assert!(!page.contains("You did not ask"), "{page}");
    }
    assert!(!browser.is_signed_in().await, "opening the link changes nothing");
    assert_eq!(press(&browser, &page).await.header("location"), "/account");
    assert!(browser.is_signed_in().await);
    assert_eq!(details(&app, "authn_login_success").await, [Some("email_link".to_owned())]);
    let other = Browser::new(&app);
    assert!(open(&other, &link).await.contains("This link was used"));
    assert_eq!(press(&other, &page).await.header("location"), "/sign-in/link");
    assert!(!other.is_signed_in().await);
}

#[tokio::test]
async fn code_ends_the_link_and_link_the_code() {
    let app = app().await;
    let browser = Browser::new(&app);
    let message = asked(&app, &browser, ADA).await;
    let tab = browser.stolen();
    press(&browser, &open(&browser, &link(&message)).await).await;
    assert!(browser.is_signed_in().await);
    assert!(refusal(&tab, &code(&message)).await.body.contains("This code isn’t right"));
    app.wait(Duration::from_secs(1));
    let browser = Browser::new(&app);
    let message = asked(&app, &browser, ADA).await;
    enter(&browser, &code(&message)).await;
    assert!(open(&Browser::new(&app), &link(&message)).await.contains("This link was used"));
}

#[tokio::test]
async fn other_browser_warns_and_signs_in() {
    let app = app().await;
    let (asking, other) = (Browser::new(&app), Browser::new(&app));
    let link = link(&asked(&app, &asking, ADA).await);
    let page = open(&other, &link).await;
    assert!(page.contains("Only continue if you asked for it yourself"), "{page}");
    assert_eq!(press(&other, &page).await.header("location"), "/account");
    assert!(other.is_signed_in().await && !asking.is_signed_in().await);
    assert_eq!(count(&app, "users").await, 1);
    assert!(is_verified(&app).await);
}

#[tokio::test]
async fn link_cleans_an_unverified_account() {
    let app = app().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    attacker.sign_up(ADA).await;
    let link = link(&asked(&app, &victim, ADA).await);
    let page = open(&victim, &link).await;
    assert!(attacker.is_signed_in().await);
    press(&victim, &page).await;
    assert!(victim.is_signed_in().await && !attacker.is_signed_in().await);
    assert!(!password_works(&app, ADA).await);
}

#[tokio::test]
async fn link_without_remember_ends_with_browser() {
    let app = app().await;
    for (remember, stays) in [(&[][..], false), (&[("remember", "true")][..], true)] {
        let (asking, other) = (Browser::new(&app), Browser::new(&app));
        asking.post("request-sign-in", &[&[("email", ADA), ("next", "/account/sessions")], remember].concat()).await;
        let link = link(&message(&app, ADA).await.expect("a message"));
        let page = open(&other, &link).await;
        assert_eq!(press(&other, &page).await.header("location"), "/account/sessions");
        assert!(other.is_signed_in().await);
        other.restart();
        assert_eq!(other.is_signed_in().await, stays);
        app.wait(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn link_that_does_not_work_says_why() {
    let app = app().await;
    let browser = Browser::new(&app);
    let first = link(&asked(&app, &browser, ADA).await);
    for broken in [&first[..40], "/sign-in/link?token=", &format!("/sign-in/link?token={}", "A".repeat(5_000))] {
        let page = open(&browser, broken).await;
        assert!(page.contains("This link doesn’t work") && page.contains("/sign-in/email"), "{page}");
    }
    app.wait(Duration::from_secs(1));
    let second = link(&asked(&app, &browser, ADA).await);
    assert!(open(&browser, &first).await.contains("we’ve sent you a newer one"));
    app.wait(Duration::from_mins(10) - Duration::from_millis(1));
    let page = open(&browser, &second).await;
    assert!(page.contains("Sign in as"), "{page}");
    app.wait(Duration::from_millis(1));
    assert!(open(&browser, &second).await.contains("This link has expired"));
    assert_eq!(press(&browser, &page).await.header("location"), "/sign-in/link");
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn link_ends_with_the_account() {
    let app = app().await;
    let ada = verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    let first = link(&asked(&app, &browser, ADA).await);
    let page = open(&browser, &first).await;
    app.disable(&ada.user_id).await;
    assert_eq!(press(&browser, &page).await.header("location"), "/sign-in/link");
    assert!(browser.page("/sign-in/link").await.contains("This link doesn’t work"));
    app.enable(&ada.user_id).await;
    assert!(open(&browser, &first).await.contains("Sign in as"), "enabled again");
    let deletion = app.client().request("DELETE", &ada.path("")).bearer(access_token(&app, &sign_in(&app).await).await);
    deletion.json(&json!({ "password": PASSWORD })).await;
    assert_eq!(count(&app, "users").await, 0);
    assert!(open(&browser, &first).await.contains("This link doesn’t work"));
    assert_eq!(count(&app, "one_time_secrets").await, 0);
}

/// A new session token.
async fn sign_in(app: &TestApp) -> String {
    Person::sign_in(app, ADA).await.session_token
}

#[tokio::test]
async fn form_of_another_tab_does_not_sign_in() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (ada, grace) = (asked(&app, &browser, ADA).await, asked(&app, &browser, "grace@example.com").await);
    let first_tab = open(&browser, &link(&ada)).await;
    open(&browser, &link(&grace)).await;
    assert_eq!(press(&browser, &first_tab).await.header("location"), "/sign-in/link");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn parallel_uses_of_one_link_have_one_success() {
    let app = TestApp::with(&[ON, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    let asking = Browser::new(&app);
    let link = link(&asked(&app, &asking, ADA).await);
    let page = open(&asking, &link).await;
    let tabs: Vec<_> = (0..100).map(|_| asking.stolen()).collect();
    let answers = join_all(tabs.iter().map(|tab| press(tab, &page))).await;
    let signed_in = answers.iter().filter(|answer| answer.header("location") == "/account").count();
    assert_eq!((signed_in, count(&app, "sessions").await, count(&app, "users").await), (1, 1, 1));
}
