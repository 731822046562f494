//! Every way in asks for the second factor (ASVS 6.3.4).

use serde_json::json;

use super::app::{
    ADA, Protected, STEP, WAITING, api_password, assert_signed_out, codes, enter, first_step, protected, turn_on,
};
use crate::{
    import::{
        moved,
        old::{COOKIE, Old, TOKEN},
    },
    mail::{
        codes::{self as mailed, ON, verified_person},
        inbox::{label, link, open, requested_token, verification, with_link},
    },
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        browser::Browser,
        records::{count, operate, texts},
    },
};

const STEP_PAGE: &str = "/sign-in/second-step";

/// A user with a verified address and an authenticator app.
async fn verified(app: &TestApp) -> Protected {
    verified_person(app, ADA).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    turn_on(app, browser).await
}

#[tokio::test]
async fn password_asks_on_pages_and_api() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
    let ada = protected(&app).await;
    assert_signed_out(&first_step(&app).await).await;
    let browser = Browser::new(&app);
    let body =
        json!({ "email": ADA, "password": PASSWORD, "callbackURL": "https://app.example.com/in", "rememberMe": false });
    let answer = browser.post_json("/api/auth/sign-in/email", &body).await;
    assert_eq!(answer.json(), json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert_eq!(answer.header("location"), "https://app.example.com/in");
    assert_signed_out(&browser).await;
    let page = browser.get(STEP_PAGE).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example.com"));
    assert_eq!(enter(&browser, &ada.phone.code()).await, "https://app.example.com/in", "the pages complete it");
    browser.restart();
    assert!(!browser.is_signed_in().await, "rememberMe");
}

#[tokio::test]
async fn mailed_code_asks_on_pages_and_api() {
    let app = TestApp::with(&[ON]).await;
    let ada = verified(&app).await;
    let browser = Browser::new(&app);
    let form = [("email", ADA), ("remember", "true"), ("next", "/account/sessions")];
    browser.post("request-sign-in", &form).await;
    let code = mailed::code(&mailed::message(&app, ADA).await.expect("a message"));
    assert_eq!(mailed::enter(&browser, &code).await.header("location"), STEP_PAGE);
    assert_signed_out(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account/sessions");
    assert_eq!(texts(&app, "sessions WHERE amr LIKE 'email%'", &["amr"]).await, ["email_code totp"]);

    app.wait(STEP);
    let browser = Browser::new(&app);
    let request = json!({ "email": ADA, "type": "sign-in" });
    browser.post_json("/api/auth/email-otp/send-verification-otp", &request).await;
    app.deliver_mail().await;
    let sent = app.mailbox().into_iter().find(|message| message.subject.starts_with("Sign in to ")).expect("a message");
    let body = json!({ "email": ADA, "otp": mailed::code(&sent) });
    let answer = browser.post_json("/api/auth/sign-in/email-otp", &body).await;
    assert_eq!(answer.json(), json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert!(!answer.has("set-auth-token"));
    assert_signed_out(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
}

#[tokio::test]
async fn mailed_link_asks_on_pages_and_api() {
    let app = TestApp::with(&[ON]).await;
    let ada = verified(&app).await;
    let browser = Browser::new(&app);
    mailed::ask(&browser, ADA).await;
    let page = open(&browser, &link(&mailed::message(&app, ADA).await.expect("a message"))).await;
    let answer = browser.post("sign-in-with-link", &[("link", &label(&page))]).await;
    assert_eq!(answer.header("location"), STEP_PAGE);
    assert_signed_out(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");

    for (callback, continues) in [(Some("/account/sessions"), "/account/sessions"), (None, "/account")] {
        app.wait(STEP);
        let browser = Browser::new(&app);
        let body = match callback {
            Some(url) => json!({ "email": ADA, "callbackURL": url }),
            None => json!({ "email": ADA }),
        };
        browser.post_json("/api/auth/sign-in/magic-link", &body).await;
        let link = link(&mailed::message(&app, ADA).await.expect("a message"));
        let answer = if callback.is_some() {
            let answer = browser.get(&link).await;
            assert!(answer.header("location").ends_with(STEP_PAGE), "{}", answer.header("location"));
            answer
        } else {
            let (_, token) = link.split_once("token=").expect("a token");
            let token = token.split('&').next().expect("a token");
            let path = format!("/api/auth/magic-link/verify?token={token}");
            let answer = app.client().get(&path).await;
            assert_eq!(answer.json()["twoFactorRedirect"], true, "{}", answer.body);
            browser.set_cookie(WAITING, &answer.new_cookie(WAITING).expect("a cookie"));
            answer
        };
        assert!(!answer.has("set-auth-token"));
        assert_signed_out(&browser).await;
        assert_eq!(enter(&browser, &ada.phone.code()).await, continues);
    }
}

#[tokio::test]
async fn password_reset_asks() {
    let app = TestApp::new().await;
    let ada = verified(&app).await;
    let waiting = first_step(&app).await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    let page = open(&browser, &format!("/reset-password?token={token}")).await;
    browser.post("reset-password", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert_signed_out(&browser).await;
    assert_eq!(enter(&waiting, &ada.phone.code()).await, "/sign-in", "the former password's sign-in has ended");
    assert_eq!(browser.sign_in(ADA, NEW_PASSWORD).await.header("location"), STEP_PAGE, "mail removes no factor");
    assert_signed_out(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
}

#[tokio::test]
async fn verification_link_opens_no_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let link = link(&verification(&app, ADA).await.expect("a message"));
    // The link stays valid.
    let ada = turn_on(&app, browser).await;
    let waiting = first_step(&app).await;
    let page = open(&ada.browser, &link).await;
    ada.browser.post("verify-email", &[("link", &label(&page))]).await;
    assert_eq!(count(&app, "users WHERE email_verified").await, 1);
    assert_signed_out(&waiting).await;
    assert_eq!(count(&app, "totp_factors").await, 1);
}

/// GHSA-qq9h-g4jm-xgf3: the attacker's factor must not lock the owner of the mailbox out.
#[tokio::test]
async fn first_proof_of_the_mailbox_discards_factors() {
    let app = TestApp::with(&[ON]).await;
    let attacker = protected(&app).await;
    let victim = Browser::new(&app);
    mailed::ask(&victim, ADA).await;
    let code = mailed::code(&mailed::message(&app, ADA).await.expect("a message"));
    assert_eq!(mailed::enter(&victim, &code).await.header("location"), "/account");
    assert!(!attacker.browser.is_signed_in().await);
    for table in ["totp_factors", "recovery_codes", "credentials"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn claimed_account_has_no_former_factor() {
    let app = TestApp::new().await;
    protected(&app).await;
    let link = link(&verification(&app, ADA).await.expect("a message"));
    let owner = Browser::new(&app);
    let page = open(&owner, &link).await;
    owner.post("claim-account", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), "/account");
    assert_eq!(count(&app, "totp_factors").await, 0);
}

/// A browser and a program with the same imported session.
async fn imported(app: &TestApp) -> Browser {
    let old = Old::on_sqlite().await;
    old.ada().await;
    moved(app, &old).await;
    let browser = Browser::new(app);
    browser.set_cookie("better-auth.session_token", COOKIE);
    browser
}

#[tokio::test]
async fn imported_session_is_refused() {
    let app = TestApp::new().await;
    let imported = imported(&app).await;
    assert_ne!(app.client().get("/api/auth/get-session").bearer(TOKEN).await.body, "null", "before");
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    turn_on(&app, browser).await;
    assert_signed_out(&imported).await;
    let bearer = app.client().get("/api/auth/get-session").bearer(TOKEN).await;
    assert!(bearer.status == 401 || bearer.body == "null", "{}", bearer.body);
}

#[tokio::test]
async fn imported_session_used_before_continues() {
    let app = TestApp::new().await;
    let imported = imported(&app).await;
    assert!(imported.is_signed_in().await, "it has a token of this service now");
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    turn_on(&app, browser).await;
    assert!(imported.is_signed_in().await);
}

#[tokio::test]
async fn waiting_sign_in_changes_nothing() {
    let app = TestApp::new().await;
    let ada = verified(&app).await;
    let waiting = first_step(&app).await;
    let change = [("email", "eve@example.com"), ("current_password", PASSWORD)];
    for (action, form) in [
        ("request-email-change", &change[..]),
        ("delete-account", &[("current_password", PASSWORD)]),
        ("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]),
        ("remove-totp", &[("current_password", PASSWORD)]),
        ("set-up-totp", &[("current_password", PASSWORD)]),
        ("renew-recovery-codes", &[("current_password", PASSWORD)]),
    ] {
        let answer = waiting.post(action, form).await;
        assert!(answer.header("location").starts_with("/sign-in?next="), "{action}");
    }
    for path in ["/api/auth/change-password", "/api/auth/delete-user", "/api/auth/change-email"] {
        assert_eq!(waiting.post_json(path, &json!({ "password": PASSWORD, "newEmail": "eve@example.com", "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD })).await.status, 401, "{path}");
    }
    assert_eq!(enter(&waiting, &ada.phone.code()).await, "/account");
}

#[tokio::test]
async fn changed_address_asks() {
    let app = TestApp::new().await;
    let ada = verified(&app).await;
    ada.browser.post("request-email-change", &[("email", "ada@example.org")]).await;
    let link = link(&with_link(&app, "ada@example.org", "/change-email").await.expect("a message"));
    let page = open(&ada.browser, &link).await;
    ada.browser.post("change-email", &[("link", &label(&page))]).await;
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in("ada@example.org", PASSWORD).await.header("location"), STEP_PAGE);
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
}

#[tokio::test]
async fn undone_change_of_the_address_asks() {
    let app = TestApp::new().await;
    let ada = verified(&app).await;
    ada.browser.post("request-email-change", &[("email", "ada@example.org")]).await;
    let change = link(&with_link(&app, "ada@example.org", "/change-email").await.expect("a message"));
    let page = open(&ada.browser, &change).await;
    ada.browser.post("change-email", &[("link", &label(&page))]).await;
    let undo = link(&with_link(&app, ADA, "/undo-email-change").await.expect("a message"));
    let owner = Browser::new(&app);
    let page = open(&owner, &undo).await;
    owner.post("undo-email-change", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert_signed_out(&owner).await;
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), STEP_PAGE);
}

#[tokio::test]
async fn changed_password_asks_on_other_devices() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let change = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    ada.browser.post("change-password", &change).await;
    assert!(ada.browser.is_signed_in().await);
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(ADA, NEW_PASSWORD).await.header("location"), STEP_PAGE);
}

#[tokio::test]
async fn sign_up_with_the_address_opens_nothing() {
    let app = TestApp::new().await;
    protected(&app).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert_signed_out(&browser).await;
    assert!(codes(&browser.page("/account/recovery-codes").await).is_empty());
}

#[tokio::test]
async fn renewal_needs_a_session() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let waiting = first_step(&app).await;
    // The session that began before the factor was added renews as before.
    operate(&app, "DELETE FROM attempts").await;
    app.wait(std::time::Duration::from_mins(20));
    assert!(ada.browser.is_signed_in().await);
    assert_signed_out(&waiting).await;
    assert_eq!(api_password(&app.client()).await.json()["twoFactorRedirect"], true);
}
