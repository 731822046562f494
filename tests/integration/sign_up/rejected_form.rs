//! A rejected form shows all problems at once, and the values as the user left them.

use super::form_sign_up;
use crate::support::{PASSWORD, TestApp, WRONG_PASSWORD, browser::Browser};

const CHECKED: &str = r#"name="remember" value="true" checked"#;
const UNCHECKED: &str = r#"name="remember" value="true">"#;

/// The summary of a page's errors.
fn summary(page: &str) -> &str {
    let (_, summary) = page.split_once(r#"role="alert""#).unwrap_or_else(|| panic!("no errors in {page}"));
    summary.split("</ul>").next().expect("a list")
}

#[tokio::test]
async fn rejected_form_keeps_the_checkbox() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for action in ["sign-in", "sign-up"] {
        let path = format!("/{action}");
        assert!(browser.page(&path).await.contains(CHECKED), "{action} is checked at first");
        let form = [("email", "ada@example.com"), ("password", "wrong")];
        browser.post(action, &form).await;
        let page = browser.page(&path).await;
        assert!(page.contains(UNCHECKED) && !page.contains(CHECKED), "{action}: {page}");
        browser.post(action, &[&form[..], &[("remember", "true")]].concat()).await;
        assert!(browser.page(&path).await.contains(CHECKED), "{action} stays checked");
    }
}

#[tokio::test]
async fn rate_limited_form_keeps_the_checkbox() {
    let app = TestApp::with(&[("LATCHKEY_SIGN_UP_BUDGET", "1")]).await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    browser.post("sign-out", &[]).await;
    for (action, email, password) in
        [("sign-in", "ada@example.com", WRONG_PASSWORD), ("sign-up", "eve@example.com", PASSWORD)]
    {
        let path = format!("/{action}");
        let form = [("email", email), ("password", password)];
        let mut page = String::new();
        // Five attempts of the known device, then five of its network.
        for _ in 0..11 {
            browser.post(action, &form).await;
            page = browser.page(&path).await;
            assert!(page.contains(UNCHECKED) && !page.contains(CHECKED), "{action}: {page}");
            if page.contains("Too many") {
                break;
            }
        }
        assert!(page.contains("Too many"), "{action}: {page}");
    }
}

#[tokio::test]
async fn disabled_account_form_keeps_the_checkbox() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.disable(&ada.user_id).await;
    let browser = Browser::new(&app);
    browser.post("sign-in", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    let page = browser.page("/sign-in").await;
    assert!(page.contains("This account is disabled.") && page.contains(UNCHECKED), "{page}");
}

#[tokio::test]
async fn rejected_form_keeps_values_exactly() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let long = format!("{}@example.com", "a".repeat(300));
    for (email, name) in [
        ("  Ada@Example ", "  two  spaces  "),
        ("gra\u{200b}ce@example", "\u{202e}nimda"),
        (&*long, "a\tb"),
        ("\u{ff41}da", &*"n".repeat(500)),
    ] {
        browser.post("sign-up", &[("email", email), ("name", name), ("password", "short")]).await;
        let page = browser.page("/sign-up").await;
        for value in [email, name] {
            assert!(page.contains(&format!("value=\"{value}\"")), "{value:?} in {page}");
        }
    }
    browser.sign_up("ada@example.com").await;
    browser.post("update-profile", &[("name", " a\u{200b} ")]).await;
    assert!(browser.page("/account").await.contains("value=\" a\u{200b} \""));
}

#[tokio::test]
async fn taken_address_is_filled_in_at_sign_in() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let form = [("email", "Ada@Example.com"), ("password", PASSWORD), ("next", "/account?before=9")];
    browser.post("sign-up", &form).await;
    let page = browser.page("/sign-up?next=%2Faccount%3Fbefore%3D9").await;
    let link = r#"<a href="/sign-in?next=%2Faccount%3Fbefore%3D9">Sign in instead</a>"#;
    assert_eq!(page.matches(link).count(), 2, "in the summary and at the field: {page}");
    browser.page("/no-such-page").await;
    let response = browser.get("/sign-in?next=%2Faccount%3Fbefore%3D9").await;
    let page = response.body;
    assert!(page.contains(r#"value="Ada@Example.com""#) && page.contains(UNCHECKED), "{page}");
    assert!(page.contains(r#"name="next" value="/account?before=9""#) && !page.contains(r#"role="alert""#), "{page}");
    assert!(!browser.page("/sign-in").await.contains("Ada@"), "the address is filled in once");
}

#[tokio::test]
async fn unused_address_is_forgotten_after_5_minutes() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    browser.page("/sign-up").await;
    app.wait(std::time::Duration::from_mins(5));
    assert!(!browser.page("/sign-in").await.contains("ada@example.com"));
}

#[tokio::test]
async fn rejected_form_reports_all_problems() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for (email, password, name, problems) in [
        ("", "", "", &["Enter your e-mail address.", "Enter a password."][..]),
        ("ada", "password1", "", &["Enter an e-mail address like", "commonly used password"]),
        ("ada", "short", "\u{200b}", &["Enter an e-mail address like", "Use at least 8", "no visible character"]),
        ("ada@example.com", "password1", "a\nb", &["commonly used password", "on one line"]),
        ("ada", PASSWORD, "", &["Enter an e-mail address like"]),
    ] {
        browser.post("sign-up", &[("email", email), ("password", password), ("name", name)]).await;
        let page = browser.page("/sign-up").await;
        let summary = summary(&page);
        let places: Vec<_> = problems.iter().map(|problem| summary.find(problem).expect(problem)).collect();
        assert!(places.is_sorted(), "in the order of the fields: {summary}");
        assert_eq!(summary.matches("<li>").count(), problems.len(), "{summary}");
        assert_eq!(page.matches(r#"aria-invalid="true""#).count(), problems.len());
    }
    for (email, password, problems) in [
        ("", "", &["Enter your e-mail address.", "Enter a password."][..]),
        ("ada", "", &["Enter an e-mail address like", "Enter a password."]),
        ("ada@example.com", "", &["Enter a password."]),
        ("", PASSWORD, &["Enter your e-mail address."]),
    ] {
        browser.post("sign-in", &[("email", email), ("password", password)]).await;
        let page = browser.page("/sign-in").await;
        assert!(problems.iter().all(|problem| summary(&page).contains(problem)), "{page}");
        assert_eq!(summary(&page).matches("<li>").count(), problems.len(), "{page}");
    }
}

#[tokio::test]
async fn password_change_reports_all_problems() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    for (current, new, problems) in [
        ("", "", &["Enter your current password.", "Enter a password."][..]),
        (WRONG_PASSWORD, "", &["This isn’t your current password.", "Enter a password."]),
        (WRONG_PASSWORD, "password1", &["This isn’t your current password.", "commonly used password"]),
        (PASSWORD, "password1", &["commonly used password"]),
        ("", "amber kettle balcony 7", &["Enter your current password."]),
    ] {
        let response = browser.post("change-password", &[("current_password", current), ("new_password", new)]).await;
        let page = browser.page(response.header("location")).await;
        let summary = summary(&page);
        assert!(problems.iter().all(|problem| summary.contains(problem)), "{summary}");
        assert_eq!(summary.matches("<li>").count(), problems.len(), "{summary}");
    }
    let response = browser.post("delete-account", &[("current_password", "")]).await;
    assert!(summary(&browser.page(response.header("location")).await).contains("Enter your current password."));
}

#[tokio::test]
async fn weak_password_hides_a_taken_address() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let mut pages = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let browser = Browser::new(&app);
        form_sign_up(&browser, email, "password1").await;
        pages.push(summary(&browser.page("/sign-up").await).to_owned());
    }
    assert_eq!(pages[0], pages[1], "a weak password hides whether the address has an account");
}

#[tokio::test]
async fn next_on_another_site_is_named() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com, http://localhost:5173")]).await;
    let browser = Browser::new(&app);
    for (next, host) in [
        ("https%3A%2F%2Fapp.example.com%2Ftasks", Some("app.example.com")),
        ("http%3A%2F%2Flocalhost%3A5173", Some("localhost:5173")),
        ("%2Faccount", None),
        ("https%3A%2F%2Fevil.example%2F", None),
    ] {
        for (path, action) in [("/sign-in", "Sign in"), ("/sign-up", "Create an account")] {
            let page = browser.page(&format!("{path}?next={next}")).await;
            let expected = host.map(|host| format!("{action} to continue to {host}</p>"));
            match expected {
                Some(text) => assert!(page.contains(&text), "{text} in {page}"),
                None => assert!(!page.contains("to continue to"), "{page}"),
            }
        }
    }
}

#[tokio::test]
async fn return_address_of_4096_bytes_is_kept() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let next = format!("/account?q={}", "%C3%A9-".repeat(583));
    assert_eq!(next.len(), 4_092);
    let form = [("email", "ada@example.com"), ("password", "wrong"), ("next", &next)];
    let location = browser.post("sign-in", &form).await.header("location").to_owned();
    assert!(location.len() < 8_000, "{}", location.len());
    assert!(browser.page(&location).await.contains(&format!("name=\"next\" value=\"{next}\"")));
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", &next)];
    assert_eq!(browser.post("sign-in", &form).await.header("location"), next);
    let longer = format!("{next}{}", "x".repeat(5));
    browser.post("sign-out", &[]).await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", &longer)];
    assert_eq!(browser.post("sign-in", &form).await.header("location"), "/account");
}
