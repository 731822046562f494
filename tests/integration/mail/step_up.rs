//! Sign-in by mail: what tokens say about it, and signing in again.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    codes::{ADA, app, asked, code, enter, verified_person},
    inbox::{label, link, open},
};
use crate::support::{browser::Browser, tokens::sign_in_of_browser};

fn by_mail_at(time: i64) -> (i64, Value, String) {
    (time, json!(["email"]), "aal1".to_owned())
}

#[tokio::test]
async fn code_and_link_are_the_method_email() {
    let app = app().await;
    // The first one creates the account.
    for _ in 0..2 {
        app.wait(Duration::from_secs(90));
        let browser = Browser::new(&app);
        let code = code(&asked(&app, &browser, ADA).await);
        app.wait(Duration::from_secs(30));
        enter(&browser, &code).await;
        assert_eq!(sign_in_of_browser(&browser), by_mail_at(app.now().seconds()));
    }
    app.wait(Duration::from_secs(90));
    let browser = Browser::new(&app);
    let page = open(&browser, &link(&asked(&app, &browser, ADA).await)).await;
    app.wait(Duration::from_secs(30));
    browser.post("sign-in-with-link", &[("link", &label(&page))]).await;
    let signed_in = by_mail_at(app.now().seconds());
    assert_eq!(sign_in_of_browser(&browser), signed_in);
    app.wait(Duration::from_hours(1));
    assert!(browser.is_signed_in().await);
    assert_eq!(sign_in_of_browser(&browser), signed_in, "a renewal keeps it");
}

#[tokio::test]
async fn signed_in_user_signs_in_again_with_a_code() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    enter(&browser, &code(&asked(&app, &browser, ADA).await)).await;
    app.wait(Duration::from_hours(1));
    let page = "/sign-in?next=/tasks&max_age=900";
    let shown = browser.page(page).await;
    assert!(shown.contains("E-mail me a code") && shown.contains(r#"value="ada@example.com""#), "{shown}");
    // An address that cannot be used is an error on the page that asks for it.
    let bad = browser.post("request-sign-in", &[("email", "ada"), ("next", "/tasks"), ("from", "sign-in")]).await;
    let shown = browser.get(bad.header("location")).await;
    assert!(shown.status == 200 && shown.body.contains(r#"role="alert""#), "{}", shown.body);
    let ask = [("email", ADA), ("next", "/tasks"), ("from", "sign-in")];
    assert_eq!(browser.post("request-sign-in", &ask).await.header("location"), "/sign-in/code");
    let message = super::codes::message(&app, ADA).await.expect("a message");
    let shown = browser.get("/sign-in/code").await;
    assert!(shown.status == StatusCode::OK && shown.body.contains(r#"name="code""#), "{}", shown.body);
    app.wait(Duration::from_secs(20));
    assert_eq!(enter(&browser, &code(&message)).await.header("location"), "/tasks");
    assert_eq!(sign_in_of_browser(&browser), by_mail_at(app.now().seconds()));
    assert_eq!(browser.get(page).await.header("location"), "/tasks");
}
