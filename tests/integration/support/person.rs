//! Somebody with an account.

use axum_test::TestResponse;
use serde_json::{Value, json};

use super::{PASSWORD, TestApp};

/// Somebody with an account, signed in over the API.
pub struct Person {
    pub user_id: String,
    /// The session token, as a program holds it.
    pub session_token: String,
    /// An access token of that session.
    pub access_token: String,
}

impl Person {
    pub async fn sign_up(app: &TestApp, email: &str) -> Self {
        let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
        let answer = app.program().post("/api/auth/sign-up/email").json(&body).await;
        answer.assert_status_ok();
        Self::signed_in(app, &answer).await
    }

    /// Signs in once more: another session.
    pub async fn sign_in(app: &TestApp, email: &str) -> Self {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = app.program().post("/api/auth/sign-in/email").json(&body).await;
        answer.assert_status_ok();
        Self::signed_in(app, &answer).await
    }

    async fn signed_in(app: &TestApp, answer: &TestResponse) -> Self {
        let body: Value = answer.json();
        let session_token = text(&body["token"]);
        let access_token = access_token(app, &session_token).await;
        Self { user_id: text(&body["user"]["id"]), session_token, access_token }
    }

    /// A path under this user's routes: `/api/users/{user_id}{rest}`.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/users/{}{rest}", self.user_id)
    }

    /// A GET of one of this user's routes with this user's access token.
    pub async fn get(&self, app: &TestApp, rest: &str) -> TestResponse {
        app.program().get(&self.path(rest)).authorization_bearer(&self.access_token).await
    }

    /// The kinds of this user's events, newest first.
    pub async fn events(&self, app: &TestApp) -> Vec<String> {
        let body: Value = self.get(app, "/events").await.json();
        body["events"].as_array().expect("events").iter().map(|event| text(&event["event"])).collect()
    }
}

/// A fresh access token for a session.
pub async fn access_token(app: &TestApp, session_token: &str) -> String {
    let answer = app.program().get("/api/auth/token").authorization_bearer(session_token).await;
    answer.assert_status_ok();
    text(&answer.json::<Value>()["token"])
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
