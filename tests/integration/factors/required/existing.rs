//! Sessions that exist when the setting is turned on, or when the user sets up a second factor in another one.

use serde_json::json;

use super::{REQUIRED, SET_UP, assert_full, assert_refused, assert_restricted, complete, required, restricted};
use crate::{
    factors::app::{ADA, STEP, enter, turn_on},
    import::{
        moved,
        old::{COOKIE, Old, TOKEN},
    },
    support::{
        PASSWORD, TestApp,
        browser::{ACCESS, Browser},
        records::count,
    },
};

#[tokio::test]
async fn earlier_session_is_restricted_at_once() {
    let before = TestApp::new().await;
    let browser = Browser::new(&before);
    browser.sign_up(ADA).await;
    let ada = before.person("grace@example.com").await;
    let app = before.restarted_with(&[REQUIRED]).await.expect("the service starts");
    let access = browser.cookie(ACCESS).expect("a token of the time before");
    let browser = browser.connected_to(&app);

    let stolen = app.client().get(&ada.path("")).bearer(&ada.access_token).await;
    assert_eq!((stolen.status.as_u16(), &stolen.json()["code"]), (403, &json!("second_factor_required")));
    let forwarded = app.client().get("/api/auth/verify?bearer=true").bearer(&access).await;
    assert_eq!(forwarded.status, 403);
    let cookie = format!("{ACCESS}={access}");
    let alone = app.client().get("/api/auth/verify").header("cookie", cookie).await;
    assert_eq!(alone.status, 403, "the access cookie alone");

    assert_restricted(&browser).await;
    complete(&app, &browser).await;
    assert_full(&browser).await;
}

#[tokio::test]
async fn session_with_two_factors_continues() {
    let before = TestApp::new().await;
    let browser = Browser::new(&before);
    browser.sign_up(ADA).await;
    let ada = turn_on(&before, browser).await;
    let strong = crate::factors::app::first_step(&before).await;
    enter(&strong, &ada.phone.code()).await;
    let app = before.restarted_with(&[REQUIRED]).await.expect("the service starts");
    assert_full(&strong.connected_to(&app)).await;

    let weak = ada.browser.connected_to(&app);
    assert_eq!(weak.get("/account").await.header("location"), "/sign-in/set-up?next=%2Faccount");
    let again = weak.get("/sign-in/set-up?next=%2Faccount").await.header("location").to_owned();
    assert_eq!(again, "/sign-in?next=%2Faccount&acr=aal2", "the session has one factor, the user has two");
    assert!(weak.page(&again).await.contains("/actions/sign-in"));
    assert_eq!(weak.sign_in(ADA, PASSWORD).await.header("location"), "/sign-in/second-step");
    app.wait(STEP);
    assert_eq!(enter(&weak, &ada.phone.code()).await, "/account");
    assert_full(&weak).await;
}

/// A thief of the password must not gain access when the user sets the factor up.
#[tokio::test]
async fn session_of_a_thief_stays_restricted() {
    let app = required().await;
    let owner = restricted(&app).await;
    let thief = Browser::new(&app);
    thief.sign_in(ADA, PASSWORD).await;
    thief.post("set-up-totp", &[]).await;
    let (phone, _) = complete(&app, &owner).await;
    assert_full(&owner).await;

    assert_restricted(&thief).await;
    assert_eq!(thief.get(SET_UP).await.header("location"), "/sign-in?acr=aal2");
    assert_eq!(thief.post("set-up-totp", &[]).await.header("location"), SET_UP);
    let uri = thief.post_json("/api/auth/two-factor/get-totp-uri", &json!({ "password": PASSWORD })).await;
    assert_refused(&uri);
    let code = thief.post_json("/api/auth/two-factor/verify-totp", &json!({ "code": phone.wrong() })).await;
    assert_eq!(code.status, 401);
    assert_eq!(thief.sign_in(ADA, PASSWORD).await.header("location"), "/sign-in/second-step");
    assert_eq!(count(&app, "totp_factors").await, 1);
}

#[tokio::test]
async fn right_code_raises_another_session() {
    let app = required().await;
    let first = restricted(&app).await;
    let second = Browser::new(&app);
    second.sign_in(ADA, PASSWORD).await;
    let (phone, _) = complete(&app, &first).await;
    let used = second.post_json("/api/auth/two-factor/verify-totp", &json!({ "code": phone.code() })).await;
    assert_eq!(used.status, 401, "the code of the set-up was used");
    assert_restricted(&second).await;
    app.wait(STEP);
    second.post_json("/api/auth/two-factor/verify-totp", &json!({ "code": phone.code() })).await.assert_ok();
    assert_full(&second).await;
}

#[tokio::test]
async fn imported_session_is_restricted() {
    let app = required().await;
    let old = Old::on_sqlite().await;
    old.ada().await;
    moved(&app, &old).await;
    assert_refused(&app.client().get("/api/auth/get-session").bearer(TOKEN).await);
    let browser = Browser::new(&app);
    browser.set_cookie("better-auth.session_token", COOKIE);
    assert_restricted(&browser).await;
    assert_eq!(browser.get(SET_UP).await.status, 200);
}

#[tokio::test]
async fn raise_reaches_another_server() {
    let app = required().await;
    let browser = restricted(&app).await;
    let replica = app.replica().await;
    let there = browser.connected_to(&replica);
    assert_restricted(&there).await;
    complete(&app, &browser).await;
    app.wait(std::time::Duration::from_secs(1));
    replica.poll_revocations().await;
    assert_full(&there).await;
}
