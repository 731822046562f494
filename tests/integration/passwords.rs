//! Rules for new passwords: the documented verdicts, the operator's own list, breached passwords.

mod breaches;
mod queue;
mod range_api;

use std::fs;

use serde_json::json;

use crate::support::{NEW_PASSWORD, PASSWORD, TestApp, browser::Browser, client::TestResponse, person::Person};

const DOCUMENTATION: &str = include_str!("../../docs/security-reference.md");

/// The reasons in the documented table, and the code and a part of the message over the API.
const REASONS: [(&str, &str, &str); 6] = [
    ("too short", "PASSWORD_TOO_SHORT", "too short"),
    ("common", "PASSWORD_TOO_WEAK", "commonly used password; choose another"),
    ("common word", "PASSWORD_TOO_WEAK", "with digits or signs added"),
    ("personal", "PASSWORD_TOO_WEAK", "your e-mail address, your name or “latchkey”"),
    ("repetition", "PASSWORD_TOO_WEAK", "repeats a few characters"),
    ("guessable", "PASSWORD_TOO_WEAK", "easy to guess"),
];

async fn sign_up(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "name": "Ada Lovelace", "email": email, "password": password });
    app.client().post("/api/auth/sign-up/email").json(&body).await
}

async fn change(app: &TestApp, person: &Person, password: &str) -> TestResponse {
    let body = json!({ "currentPassword": PASSWORD, "newPassword": password });
    app.client().post("/api/auth/change-password").bearer(&person.session_token).json(&body).await
}

/// The rows of the documented table: password, verdict with `blocklist`, verdict with `strong`.
fn verdicts() -> Vec<[&'static str; 3]> {
    let (_, table) = DOCUMENTATION.split_once("| password | `blocklist` | `strong` |").expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        [cells[1].trim_matches('`'), cells[2], cells[3]]
    })
    .collect()
}

#[tokio::test]
async fn documented_verdicts_hold_in_both_modes() {
    let rows = verdicts();
    assert!(rows.len() >= 22, "{rows:?}");
    for (column, mode) in [(1, "blocklist"), (2, "strong")] {
        let app = TestApp::with(&[("LATCHKEY_PASSWORD_CHECK", mode), ("LATCHKEY_RATE_LIMIT", "off")]).await;
        for (number, row) in rows.iter().enumerate() {
            let (password, verdict) = (row[0], row[column]);
            let response = sign_up(&app, &format!("ada.byron@example{number}.com"), password).await;
            if verdict == "accepted" {
                assert_eq!(response.status, 200, "{mode}: {password}");
                continue;
            }
            let (_, code, message) = REASONS.iter().find(|(reason, ..)| *reason == verdict).expect(verdict);
            assert_eq!(response.status, 400, "{mode}: {password}");
            let answer = response.json();
            assert_eq!(&answer["code"], code, "{mode}: {password}");
            assert!(answer["message"].as_str().expect("a message").contains(message), "{mode}: {password}: {answer}");
        }
    }
}

#[tokio::test]
async fn documented_verdicts_include_the_examples() {
    let rows = verdicts();
    for expected in [
        ["Password123!", "common", "common"],
        ["MyDogRex2024", "accepted", "accepted"],
        ["SecurePass123", "accepted", "guessable"],
    ] {
        assert!(rows.contains(&expected), "{expected:?}");
    }
}

#[tokio::test]
async fn default_settings_apply_the_blocklist() {
    let app = TestApp::new().await;
    assert_eq!(sign_up(&app, "ada.byron@example.com", "SecurePass123").await.status, 200);
    let refused = sign_up(&app, "eve@example.com", "Password123!").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (400, &json!("PASSWORD_TOO_WEAK")));
}

#[tokio::test]
async fn page_names_the_violated_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("refused.txt");
    fs::write(&file, "Contoso\n").expect("a file");
    let file = file.display().to_string();
    let app = TestApp::with(&[("LATCHKEY_PASSWORD_CHECK", "strong"), ("LATCHKEY_PASSWORD_BLOCKLIST", &file)]).await;
    for (password, sentence) in [
        ("Password123!", "This is a commonly used password."),
        ("Summer2024!", "This is a commonly used password with digits or signs added."),
        ("Contoso2024!", "This password is not accepted here."),
        ("wilhelmina 1815", "Leave your e-mail address, your name and “latchkey” out of the password."),
        ("xyxyxyxyxy", "This password repeats a few characters."),
        ("SecurePass123", "This password is easy to guess."),
    ] {
        let browser = Browser::new(&app);
        let form = [("name", "Ada"), ("email", "wilhelmina@example.com"), ("password", password)];
        browser.post("sign-up", &form).await;
        let page = browser.page("/sign-up").await;
        assert!(page.contains(sentence) && page.contains(r#"id="password-error""#), "{password}");
    }
}

#[tokio::test]
async fn hint_follows_the_settings() {
    for (settings, hint) in [
        (vec![], "At least 8 characters. Common passwords are not accepted."),
        (vec![("LATCHKEY_PASSWORD_CHECK", "strong")], "At least 8 characters. A few unrelated words work well."),
        (vec![("LATCHKEY_PASSWORD_MIN_LENGTH", "15")], "At least 15 characters."),
        (vec![("LATCHKEY_PASSWORD_COMPOSITION", "on")], "a lower-case letter and a digit. Common passwords"),
    ] {
        let app = TestApp::with(&settings).await;
        let page = Browser::new(&app).page("/sign-up").await;
        assert!(page.contains(hint), "{hint}");
    }
}

#[tokio::test]
async fn password_change_applies_the_rules() {
    let app = TestApp::new().await;
    let ada = app.person("ada.byron@example.com").await;
    for refused in ["Password123!", "Summer2024!", "Byron-1815!", "xyxyxyxyxy"] {
        let response = change(&app, &ada, refused).await;
        assert_eq!(response.status, 400, "{refused}");
        assert_eq!(response.json()["code"], "PASSWORD_TOO_WEAK", "{refused}");
    }
    change(&app, &ada, "MyDogRex2024").await.assert_ok();
}

#[tokio::test]
async fn blocklist_applies_to_sign_up_and_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("refused.txt");
    fs::write(&file, format!("\u{feff}Contoso\r\n{NEW_PASSWORD}\r\n")).expect("a file");
    let app = TestApp::with(&[("LATCHKEY_PASSWORD_BLOCKLIST", &file.display().to_string())]).await;
    let ada = app.person("ada@example.com").await;
    for refused in [NEW_PASSWORD, "contoso2026!", &NEW_PASSWORD.to_uppercase()] {
        for response in [sign_up(&app, "eve@example.com", refused).await, change(&app, &ada, refused).await] {
            assert_eq!(response.json()["message"], "This password is not accepted here; choose another", "{refused}");
        }
    }
    change(&app, &ada, "MyDogRex2024").await.assert_ok();
}

#[tokio::test]
async fn blocklist_unusable_file_stops_the_start() {
    let app = TestApp::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("refused.txt");
    fs::write(&text, b"good\n\xffhunter2\n").expect("a file");
    let absent = folder.path().join("absent.txt");
    for (file, reason) in [
        (text.as_path(), "line 2 is not UTF-8"),
        (absent.as_path(), "make the file readable"),
        (folder.path(), "make the file readable"),
    ] {
        let file = file.display().to_string();
        let started = app.restarted_with(&[("LATCHKEY_PASSWORD_BLOCKLIST", &file)]).await;
        let message = started.err().expect("no start").to_string();
        assert!(message.starts_with("LATCHKEY_PASSWORD_BLOCKLIST: ") && message.contains(&file), "{message}");
        assert!(message.contains(reason) && !message.contains("hunter2"), "{message}");
    }
}
