//! Users in sessions that are not recent, and what they do on the page.

use std::time::Duration;

use crate::{
    factors::app::{Protected, STEP, turn_on},
    mail::codes::{ON, asked, code, enter, verified_person},
    support::{PASSWORD, TestApp, browser::Browser, client::TestResponse},
};

pub const ADA: &str = "ada@example.com";

/// The page.
pub const PAGE: &str = "/account/confirm";

/// The cookie of the form that waits.
pub const WAITING: &str = "latchkey_confirmation";

/// The default of `LATCHKEY_FRESH`.
pub const FRESH: Duration = Duration::from_mins(15);

pub const SECURITY: &str = "/account/security";

/// A service with sign-in by mail.
pub async fn app() -> TestApp {
    TestApp::with(&[ON]).await
}

/// A user with a password and a verified address, who signed in a while ago.
pub async fn with_password(app: &TestApp) -> Browser {
    verified_person(app, ADA).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    app.wait(FRESH);
    browser
}

/// As [`with_password`], with an authenticator app. The session has two factors.
pub async fn with_password_and_app(app: &TestApp) -> Protected {
    verified_person(app, ADA).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    let Protected { phone, codes, .. } = turn_on(app, browser).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    browser.post("second-step", &[("code", &phone.code())]).await;
    app.wait(FRESH);
    Protected { browser, phone, codes }
}

/// A user without a password, who signed in with a code a while ago.
pub async fn by_mail(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    enter(&browser, &code(&asked(app, &browser, ADA).await)).await;
    app.wait(FRESH);
    browser
}

/// As [`by_mail`], with an authenticator app, in the session that turned it on.
pub async fn by_mail_with_app(app: &TestApp) -> Protected {
    let browser = Browser::new(app);
    enter(&browser, &code(&asked(app, &browser, ADA).await)).await;
    let protected = turn_on(app, browser).await;
    app.wait(FRESH);
    protected
}

/// Posts a form that is refused because the session is not recent, and opens the page. Returns its label.
pub async fn refused(browser: &Browser, action: &str, form: &[(&str, &str)]) -> String {
    assert_eq!(browser.post(action, form).await.header("location"), PAGE, "{action}");
    label(&browser.page(PAGE).await)
}

/// The hidden field of the page.
pub fn label(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="label" value=""#).unwrap_or_else(|| panic!("no label in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Posts the proof.
pub async fn confirm(browser: &Browser, label: &str, proof: &[(&str, &str)]) -> TestResponse {
    browser.post("confirm", &[&[("label", label)], proof].concat()).await
}

/// Confirms with the password, and returns where the form that waited leads.
pub async fn give_password(browser: &Browser, label: &str) -> String {
    confirm(browser, label, &[("current_password", PASSWORD)]).await.header("location").to_owned()
}

/// Asks for a message, and returns its code.
pub async fn mailed(app: &TestApp, browser: &Browser, label: &str) -> String {
    assert_eq!(browser.post("send-confirmation-code", &[("label", label)]).await.header("location"), PAGE);
    app.deliver_mail().await;
    let is_code = |subject: &str| subject == "Confirm that it’s you at Latchkey";
    let message = app.mailbox().into_iter().find(|message| message.to == ADA && is_code(&message.subject));
    code(&message.expect("a message"))
}

/// Confirms with a code in a message, and returns where the form that waited leads.
pub async fn give_mail_code(app: &TestApp, browser: &Browser, label: &str) -> String {
    let code = mailed(app, browser, label).await;
    confirm(browser, label, &[("mail_code", &code)]).await.header("location").to_owned()
}

/// The next code of the app.
pub fn next_code(app: &TestApp, user: &Protected) -> String {
    app.wait(STEP);
    user.phone.code()
}
