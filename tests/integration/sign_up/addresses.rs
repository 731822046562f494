//! The normal form of addresses on every face.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{api_sign_up, refusal};
use crate::support::{PASSWORD, TestApp, browser::Browser, person::Person, records::count};

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}

#[tokio::test]
async fn every_face_shows_the_normal_form() {
    let app = TestApp::with(&[("LATCHKEY_JWT_CLAIMS", "email")]).await;
    for (typed, normal, header) in [
        ("Grace@Exam\u{200b}ple.com", "grace@example.com", "grace@example.com"),
        ("\u{ff41}da@\u{ff45}xample.com", "ada@example.com", "ada@example.com"),
        ("ΝΙΚΟΣ@example.com", "νικος@example.com", "%CE%BD%CE%B9%CE%BA%CE%BF%CF%82@example.com"),
        ("Jose\u{301}@xn--bcher-kva.example", "josé@bücher.example", "jos%C3%A9@b%C3%BCcher.example"),
    ] {
        let response = api_sign_up(&app, typed, PASSWORD).await;
        assert_eq!(response.json()["user"]["email"], normal, "{typed}");
        let person = Person::sign_in(&app, typed).await;
        assert_eq!(person.get(&app, "").await.json()["email"], normal, "{typed}");
        assert_eq!(claims(&person.access_token)["email"], normal, "{typed}");
        let verified = app.client().get("/api/auth/verify").bearer(&person.access_token).await;
        assert_eq!(verified.header("x-auth-email"), header, "{typed}");
        let session = app.session(&person.session_token).await;
        assert_eq!(session["user"]["email"], normal, "{typed}");
    }
}

#[tokio::test]
async fn address_case_is_ignored_in_every_script() {
    let app = TestApp::new().await;
    for (first, same) in [
        ("νικος@example.com", "ΝΙΚΟΣ@example.com"),
        ("ΣΙΣΥΦΟΣ@example.com", "σισυφος@example.com"),
        ("STRAẞE@example.com", "straße@example.com"),
        ("\u{13e3}\u{13b3}@example.com", "\u{abb3}\u{ab83}@example.com"),
    ] {
        api_sign_up(&app, first, PASSWORD).await.assert_ok();
        let response = api_sign_up(&app, same, PASSWORD).await;
        assert_eq!(response.json()["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "{same}");
        Person::sign_in(&app, same).await;
    }
    assert_eq!(count(&app, "users").await, 4);
    // Different letters are different mailboxes.
    api_sign_up(&app, "strasse@example.com", PASSWORD).await.assert_ok();
}

#[tokio::test]
async fn invisible_character_is_named_as_the_reason() {
    let app = TestApp::new().await;
    for typed in [
        "gra\u{200b}ce@example.com",
        "\u{feff}grace@example.com",
        "gra\u{ad}ce@example.com",
        "grace@exam\u{200d}ple.com",
    ] {
        let page = refusal(&Browser::new(&app), typed, PASSWORD).await;
        assert!(page.contains("The e-mail address has an invisible character."), "{typed:?}");
        assert!(page.contains(&format!(r#"value="{typed}""#)), "the address comes back as it was typed");
        let response = api_sign_up(&app, typed, PASSWORD).await;
        assert_eq!(
            (response.status.as_u16(), &response.json()["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{typed:?}"
        );
        let message = "[body.email] Invalid email address: remove the invisible characters";
        assert_eq!(response.json()["message"], message, "{typed:?}");
    }
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn sign_in_ignores_invisible_characters() {
    let app = TestApp::new().await;
    app.person("grace@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("\u{202a}gra\u{200b}ce@example.com\u{202c}", PASSWORD).await;
    assert!(browser.is_signed_in().await);
}
