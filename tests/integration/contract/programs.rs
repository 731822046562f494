//! Programs and apps that are no browsers, by the headers that they send.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, client::TestResponse};

/// The request headers of programs, apart from host, length and encoding.
const PROGRAMS: [(&str, &[(&str, &str)]); 7] = [
    // `fetch` of Node.js 20, undici's `fetch`, and Better Auth's client on them.
    ("fetch", &[("accept", "*/*"), ("accept-language", "*"), ("sec-fetch-mode", "cors"), ("user-agent", "node")]),
    ("undici.request", &[]),
    ("axios", &[("accept", "application/json, text/plain, */*"), ("user-agent", "axios/1.7.2")]),
    ("got", &[("user-agent", "got (https://github.com/sindresorhus/got)"), ("accept", "application/json")]),
    ("requests", &[("user-agent", "python-requests/2.32.3"), ("accept", "*/*"), ("connection", "keep-alive")]),
    ("httpx", &[("user-agent", "python-httpx/0.27.0"), ("accept", "*/*"), ("connection", "keep-alive")]),
    ("curl", &[("user-agent", "curl/8.5.0"), ("accept", "*/*")]),
];

async fn post(app: &TestApp, path: &str, headers: &[(&str, &str)], body: &Value) -> TestResponse {
    let request = app.client().post(&format!("/api/auth{path}")).json(body);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).await
}

#[tokio::test]
async fn program_uses_the_api_without_an_origin() {
    for (program, headers) in PROGRAMS {
        let app = TestApp::new().await;
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
        post(&app, "/sign-up/email", headers, &body).await.assert_ok();
        let signed_in = post(&app, "/sign-in/email", headers, &body).await;
        assert_eq!(signed_in.status, 200, "{program}: {}", signed_in.body);
        let bearer = format!("Bearer {}", signed_in.header("set-auth-token"));
        let headers = [headers, &[("authorization", bearer.as_str())]].concat();
        for (path, body) in [("/update-user", json!({ "name": "Grace" })), ("/sign-out", json!({}))] {
            assert_eq!(post(&app, path, &headers, &body).await.status, 200, "{program} {path}");
        }
    }
}

/// What `@better-auth/expo` 1.7.6 sends: no `Origin`, its own cookies and the app's address.
const EXPO: [(&str, &str); 2] = [("expo-origin", "myapp://"), ("x-skip-oauth-proxy", "true")];

/// The cookies that the Expo client has stored.
fn stored(response: &TestResponse) -> String {
    let pairs: Vec<_> =
        response.cookies().iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
    pairs.join("; ")
}

#[tokio::test]
async fn expo_client_uses_the_api_with_cookies() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "myapp://")]).await;
    let body =
        json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "callbackURL": "myapp:///home" });
    let signed_up = post(&app, "/sign-up/email", &EXPO, &body).await;
    signed_up.assert_ok();
    let cookie = stored(&signed_up);
    let headers = [&EXPO[..], &[("cookie", cookie.as_str())]].concat();
    post(&app, "/update-user", &headers, &json!({ "name": "Grace" })).await.assert_ok();
    let again = post(&app, "/sign-in/email", &headers, &body).await;
    again.assert_ok();
    let cookie = stored(&again);
    let headers = [&EXPO[..], &[("cookie", cookie.as_str())]].concat();
    let passwords =
        json!({ "currentPassword": PASSWORD, "newPassword": "another otter lantern 7", "revokeOtherSessions": true });
    let changed = post(&app, "/change-password", &headers, &passwords).await;
    changed.assert_ok();
    let cookie = stored(&changed);
    let token = changed.json()["token"].as_str().expect("a token").to_owned();
    let headers = [&EXPO[..], &[("cookie", cookie.as_str())]].concat();
    post(&app, "/sign-out", &headers, &json!({})).await.assert_ok();
    assert!(!app.has_session(&token).await, "the session has ended");
}

#[tokio::test]
async fn expo_origin_must_be_a_trusted_app() {
    let trusted = ("LATCHKEY_TRUSTED_ORIGINS", "myapp://,https://app.example.com,http://localhost:*");
    let app = TestApp::with(&[trusted]).await;
    let ada = app.person("ada@example.com").await;
    let cookies = ada.cookies();
    for more in [
        &[("expo-origin", "other://")][..],
        &[("expo-origin", "http://localhost:3000")],
        &[("expo-origin", "https://app.example.com")],
        &[("expo-origin", "http://localhost:8081")],
        &[("expo-origin", "")],
        &[("expo-origin", "myapp://"), ("origin", "https://evil.example")],
        &[("expo-origin", "myapp://"), ("sec-fetch-site", "cross-site")],
    ] {
        let headers = [more, &[("cookie", cookies.as_str())]].concat();
        assert_eq!(post(&app, "/sign-out", &headers, &json!({})).await.status, 403, "{more:?}");
    }
    assert!(app.has_session(&ada.session_token).await);
}
