//! What access tokens say about the sign-in.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::{ACCESS, Browser},
    person::{Person, access_token},
    records::operate,
    tokens::{sign_in_of, sign_in_of_browser},
};

const ADA: &str = "ada@example.com";

fn password_at(time: i64) -> (i64, Value, String) {
    (time, json!(["pwd"]), "aal1".to_owned())
}

#[tokio::test]
async fn sign_up_and_sign_in_are_with_a_password() {
    let app = TestApp::new().await;
    let start = app.now().seconds();
    let ada = app.person(ADA).await;
    assert_eq!(sign_in_of(&ada.access_token), password_at(start));
    app.wait(Duration::from_mins(1));
    let again = Person::sign_in(&app, ADA).await;
    assert_eq!(sign_in_of(&again.access_token), password_at(start + 60));
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    assert_eq!(sign_in_of_browser(&browser), password_at(start + 60));
}

#[tokio::test]
async fn renewal_keeps_the_sign_in() {
    let app = TestApp::new().await;
    let start = app.now().seconds();
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let first = browser.cookie(ACCESS);
    let program = Person::sign_in(&app, ADA).await;
    for _ in 0..3 {
        app.wait(Duration::from_hours(20));
        assert!(browser.is_signed_in().await);
        assert_ne!(browser.cookie(ACCESS), first);
        assert_eq!(sign_in_of_browser(&browser), password_at(start));
        let token = access_token(&app, &program.session_token).await;
        assert_eq!(sign_in_of(&token), password_at(start));
        assert_eq!(app.client().get(&program.path("")).bearer(&token).await.status, StatusCode::OK);
    }
    let restarted = app.restarted().await;
    assert_eq!(sign_in_of(&access_token(&restarted, &program.session_token).await), password_at(start));
}

#[tokio::test]
async fn new_session_of_a_password_change_keeps_it() {
    let app = TestApp::new().await;
    let start = app.now().seconds();
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    app.wait(Duration::from_hours(2));
    browser.post("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(sign_in_of_browser(&browser), password_at(start));
}

#[tokio::test]
async fn session_of_an_earlier_version_has_no_amr() {
    let app = TestApp::new().await;
    let start = app.now().seconds();
    let ada = app.person(ADA).await;
    operate(&app, "UPDATE sessions SET amr = NULL, auth_time = NULL").await;
    let updated = app.restarted().await;
    let unknown = (start, Value::Null, "aal1".to_owned());
    assert_eq!(sign_in_of(&access_token(&updated, &ada.session_token).await), unknown);
    // Methods of a later version, after a return to this one.
    operate(&app, "UPDATE sessions SET amr = 'pwd telepathy'").await;
    let returned = app.restarted().await;
    assert_eq!(sign_in_of(&access_token(&returned, &ada.session_token).await), unknown);
}

#[tokio::test]
async fn fresh_setting_moves_the_limit() {
    let app = TestApp::with(&[("LATCHKEY_FRESH", "2h")]).await;
    let delete = async |person: &Person| {
        app.client().post("/api/auth/delete-user").bearer(&person.session_token).json(&json!({})).await.status
    };
    let [ada, bob] = [app.person(ADA).await, app.person("bob@example.com").await];
    app.wait(Duration::from_hours(2) - Duration::from_millis(1));
    assert_eq!(delete(&ada).await, StatusCode::OK);
    app.wait(Duration::from_millis(1));
    assert_eq!(delete(&bob).await, StatusCode::BAD_REQUEST);
}
