//! A password change ends every other session.

use super::*;

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, Browser, SESSION},
    person::Person,
};

#[tokio::test]
async fn password_change_ends_other_sessions() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    let program = Person::sign_in(&app, "ada@example.com").await;
    let copy = browser.stolen();

    let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let response = browser.post("change-password", &form).await;
    assert_eq!(response.header("location"), "/account/security");
    assert!(response.new_cookie(SESSION).is_some() && response.new_cookie(ACCESS).is_some());
    assert!(browser.page("/account/security").await.contains("Your password is changed"));
    assert!(!other.is_signed_in().await);
    assert!(!copy.is_signed_in().await, "the former tokens of this browser are revoked");
    assert_eq!(program.get(&app, "").await.status, 401);
    assert!(!app.has_session(&program.session_token).await);

    let third = Browser::new(&app);
    third.sign_in("ada@example.com", PASSWORD).await;
    assert!(!third.is_signed_in().await);
    third.sign_in("ada@example.com", NEW_PASSWORD).await;
    assert!(third.is_signed_in().await);
}

#[tokio::test]
async fn password_change_keeps_browser_lifetime() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    browser.post("change-password", &form).await;
    assert!(browser.is_signed_in().await);
    browser.restart();
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn api_password_change_keeps_or_replaces_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let other = Person::sign_in(&app, "ada@example.com").await;
    let change = |current: &'static str, new: &'static str, others: bool| {
        let body = json!({ "currentPassword": current, "newPassword": new, "revokeOtherSessions": others });
        let program = app.client();
        let token = ada.session_token.clone();
        async move { program.post("/api/auth/change-password").bearer(token).json(&body).await }
    };
    let kept = change(PASSWORD, NEW_PASSWORD, false).await;
    assert!(kept.json()["token"].is_null());
    assert_eq!(other.get(&app, "").await.status, 401);
    ada.get(&app, "").await.assert_ok();

    let replaced = change(NEW_PASSWORD, PASSWORD, true).await;
    let token = replaced.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(replaced.header("set-auth-token"), token.as_str());
    assert!(app.has_session(&token).await);
    assert!(!app.has_session(&ada.session_token).await);
    assert_eq!(ada.get(&app, "").await.status, 401);
}

#[tokio::test]
async fn refused_password_change_ends_no_session() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    for (current, new, sentence) in [
        (WRONG_PASSWORD, NEW_PASSWORD, "This isn’t your current password."),
        (PASSWORD, "password1", "This is a commonly used password."),
        (PASSWORD, "", "Enter a password."),
    ] {
        let response = browser.post("change-password", &[("current_password", current), ("new_password", new)]).await;
        assert_eq!(response.header("location"), "/account/security");
        let page = browser.page("/account/security").await;
        assert!(page.contains(sentence), "{sentence}");
        assert!(!page.contains(NEW_PASSWORD) && !page.contains(WRONG_PASSWORD));
    }
    assert!(other.is_signed_in().await);
    Person::sign_in(&app, "ada@example.com").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_sign_in_with_old_password_is_ended() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let mut passwords = [PASSWORD, NEW_PASSWORD];
    let mut ada = app.person("ada@example.com").await.session_token;
    for _ in 0..10 {
        let [old, new] = passwords;
        let change = json!({ "currentPassword": old, "newPassword": new, "revokeOtherSessions": true });
        let program = app.client();
        let change = program.post("/api/auth/change-password").bearer(&ada).json(&change);
        let sign_in = json!({ "email": "ada@example.com", "password": old });
        let sign_in = program.post("/api/auth/sign-in/email").json(&sign_in);
        let (changed, entered) = tokio::join!(change.into_future(), sign_in.into_future());
        changed.assert_ok();
        if let Some(token) = entered.new_cookie(SESSION) {
            assert!(!app.has_session(&token).await);
            let access = entered.new_cookie(ACCESS).expect("an access token");
            assert!(app.verify(&access).is_err());
        }
        ada = changed.json()["token"].as_str().expect("a token").to_owned();
        passwords = [new, old];
    }
}

#[tokio::test]
async fn parallel_password_changes_have_one_winner() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    let one = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let two = [("current_password", PASSWORD), ("new_password", "copper lantern 81 owls")];
    let (first, second) = tokio::join!(browser.post("change-password", &one), other.post("change-password", &two));
    let winners = [&first, &second].iter().filter(|response| response.new_cookie(SESSION).is_some()).count();
    assert_eq!(winners, 1);
    let signed_in = [browser.is_signed_in().await, other.is_signed_in().await];
    assert_eq!(signed_in.iter().filter(|yes| **yes).count(), 1);
}
