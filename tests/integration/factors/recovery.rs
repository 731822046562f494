//! Recovery codes.

use futures::future::join_all;

use super::app::{ADA, STEP, codes, first_step, protected, recover};
use crate::{
    mail::codes::verified_person,
    support::{
        PASSWORD, TestApp,
        browser::Browser,
        records::{count, details, security_log, texts},
    },
};

#[tokio::test]
async fn recovery_code_signs_in_once() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    assert!(browser.page("/sign-in/recovery-code").await.contains("Recovery code"));
    assert_eq!(recover(&browser, &ada.codes[3]).await, "/account/security");
    let page = browser.page("/account/security").await;
    assert!(page.contains("You’re signed in. If you’ve lost the device"), "{page}");
    assert!(page.contains("You signed in with a recovery code."), "{page}");
    assert!(page.contains("9 recovery codes remain."), "{page}");
    assert_eq!(texts(&app, "sessions WHERE amr LIKE '%recovery%'", &["amr"]).await, ["pwd recovery_code"]);
    let signed_in = details(&app, "authn_login_success").await;
    assert_eq!(signed_in.last(), Some(&Some("password_recovery_code".to_owned())));
    assert_eq!(details(&app, "authn_recovery_code_used").await.len(), 1);

    let other = first_step(&app).await;
    assert_eq!(recover(&other, &ada.codes[3]).await, "/sign-in/recovery-code");
    let page = other.page("/sign-in/recovery-code").await;
    assert!(page.contains("This recovery code isn’t right, or it was used."), "{page}");
    recover(&other, "").await;
    assert!(other.page("/sign-in/recovery-code").await.contains("Enter one of your recovery codes."));
    let typed = ada.codes[4].to_uppercase().replace('-', " ");
    assert_eq!(recover(&other, &typed).await, "/account/security", "as copied from paper");
}

#[tokio::test]
async fn recovery_code_keeps_the_next_page() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = Browser::new(&app);
    browser.post("sign-in", &[("email", ADA), ("password", PASSWORD), ("next", "/account/sessions")]).await;
    assert_eq!(recover(&browser, &ada.codes[0]).await, "/account/sessions");
    assert!(browser.page("/account/sessions").await.contains("You’re signed in."));
}

#[tokio::test]
async fn recovery_code_used_concurrently_signs_in_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let before = count(&app, "sessions").await;
    let browsers = join_all((0..8).map(|_| first_step(&app))).await;
    let answers = join_all(browsers.iter().map(|browser| recover(browser, &ada.codes[0]))).await;
    let done = answers.iter().filter(|answer| *answer == "/account/security").count();
    assert_eq!((done, count(&app, "sessions").await), (1, before + 1), "{answers:?}");
    assert_eq!(count(&app, "recovery_codes WHERE used_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn renewal_ends_the_former_codes() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let waiting = first_step(&app).await;
    let answer = ada.browser.post("renew-recovery-codes", &[]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let renewed = codes(&ada.browser.page("/account/recovery-codes").await);
    assert!(renewed.len() == 10 && renewed.iter().all(|code| !ada.codes.contains(code)));
    assert_eq!(recover(&waiting, &renewed[0]).await, "/sign-in", "the credentials have changed");
    let browser = first_step(&app).await;
    assert_eq!(recover(&browser, &ada.codes[0]).await, "/sign-in/recovery-code");
    assert_eq!(recover(&browser, &renewed[0]).await, "/account/security");
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_recovery_codes_renewed"));
}

#[tokio::test]
async fn account_without_factor_has_no_codes() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    for action in ["renew-recovery-codes", "remove-totp"] {
        assert_eq!(browser.post(action, &[]).await.header("location"), "/account/security");
    }
    assert_eq!(count(&app, "recovery_codes").await, 0);
    assert!(codes(&browser.page("/account/recovery-codes").await).is_empty());
}

#[tokio::test]
async fn used_code_is_notified_with_the_rest() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    let ada = super::app::turn_on(&app, browser).await;
    for (used, code) in ada.codes.iter().enumerate().take(8) {
        app.wait(STEP);
        let browser = first_step(&app).await;
        recover(&browser, code).await;
        let security = browser.page("/account/security").await;
        assert_eq!(security.contains("make new ones."), used >= 6, "{used}: {security}");
    }
    app.deliver_mail().await;
    let messages = app.mailbox();
    let of = |text: &str| messages.iter().filter(|message| message.text.contains(text)).count();
    assert_eq!(of("now needs a code of your authenticator app"), 1);
    assert_eq!(of("9 codes remain."), 1);
    // The limit of notices per hour is five: the last ones are dropped, and the page tells the user.
    assert_eq!(of("A recovery code was used to sign in"), 4);
    let used = messages.iter().find(|message| message.text.contains("9 codes remain.")).expect("a message");
    assert!(used.subject.contains("A recovery code of your Latchkey account was used"), "{}", used.subject);
}
