//! The page without a form that waits, and its address.

use axum::http::StatusCode;

use super::app::{ADA, FRESH, PAGE, SECURITY, WAITING, app, give_password, label, refused, with_password};
use crate::support::{PASSWORD, browser::Browser, tokens::sign_in_of_browser};

#[tokio::test]
async fn page_without_a_form_leads_to_the_account() {
    let app = app().await;
    let browser = with_password(&app).await;
    assert_eq!(browser.get(PAGE).await.header("location"), SECURITY);
    assert_eq!(Browser::new(&app).get(PAGE).await.header("location"), "/sign-in?next=%2Faccount%2Fconfirm");
    let response = browser.get(&format!("{PAGE}/")).await;
    assert!(response.status.is_redirection());
}

#[tokio::test]
async fn next_is_where_the_user_continues() {
    let app = app().await;
    let browser = with_password(&app).await;
    let address = format!("{PAGE}?next=/account/sessions");
    assert_eq!(browser.get(&address).await.header("location"), PAGE);
    let page = browser.page(PAGE).await;
    assert!(page.contains("To continue"), "{page}");
    assert_eq!(give_password(&browser, &label(&page)).await, "/account/sessions");
    assert_eq!(sign_in_of_browser(&browser).0, app.now().seconds());
    assert_eq!(browser.get(&address).await.header("location"), "/account/sessions", "recent now");
    assert_eq!(browser.cookie(WAITING), None);
}

#[tokio::test]
async fn next_on_another_site_is_ignored() {
    let app = app().await;
    let browser = with_password(&app).await;
    for next in ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""] {
        let response = browser.get(&format!("{PAGE}?next={next}")).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, SECURITY), "{next}");
    }
    assert_eq!(browser.cookie(WAITING), None);
}

#[tokio::test]
async fn empty_password_in_the_form_is_its_error() {
    let app = app().await;
    let browser = with_password(&app).await;
    // The page has a field for the password: the form itself says what is missing.
    let form = [("email", "grace@example.org"), ("current_password", "")];
    assert_eq!(browser.post("request-email-change", &form).await.header("location"), SECURITY);
    assert!(browser.page(SECURITY).await.contains("Enter your current password."));
    assert_eq!(browser.cookie(WAITING), None);
}

#[tokio::test]
async fn page_names_the_change_and_has_no_values() {
    let app = app().await;
    let browser = with_password(&app).await;
    refused(&browser, "request-email-change", &[("email", "grace@example.org")]).await;
    let page = browser.page(PAGE).await;
    assert!(page.contains("To change your e-mail address") && page.contains(ADA), "{page}");
    assert!(!page.contains("grace") && !page.contains(PASSWORD), "{page}");
    assert!(page.contains(&format!(r#"<a href="{SECURITY}">Cancel</a>"#)), "{page}");
    app.wait(FRESH);
    assert_eq!(browser.get(PAGE).await.header("location"), SECURITY);
}
