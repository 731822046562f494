//! A browser as far as the service can tell: it keeps cookies for as long as they say, follows no
//! redirect by itself and says where a form comes from.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum_test::{TestRequest, TestResponse, TestServer};
use latchkey::{clock::ManualClock, domain::Timestamp};
use serde_json::Value;

use super::{BASE_URL, PASSWORD, TestApp};

/// The device the browser says it runs on.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// The network address the browser asks from.
pub const ADDRESS: &str = "192.0.2.2";

/// The cookie that renews, on http.
pub const SESSION: &str = "latchkey_session";

/// The cookie that opens pages and routes, on http.
pub const ACCESS: &str = "latchkey_access";

/// A browser and its cookies. Clones are tabs: they share the cookies.
#[derive(Clone)]
pub struct Browser {
    server: Arc<TestServer>,
    origin: String,
    clock: ManualClock,
    jar: Arc<Mutex<BTreeMap<String, Kept>>>,
}

#[derive(Clone)]
struct Kept {
    value: String,
    /// `None`: until the browser closes.
    until: Option<Timestamp>,
}

impl Browser {
    /// A browser nobody has used yet.
    pub fn new(app: &TestApp) -> Self {
        Self::at(app, BASE_URL, ADDRESS)
    }

    /// A browser on the page `origin` that asks from `address`.
    pub fn at(app: &TestApp, origin: &str, address: &str) -> Self {
        Self {
            server: Arc::new(app.program_at(address)),
            origin: origin.to_owned(),
            clock: app.clock.clone(),
            jar: Arc::default(),
        }
    }

    /// The same browser, talking to another process of the service.
    pub fn now_at(&self, app: &TestApp) -> Self {
        Self { server: Arc::new(app.program_at(ADDRESS)), ..self.clone() }
    }

    /// A copy with cookies of its own: what a thief has who copied them.
    pub fn stolen(&self) -> Self {
        let jar = self.jar.lock().expect("nobody panicked").clone();
        Self { jar: Arc::new(Mutex::new(jar)), ..self.clone() }
    }

    /// Closes and opens the browser.
    pub fn restart(&self) {
        self.jar.lock().expect("nobody panicked").retain(|_, kept| kept.until.is_some());
    }

    /// Asks for a page, or for an API's answer.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.keep(self.prepared(self.server.get(path)).await)
    }

    /// Asks without keeping the cookies of the answer: it got lost on its way.
    pub async fn get_and_lose_the_answer(&self, path: &str) -> TestResponse {
        self.prepared(self.server.get(path)).await
    }

    /// Sends a form.
    pub async fn post(&self, action: &str, form: &[(&str, &str)]) -> TestResponse {
        let request = self.server.post(&format!("/actions/{action}")).form(&form);
        self.keep(self.prepared(request).add_header("origin", &self.origin).await)
    }

    /// Sends JSON to the API, as a page's script does.
    pub async fn post_json(&self, path: &str, body: &Value) -> TestResponse {
        let request = self.server.post(path).json(body);
        self.keep(self.prepared(request).add_header("origin", &self.origin).await)
    }

    /// Signs up through the form, to stay signed in.
    pub async fn sign_up(&self, email: &str) -> TestResponse {
        self.post("sign-up", &[("name", "Ada"), ("email", email), ("password", PASSWORD), ("remember", "true")]).await
    }

    /// Signs in through the form, to stay signed in.
    pub async fn sign_in(&self, email: &str, password: &str) -> TestResponse {
        self.post("sign-in", &[("email", email), ("password", password), ("remember", "true")]).await
    }

    /// What the page at `path` shows.
    pub async fn page(&self, path: &str) -> String {
        self.get(path).await.text()
    }

    /// Whether the account page shows an account.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/account").await.status_code() == 200
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.live().remove(name)
    }

    /// Puts a cookie into the browser.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let kept = Kept { value: value.to_owned(), until: None };
        self.jar.lock().expect("nobody panicked").insert(name.to_owned(), kept);
    }

    /// Takes a cookie from the browser.
    pub fn remove_cookie(&self, name: &str) {
        self.jar.lock().expect("nobody panicked").remove(name);
    }

    fn live(&self) -> BTreeMap<String, String> {
        let now = self.clock.clock().now();
        let jar = self.jar.lock().expect("nobody panicked");
        let live = jar.iter().filter(|(_, kept)| kept.until.is_none_or(|until| until > now));
        live.map(|(name, kept)| (name.clone(), kept.value.clone())).collect()
    }

    fn prepared(&self, request: TestRequest) -> TestRequest {
        let cookies: Vec<_> = self.live().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.add_header("accept", "text/html").add_header("user-agent", USER_AGENT);
        if cookies.is_empty() { request } else { request.add_header("cookie", cookies.join("; ")) }
    }

    fn keep(&self, response: TestResponse) -> TestResponse {
        let now = self.clock.clock().now();
        let mut jar = self.jar.lock().expect("nobody panicked");
        for cookie in response.iter_cookies() {
            let until = cookie.max_age().map(|age| now.plus(age.unsigned_abs()));
            if until.is_some_and(|until| until <= now) {
                jar.remove(cookie.name());
            } else {
                jar.insert(cookie.name().to_owned(), Kept { value: cookie.value().to_owned(), until });
            }
        }
        drop(jar);
        response
    }
}

/// The values of a response's `Set-Cookie` headers, as they are.
pub fn set_cookies(response: &TestResponse) -> Vec<String> {
    response.iter_headers_by_name("set-cookie").map(|value| value.to_str().expect("text").to_owned()).collect()
}

/// The value a response gives a cookie; empty where it removes it.
pub fn new_cookie(response: &TestResponse, name: &str) -> Option<String> {
    response.maybe_cookie(name).map(|cookie| cookie.value().to_owned())
}

/// Whether a response tells the browser to forget the whole session.
pub fn clears_session(response: &TestResponse) -> bool {
    [SESSION, ACCESS].iter().all(|name| new_cookie(response, name).as_deref() == Some(""))
}
