//! A browser as the service sees it: keeps cookies until they expire, follows no redirects, and sends
//! `Origin` with forms.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use latchkey::{clock::ManualClock, domain::Timestamp};
use serde_json::Value;

use super::{
    BASE_URL, PASSWORD, TestApp,
    client::{TestClient, TestRequest, TestResponse},
};

/// The browser's `User-Agent`.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// The browser's network address.
pub const ADDRESS: &str = "192.0.2.2";

/// The session cookie on http.
pub const SESSION: &str = "latchkey_session";

/// The access cookie on http.
pub const ACCESS: &str = "latchkey_access";

/// The cookie of a known device on http.
pub const DEVICE: &str = "latchkey_device";

/// A browser and its cookies. Clones are tabs: they share the cookies.
#[derive(Clone)]
pub struct Browser {
    client: TestClient,
    origin: String,
    clock: ManualClock,
    jar: Arc<Mutex<Jar>>,
}

type Jar = BTreeMap<String, Kept>;

#[derive(Clone)]
struct Kept {
    value: String,
    /// `None`: until the browser closes.
    expires_at: Option<Timestamp>,
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        Self::at(app, BASE_URL, ADDRESS)
    }

    /// A browser on a page of `origin`, at a network address.
    pub fn at(app: &TestApp, origin: &str, address: &str) -> Self {
        Self {
            client: app.client_at(address),
            origin: origin.to_owned(),
            clock: app.clock.clone(),
            jar: Arc::default(),
        }
    }

    /// The same browser, connected to another process of the service.
    pub fn connected_to(&self, app: &TestApp) -> Self {
        Self { client: app.client_at(ADDRESS), ..self.clone() }
    }

    /// The same browser on a page of another instance, at another port of the host: the cookies are shared.
    pub fn on(&self, app: &TestApp, origin: &str) -> Self {
        Self { client: app.client_at(ADDRESS), origin: origin.to_owned(), ..self.clone() }
    }

    /// A copy of the cookies, as a thief has it.
    pub fn stolen(&self) -> Self {
        let jar = self.jar().clone();
        Self { jar: Arc::new(Mutex::new(jar)), ..self.clone() }
    }

    /// Closes and reopens the browser: session cookies are lost.
    pub fn restart(&self) {
        self.jar().retain(|_, kept| kept.expires_at.is_some());
    }

    pub async fn get(&self, path: &str) -> TestResponse {
        self.keep(self.typed(path).await)
    }

    /// Sends a request and loses the response: its cookies are not kept.
    pub async fn get_and_lose_response(&self, path: &str) -> TestResponse {
        self.typed(path).await
    }

    /// Opens the page at `path` from a link on another page: `site` is `Sec-Fetch-Site`.
    pub async fn follow_link(&self, path: &str, site: &str) -> TestResponse {
        self.keep(self.prepared(self.client.get(path)).header("sec-fetch-site", site).await)
    }

    /// Opens the page as an old browser does, without Fetch Metadata.
    pub async fn get_as_old_browser(&self, path: &str, headers: &[(&str, &str)]) -> TestResponse {
        let request = self.prepared(self.client.get(path));
        self.keep(headers.iter().fold(request, |request, (name, value)| request.header(name, value)).await)
    }

    /// The path typed into the address bar.
    fn typed(&self, path: &str) -> TestRequest {
        self.prepared(self.client.get(path)).header("sec-fetch-site", "none")
    }

    /// Submits the form of an action.
    pub async fn post(&self, action: &str, form: &[(&str, &str)]) -> TestResponse {
        let request = self.client.post(&format!("/actions/{action}")).form(form);
        self.keep(self.prepared(request).header("origin", &self.origin).await)
    }

    /// Sends JSON to the API, as a script on the page does.
    pub async fn post_json(&self, path: &str, body: &Value) -> TestResponse {
        let request = self.client.post(path).json(body);
        self.keep(self.prepared(request).header("origin", &self.origin).await)
    }

    /// Signs up with the form and "Keep me signed in".
    pub async fn sign_up(&self, email: &str) -> TestResponse {
        self.post("sign-up", &[("name", "Ada"), ("email", email), ("password", PASSWORD), ("remember", "true")]).await
    }

    /// Signs in with the form and "Keep me signed in".
    pub async fn sign_in(&self, email: &str, password: &str) -> TestResponse {
        self.post("sign-in", &[("email", email), ("password", password), ("remember", "true")]).await
    }

    /// The HTML of the page at `path`.
    pub async fn page(&self, path: &str) -> String {
        self.get(path).await.body
    }

    /// Whether the account page is shown.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/account").await.status == 200
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.live().remove(name)
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        let kept = Kept { value: value.to_owned(), expires_at: None };
        self.jar().insert(name.to_owned(), kept);
    }

    pub fn remove_cookie(&self, name: &str) {
        self.jar().remove(name);
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().expect("no panic under the lock")
    }

    fn live(&self) -> BTreeMap<String, String> {
        let now = self.clock.clock().now();
        let jar = self.jar();
        let live = jar.iter().filter(|(_, kept)| kept.expires_at.is_none_or(|expires_at| expires_at > now));
        live.map(|(name, kept)| (name.clone(), kept.value.clone())).collect()
    }

    fn prepared(&self, request: TestRequest) -> TestRequest {
        let cookies: Vec<_> = self.live().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("accept", "text/html").header("user-agent", USER_AGENT);
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    fn keep(&self, response: TestResponse) -> TestResponse {
        let now = self.clock.clock().now();
        let mut jar = self.jar();
        for cookie in response.cookies() {
            let expires_at = cookie.max_age().map(|age| now.plus(age.unsigned_abs()));
            if expires_at.is_some_and(|at| at <= now) {
                jar.remove(cookie.name());
            } else {
                jar.insert(cookie.name().to_owned(), Kept { value: cookie.value().to_owned(), expires_at });
            }
        }
        drop(jar);
        response
    }
}
