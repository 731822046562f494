//! Sign-up with a passkey and no password.

use super::app::{ADA, answer, options, page, sign_in};
use crate::support::{TestApp, authenticator::Authenticator, browser::Browser};

async fn sign_up(browser: &Browser, phone: &mut Authenticator, form: &[(&str, &str)]) -> String {
    let response = phone.register(&options(browser, "sign-up-passkey", form).await).json().to_string();
    let answer = browser.post("sign-up-passkey", &[form, &[("response", &*response)]].concat()).await;
    answer.header("location").to_owned()
}

#[tokio::test]
async fn passkey_creates_an_account() {
    let app = TestApp::new().await;
    let (browser, mut phone) = (Browser::new(&app), Authenticator::synced());
    let form = [("email", ADA), ("name", "Ada"), ("next", "/account/security")];
    assert_eq!(sign_up(&browser, &mut phone, &form).await, "/account/security");
    let page = browser.page("/account/security").await;
    assert!(page.contains("Your account is created") && page.contains("You have no password"), "{page}");
    let id = super::app::listed(&page)[0].clone();
    browser.post("remove-passkey", &[("passkey", &id)]).await;
    let page = browser.page("/account/security").await;
    assert!(page.contains("This passkey is your only way to sign in."), "{page}");
    browser.post("sign-out", &[]).await;
    assert_eq!(sign_in(&browser, &mut phone, &[]).await.header("location"), "/account");
    assert!(browser.page("/account").await.contains(ADA));
}

#[tokio::test]
async fn invalid_fields_are_shown_before_the_ceremony() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let form = [("email", "ada"), ("name", "a\nb"), ("next", "/account/sessions"), ("remember", "true")];
    let at = page(&browser, "sign-up-passkey", &form).await;
    assert_eq!(at, "/sign-up?next=%2Faccount%2Fsessions");
    let page = browser.page(&at).await;
    assert!(page.contains("Enter an e-mail address like") && page.contains("Write the name on one line."), "{page}");
    assert!(page.contains(r#"id="email" name="email" value="ada""#), "{page}");
    assert!(page.contains(r#"name="remember" value="true" checked"#), "{page}");
}

#[tokio::test]
async fn refused_response_keeps_the_fields() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let form = [("email", ADA), ("name", "Ada")];
    browser.post("sign-up-passkey", &form).await;
    let page = browser.page("/sign-up").await;
    assert!(page.contains("Passkeys need JavaScript") && page.contains(&format!("value=\"{ADA}\"")), "{page}");
    options(&browser, "sign-up-passkey", &form).await;
    browser.post("sign-up-passkey", &[&form[..], &[("response", "{}")]].concat()).await;
    assert!(browser.page("/sign-up").await.contains("This passkey couldn’t be checked."));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn closed_sign_up_gives_no_options() {
    let app = TestApp::with(&[("LATCHKEY_SIGN_UP", "closed")]).await;
    let answer = answer(&Browser::new(&app), "sign-up-passkey", &[("email", ADA)]).await;
    assert!(!answer.body.contains("challenge"), "{}", answer.body);
}
