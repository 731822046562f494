//! A user with an account, signed in over the API.

use latchkey::domain::{SessionId, UserId};
use serde_json::json;

use super::{
    PASSWORD, TestApp,
    browser::{ACCESS, SESSION},
    client::TestResponse,
};

pub struct Person {
    pub user_id: String,
    pub session_token: String,
    /// An access token of that session.
    pub access_token: String,
}

impl Person {
    pub async fn sign_up(app: &TestApp, email: &str) -> Self {
        let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
        let response = app.client().post("/api/auth/sign-up/email").json(&body).await;
        response.assert_ok();
        Self::signed_in(app, &response).await
    }

    /// Opens another session.
    pub async fn sign_in(app: &TestApp, email: &str) -> Self {
        let body = json!({ "email": email, "password": PASSWORD });
        let response = app.client().post("/api/auth/sign-in/email").json(&body).await;
        response.assert_ok();
        Self::signed_in(app, &response).await
    }

    /// The response to a sign-in with any password.
    pub async fn sign_in_with(app: &TestApp, email: &str, password: &str) -> TestResponse {
        let body = json!({ "email": email, "password": password });
        app.client().post("/api/auth/sign-in/email").json(&body).await
    }

    /// Ends this session over the API.
    pub async fn sign_out(&self, app: &TestApp) {
        app.client().post("/api/auth/sign-out").bearer(&self.session_token).await.assert_ok();
    }

    async fn signed_in(app: &TestApp, response: &TestResponse) -> Self {
        let body = response.json();
        let text = |member: &str| body.pointer(member).and_then(|value| value.as_str()).expect("a text").to_owned();
        let session_token = text("/token");
        let access_token = access_token(app, &session_token).await;
        Self { user_id: text("/user/id"), session_token, access_token }
    }

    pub fn session_id(&self) -> &str {
        self.session_token.split_once('.').expect("an id and a secret").0
    }

    /// The user and session, for events about them.
    pub fn ids(&self) -> (UserId, SessionId) {
        let session = self.session_id().parse().expect("a session id");
        (self.user_id.parse().expect("a user id"), session)
    }

    /// The `Cookie` header of a browser with this session.
    pub fn cookies(&self) -> String {
        format!("{ACCESS}={}; {SESSION}={}", self.access_token, self.session_token)
    }

    /// The `Cookie` header with the access token alone.
    pub fn access_cookie(&self) -> String {
        format!("{ACCESS}={}", self.access_token)
    }

    /// The `Cookie` header with the session token alone.
    pub fn session_cookie(&self) -> String {
        format!("{SESSION}={}", self.session_token)
    }

    /// The `Authorization` header with the access token.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.access_token)
    }

    /// The `Authorization` header with the session token.
    pub fn session_bearer(&self) -> String {
        format!("Bearer {}", self.session_token)
    }

    /// A path below this user's routes: `/api/users/{user_id}{rest}`.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/users/{}{rest}", self.user_id)
    }

    /// GET of one of this user's routes with this user's access token.
    pub async fn get(&self, app: &TestApp, rest: &str) -> TestResponse {
        app.client().get(&self.path(rest)).bearer(&self.access_token).await
    }

    /// The kinds of this user's events, newest first.
    pub async fn events(&self, app: &TestApp) -> Vec<String> {
        let body = self.get(app, "/events").await.json();
        let kind = |event: &serde_json::Value| event["event"].as_str().expect("a kind").to_owned();
        body["events"].as_array().expect("events").iter().map(kind).collect()
    }
}

/// A new access token for a session.
pub async fn access_token(app: &TestApp, session_token: &str) -> String {
    let response = app.client().get("/api/auth/token").bearer(session_token).await;
    response.assert_ok();
    response.json()["token"].as_str().expect("a token").to_owned()
}
