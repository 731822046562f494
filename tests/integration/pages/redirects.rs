//! Addresses that lead to another page.

use axum::http::StatusCode;

use crate::support::{FORM, TestApp};

/// Every page with a path.
const PAGES: [&str; 11] = [
    "/sign-in",
    "/sign-up",
    "/login",
    "/signup",
    "/register",
    "/account",
    "/account/security",
    "/account/sessions",
    "/account/activity",
    "/account/delete",
    "/docs",
];

async fn redirect(app: &TestApp, line: &str) -> String {
    let response = app.send(line, &[], "").await;
    format!("{} {}", response.status.as_u16(), response.header("location"))
}

#[tokio::test]
async fn usual_names_redirect_with_query() {
    let app = TestApp::new().await;
    for (line, target) in [
        ("GET /login", "/sign-in"),
        ("HEAD /login", "/sign-in"),
        ("GET /login?next=%2Faccount%3Fa&x=%22", "/sign-in?next=%2Faccount%3Fa&x=%22"),
        ("GET /signup?next=//evil.example", "/sign-up?next=//evil.example"),
        ("GET /register?", "/sign-up?"),
    ] {
        assert_eq!(redirect(&app, line).await, format!("308 {target}"), "{line}");
    }
}

#[tokio::test]
async fn trailing_slash_redirects_with_query() {
    let app = TestApp::new().await;
    for page in PAGES {
        for query in ["", "?next=%2Fa/", "?a=b//"] {
            for method in ["GET", "HEAD"] {
                let line = format!("{method} {page}/{query}");
                assert_eq!(redirect(&app, &line).await, format!("308 {page}{query}"), "{line}");
            }
        }
    }
}

#[tokio::test]
async fn other_method_is_not_redirected() {
    let app = TestApp::new().await;
    for page in PAGES {
        for path in [page.to_owned(), format!("{page}/")] {
            let response = app.send(&format!("POST {path}"), &[FORM], "email=x").await;
            assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert!(!response.has("location"));
        }
    }
}

#[tokio::test]
async fn slash_after_unknown_path_is_not_found() {
    let app = TestApp::new().await;
    for path in [
        "//",
        "//evil.example/",
        "//evil.example/sign-in/",
        "//sign-in/",
        "/\\evil.example/",
        "/%2fevil.example/",
        "/%2Fevil.example/%2e%2e/",
        "/sign-in//",
        "/sign-in/x/",
        "/Sign-In/",
        "/sign%2Din/",
        "/account/security//",
        "/nothing/",
        "/favicon.svg/",
    ] {
        let response = app.send(&format!("GET {path}"), &[], "").await;
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!response.has("location"), "{path}");
    }
}

#[tokio::test]
async fn change_password_leads_to_the_form() {
    let app = TestApp::new().await;
    assert_eq!(redirect(&app, "GET /.well-known/change-password").await, "303 /account/security");
    assert_eq!(redirect(&app, "HEAD /.well-known/change-password").await, "303 /account/security");
    // The specification's test that a site answers unknown paths with an error.
    let unknown = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(app.send(&format!("GET {unknown}"), &[], "").await.status, StatusCode::NOT_FOUND);
}
