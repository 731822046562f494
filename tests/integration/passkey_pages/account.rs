//! The section of the account about passkeys.

use std::time::Duration;

use super::app::{ADA, add, answer, enrolled, listed, options, page};
use crate::support::{
    PASSWORD, TestApp,
    authenticator::{Authenticator, BE, BS},
    browser::Browser,
};

const SECURITY: &str = "/account/security";

#[tokio::test]
async fn added_passkey_is_listed() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app).await;
    let page = ada.browser.page(SECURITY).await;
    assert!(page.contains("Your passkey is added"), "{page}");
    for text in ["Phone", "Never used", "Synced", "Added <time"] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert_eq!(listed(&page).len(), 1);
    let mut key = Authenticator::security_key();
    add(&ada.browser, &mut key, "").await;
    let page = ada.browser.page(SECURITY).await;
    assert!(page.contains("This device only") && page.contains("Firefox"), "named after the device: {page}");
    super::app::sign_in(&Browser::new(&app), &mut ada.phone, &[]).await;
    assert!(ada.browser.page(SECURITY).await.contains("Last used"));
}

#[tokio::test]
async fn same_authenticator_is_excluded() {
    let app = TestApp::new().await;
    let ada = enrolled(&app).await;
    let options = options(&ada.browser, "add-passkey", &[]).await;
    let excluded = options["excludeCredentials"].as_array().expect("a list");
    assert_eq!(excluded.len(), 1, "{options}");
    assert_eq!(options["user"]["name"], ADA);
}

#[tokio::test]
async fn name_is_checked_before_the_ceremony() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let long = "n".repeat(65);
    assert_eq!(page(&browser, "add-passkey", &[("name", &long)]).await, SECURITY);
    let page = browser.page(SECURITY).await;
    assert!(page.contains("Use at most 64 characters for the name."), "{page}");
    assert!(page.contains(&format!("value=\"{long}\"")) && page.contains(r##"href="#passkey-name""##), "{page}");
}

#[tokio::test]
async fn passkey_is_renamed_and_removed() {
    let app = TestApp::new().await;
    let ada = enrolled(&app).await;
    let id = listed(&ada.browser.page(SECURITY).await)[0].clone();
    for (name, text) in [("", "Enter a name for the passkey."), ("Work", "Your passkey is renamed.")] {
        ada.browser.post("rename-passkey", &[("passkey", &id), ("name", name)]).await;
        assert!(ada.browser.page(SECURITY).await.contains(text), "{text}");
    }
    assert!(ada.browser.page(SECURITY).await.contains("<bdi class=\"wrap\">Work</bdi>"));
    ada.browser.post("remove-passkey", &[("passkey", &id)]).await;
    let page = ada.browser.page(SECURITY).await;
    assert!(page.contains("The passkey is removed") && listed(&page).is_empty(), "{page}");
    ada.browser.post("remove-passkey", &[("passkey", &id)]).await;
    assert!(ada.browser.page(SECURITY).await.contains("The passkey is removed"), "again is a success");
    ada.browser.post("rename-passkey", &[("passkey", &id), ("name", "Work")]).await;
    assert!(ada.browser.page(SECURITY).await.contains("This passkey was removed before."));
}

#[tokio::test]
async fn passkey_of_another_user_is_not_changed() {
    let app = TestApp::new().await;
    let ada = enrolled(&app).await;
    let id = listed(&ada.browser.page(SECURITY).await)[0].clone();
    let eve = Browser::new(&app);
    eve.sign_up("eve@example.com").await;
    eve.post("rename-passkey", &[("passkey", &id), ("name", "Mine")]).await;
    eve.post("remove-passkey", &[("passkey", &id)]).await;
    let page = ada.browser.page(SECURITY).await;
    assert!(page.contains("Phone") && listed(&page) == [id], "{page}");
}

#[tokio::test]
async fn forms_without_session_lead_to_sign_in() {
    let app = TestApp::new().await;
    let next = "/sign-in?next=%2Faccount%2Fsecurity";
    for action in ["add-passkey", "rename-passkey", "remove-passkey"] {
        assert_eq!(Browser::new(&app).post(action, &[]).await.header("location"), next, "{action}");
    }
    assert_eq!(page(&Browser::new(&app), "add-passkey", &[]).await, next);
}

#[tokio::test]
async fn old_sign_in_cannot_change_passkeys() {
    let app = TestApp::new().await;
    let ada = enrolled(&app).await;
    let id = listed(&ada.browser.page(SECURITY).await)[0].clone();
    app.wait(Duration::from_mins(15));
    let next = page(&ada.browser, "add-passkey", &[]).await;
    assert!(next.contains("next=%2Faccount%2Fsecurity"), "{next}");
    let answer = ada.browser.post("remove-passkey", &[("passkey", &id)]).await;
    assert_ne!(answer.header("location"), SECURITY);
    assert_eq!(listed(&ada.browser.page(SECURITY).await), [id]);
    ada.browser.sign_in(ADA, PASSWORD).await;
    assert!(options(&ada.browser, "add-passkey", &[]).await["challenge"].is_string());
}

#[tokio::test]
async fn page_reports_accepted_passkeys() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(!browser.page(SECURITY).await.contains("data-signal"), "no authenticator knows the user");
    let mut phone = Authenticator::synced();
    let options = options(&browser, "add-passkey", &[]).await;
    let response = phone.register(&options).json().to_string();
    browser.post("add-passkey", &[("response", &response)]).await;
    let handle = options["user"]["id"].as_str().expect("a handle");
    let id = crate::support::authenticator::encode(&phone.passkeys[0].id);
    for path in [SECURITY, "/account"] {
        let page = browser.page(path).await;
        for part in [handle, &id, "signal", ADA] {
            assert!(page.contains(part), "{part} on {path}: {page}");
        }
    }
    let passkey = listed(&browser.page(SECURITY).await)[0].clone();
    browser.post("remove-passkey", &[("passkey", &passkey)]).await;
    let page = browser.page(SECURITY).await;
    assert!(page.contains(handle) && !page.contains(&id), "{page}");
}

#[tokio::test]
async fn password_sign_in_offers_an_upgrade() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(browser.page("/account").await.contains("data-upgrade"));
    app.wait(Duration::from_mins(5));
    assert!(!browser.page("/account").await.contains("data-upgrade"), "too late");
    let ada = enrolled_again(&browser).await;
    assert!(!ada.contains("data-upgrade"), "the account has a passkey");
    let conditional = [("mediation", "conditional")];
    assert_eq!(answer(&Browser::new(&app), "add-passkey", &conditional).await.status, 204, "no page");
}

#[tokio::test]
async fn password_manager_adds_a_passkey_by_itself() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut manager = Authenticator::synced();
    let verified = std::mem::replace(&mut manager.flags, BE | BS);
    for (fields, expected) in [(&[][..], 0), (&[("mediation", "conditional")], 1)] {
        let options = options(&browser, "add-passkey", fields).await;
        let response = manager.register(&options).json().to_string();
        browser.post("add-passkey", &[("response", &response)]).await;
        assert_eq!(listed(&browser.page(SECURITY).await).len(), expected, "without a user: {fields:?}");
    }
    let other = Browser::new(&app);
    super::app::sign_in(&other, &mut manager, &[]).await;
    assert!(!other.is_signed_in().await, "a sign-in verifies the user");
    manager.flags = verified;
    super::app::sign_in(&other, &mut manager, &[]).await;
    assert!(other.is_signed_in().await);
}

async fn enrolled_again(browser: &Browser) -> String {
    add(browser, &mut Authenticator::synced(), "Phone").await;
    browser.sign_in(ADA, PASSWORD).await;
    browser.page("/account").await
}
