//! The first password of an account that was created by a sign-in by mail.

use std::time::Duration;

use super::codes::{ADA, app, asked, code, enter, password_works};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    person::Person,
    records::{count, security_log},
};

/// Signs in by mail.
async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    enter(&browser, &code(&asked(app, &browser, ADA).await)).await;
    assert!(browser.is_signed_in().await);
    app.wait(Duration::from_secs(1));
    browser
}

async fn set(browser: &Browser, password: &str) -> String {
    let answer = browser.post("set-password", &[("new_password", password)]).await;
    assert_eq!(answer.header("location"), "/account/security");
    browser.page("/account/security").await
}

#[tokio::test]
async fn fresh_session_sets_a_first_password() {
    let app = app().await;
    let other = signed_in(&app).await;
    let browser = signed_in(&app).await;
    let page = browser.page("/account/security").await;
    assert!(page.contains(r#"action="/actions/set-password""#) && !page.contains("Current password"), "{page}");
    assert!(set(&browser, "short").await.contains("Use at least 8 characters"));
    assert!(!password_works(&app, ADA).await);
    let page = set(&browser, PASSWORD).await;
    assert!(page.contains("Your password is set") && page.contains("Current password"), "{page}");
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    assert!(password_works(&app, ADA).await);
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_password_change"));
}

#[tokio::test]
async fn old_session_sets_no_first_password() {
    let app = app().await;
    let browser = signed_in(&app).await;
    app.wait(Duration::from_mins(15));
    let answer = browser.post("set-password", &[("new_password", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/account/confirm");
    assert_eq!(count(&app, "credentials").await, 0);
    set(&signed_in(&app).await, PASSWORD).await;
    assert!(password_works(&app, ADA).await);
}

#[tokio::test]
async fn existing_password_is_not_replaced() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(set(&browser, NEW_PASSWORD).await.contains("Current password"));
    assert!(password_works(&app, ADA).await);
    assert_eq!(Person::sign_in_with(&app, ADA, NEW_PASSWORD).await.status, 401);
    let anonymous = Browser::new(&app);
    let answer = anonymous.post("set-password", &[("new_password", NEW_PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount%2Fsecurity");
}

#[tokio::test]
async fn parallel_first_passwords_have_one_success() {
    let app = app().await;
    let browser = signed_in(&app).await;
    let posts = (0..10).map(|number| {
        let (tab, password) = (browser.clone(), format!("{NEW_PASSWORD} {number}"));
        async move { tab.post("set-password", &[("new_password", &password)]).await }
    });
    futures::future::join_all(posts).await;
    assert_eq!(count(&app, "credentials").await, 1);
    assert_eq!(count(&app, "events WHERE kind = 'authn_password_change'").await, 1);
}
