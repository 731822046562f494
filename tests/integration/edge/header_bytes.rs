//! Headers with bytes that are not ASCII, in UTF-8 and in other encodings. Browsers and proxies pass them on.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{
    BASE_URL, FORM, JSON, PASSWORD, TestApp, WRONG_PASSWORD,
    client::TestResponse,
    person::Person,
    records::{details, security_log},
};

/// Cookies of other programs on the host.
const FOREIGN: [&[u8]; 4] =
    ["__utmz=Undersøgelse".as_bytes(), b"__utmz=Unders\xf8gelse", b"\xff\xfe=\x80", "näme=1; b=\"ü\"".as_bytes()];

/// The `Cookie` headers of a browser with `own` and `foreign` cookies: in one header in either order, and in several, as
/// HTTP/2 has them.
fn headers(own: &str, foreign: &[u8]) -> [Vec<Vec<u8>>; 3] {
    let own = own.as_bytes().to_vec();
    [
        vec![[own.as_slice(), b"; ", foreign].concat()],
        vec![[foreign, b"; ", own.as_slice()].concat()],
        vec![own, foreign.to_vec()],
    ]
}

async fn send(app: &TestApp, line: &str, cookies: &[Vec<u8>], more: &[(&str, &str)], body: &str) -> TestResponse {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let request = app.client().request(method, path);
    let request = cookies.iter().fold(request, |request, cookie| request.header_bytes("cookie", cookie));
    more.iter().fold(request, |request, (name, value)| request.header(name, value)).body(body.to_owned()).await
}

#[tokio::test]
async fn foreign_cookie_keeps_the_user_signed_in() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for foreign in FOREIGN {
        for cookies in headers(&ada.cookies(), foreign) {
            assert_eq!(send(&app, "GET /account", &cookies, &[], "").await.status, StatusCode::OK, "{cookies:?}");
            let session = send(&app, "GET /api/auth/get-session", &cookies, &[], "").await;
            assert_eq!(session.json()["user"]["email"], "ada@example.com", "{cookies:?}");
            for line in [&format!("GET {}", ada.path("")), "GET /api/auth/token", "GET /api/auth/verify"] {
                assert_eq!(send(&app, line, &cookies, &[], "").await.status, StatusCode::OK, "{line} {cookies:?}");
            }
        }
    }
}

#[tokio::test]
async fn foreign_cookie_does_not_prevent_sign_out() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    for foreign in FOREIGN {
        for (line, status) in [("POST /api/auth/sign-out", 200), ("POST /actions/sign-out", 303)] {
            let session = Person::sign_in(&app, "ada@example.com").await;
            let cookies = &headers(&session.cookies(), foreign)[0];
            let response = send(&app, line, cookies, &[("origin", BASE_URL), FORM_TYPE], "").await;
            assert_eq!((response.status.as_u16(), response.clears_session()), (status, true), "{line}");
            assert!(!app.has_session(&session.session_token).await, "{line} {foreign:?}");
        }
    }
}

/// Only the form needs it.
const FORM_TYPE: (&str, &str) = ("content-type", FORM.1);

#[tokio::test]
async fn foreign_cookie_keeps_the_result_of_a_form() {
    let app = TestApp::new().await;
    for foreign in FOREIGN {
        let body = format!("email=ada%40example.com&password={}", WRONG_PASSWORD.replace(' ', "+"));
        let cookies = [foreign.to_vec()];
        let response = send(&app, "POST /actions/sign-in", &cookies, &[("origin", BASE_URL), FORM], &body).await;
        assert_eq!(response.header("location"), "/sign-in");
        let result = format!("latchkey_form={}", response.new_cookie("latchkey_form").expect("a result"));
        for cookies in headers(&result, foreign) {
            let page = send(&app, "GET /sign-in", &cookies, &[], "").await;
            assert!(page.body.contains("ada@example.com"), "{cookies:?}");
        }
    }
}

#[tokio::test]
async fn unreadable_session_cookie_is_present() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for value in [&b"\xff"[..], "é".as_bytes(), &[ada.session_token.as_bytes(), b"\xe9"].concat()] {
        let cookies = [[b"latchkey_session=", value].concat()];
        assert_eq!(send(&app, "GET /account", &cookies, &[], "").await.status, StatusCode::SEE_OTHER);
        let profile = send(&app, &format!("GET {}", ada.path("")), &cookies, &[], "").await;
        assert_eq!(profile.problem(), "401 invalid_token", "{value:?}");
        let foreign = send(&app, "POST /api/auth/sign-out", &cookies, &[JSON], "{}").await;
        assert_eq!(foreign.json()["code"], "MISSING_OR_NULL_ORIGIN", "a request with a cookie needs an origin");
    }
    let twice = [ada.session_cookie().into_bytes(), b"latchkey_session=\xff".to_vec()];
    assert_eq!(send(&app, "GET /account", &twice, &[], "").await.status, StatusCode::SEE_OTHER, "one of two");
}

#[tokio::test]
async fn user_agent_with_other_bytes_has_a_name() {
    let ipod = "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X; René's iPod) AppleWebKit/605.1.15 (KHTML, \
                like Gecko) Version/12.0 Mobile/15E148 Safari/604.1";
    let phone = "Mozilla/5.0 (Linux; Android 13; X325–Locked) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
                 Mobile Safari/537.36";
    let latin_1: Vec<u8> = ipod.chars().map(|c| u8::try_from(u32::from(c)).expect("a Latin-1 character")).collect();
    for (bytes, agent, name) in [
        (ipod.as_bytes(), ipod, "Safari on iPod"),
        (&latin_1, ipod, "Safari on iPod"),
        (phone.as_bytes(), phone, "Chrome on Android"),
    ] {
        let app = TestApp::new().await;
        app.person("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let request = app.client().post("/api/auth/sign-in/email").json(&body).header_bytes("user-agent", bytes);
        let token = request.await.json()["token"].as_str().expect("a token").to_owned();
        let session = app.session(&token).await["session"].clone();
        assert_eq!(session["userAgent"], agent);
        let page =
            send(&app, "GET /account/activity", &[format!("latchkey_session={token}").into_bytes()], &[], "").await;
        assert!(page.body.contains(name), "{name}");
    }
}

#[tokio::test]
async fn forwarded_path_with_other_bytes_is_kept() {
    let app = TestApp::new().await;
    for (uri, path) in [
        ("/café".as_bytes(), "/caf%C3%A9"),
        (b"/caf\xe9", "/caf%E9"),
        ("/suche?q=größe&b=c#ä".as_bytes(), "/suche?q=gr%C3%B6%C3%9Fe&b=c#%C3%A4"),
        ("/京都".as_bytes(), "/%E4%BA%AC%E9%83%BD"),
    ] {
        let request = app.client().get("/api/auth/verify?redirect=true").header_bytes("x-forwarded-uri", uri);
        let request = request.header("accept", "text/html").header("x-forwarded-method", "GET");
        let request = request.header("x-forwarded-proto", "http").header("x-forwarded-host", "localhost:3000");
        let response = request.await;
        let sign_in = response.header("location").strip_prefix(BASE_URL).expect("the sign-in page").to_owned();
        let page = app.client().get(&sign_in).await;
        assert!(page.body.contains(&format!(r#"name="next" value="{}""#, path.replace('&', "&amp;"))), "{path}");
        let email = format!("{}@example.com", path.len());
        let form = [("email", email.as_str()), ("password", PASSWORD), ("next", path)];
        let signed_up = app.client().post("/actions/sign-up").form(&form).await;
        assert_eq!(signed_up.header("location"), path);
    }
}

#[tokio::test]
async fn requested_page_with_other_bytes_is_kept() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for next in ["/account?x=é", "/caf%C3%A9"] {
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
        let response = app.client().post("/actions/sign-in").form(&form).await;
        assert_eq!(response.header("location"), next.replace('é', "%C3%A9"));
    }
}

#[tokio::test]
async fn unreadable_header_is_never_permissive() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = [ada.cookies().into_bytes()];
    // Forward authentication: the method, and the site of the request.
    for (name, value) in [
        ("x-forwarded-method", &b"GET\xff"[..]),
        ("origin", b"\xff"),
        ("sec-fetch-site", "same-origin\u{e9}".as_bytes()),
    ] {
        let request = app.client().get("/api/auth/verify").header("cookie", ada.cookies()).header_bytes(name, value);
        let request = if name == "x-forwarded-method" {
            request.header("sec-fetch-site", "cross-site")
        } else {
            request.header("x-forwarded-method", "POST")
        };
        assert_eq!(request.await.problem(), "403 cross_site", "{name}");
    }
    // An unreadable `Origin` is no program's request.
    for line in [&format!("DELETE {}/sessions", ada.path("")), "POST /actions/sign-out", "POST /api/auth/sign-out"] {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        for value in [&b"http://localhost:3000\xff"[..], "http://localhost:3000é".as_bytes()] {
            let request = app.client().request(method, path).header("cookie", ada.cookies());
            let response = request.header_bytes("origin", value).header(FORM.0, FORM.1).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{line}");
        }
    }
    // An unreadable `Authorization` never falls back to the cookies.
    for value in [&b"Bearer \xff"[..], &[ada.bearer().as_bytes(), b"\xff"].concat(), b"\xff"] {
        let request = app.client().get(&ada.path("")).header("cookie", ada.cookies());
        assert_eq!(request.header_bytes("authorization", value).await.status, StatusCode::UNAUTHORIZED, "{value:?}");
    }
    assert_eq!(send(&app, "GET /account", &cookies, &[], "").await.status, StatusCode::OK, "the session is active");
    assert!(!details(&app, "malicious_csrf").await.is_empty());
}

const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";

type Site = Vec<(&'static str, Vec<u8>)>;

/// The forwarded site of a request to this host.
fn readable_site(host: &str) -> Site {
    vec![(PROTO, b"http".to_vec()), (HOST, host.as_bytes().to_vec())]
}

/// The same site, but one of the headers has other bytes or is repeated.
fn unreadable_sites(host: &str) -> Vec<Site> {
    let mut sites = Vec::new();
    for changed in 0..2 {
        for end in [&b"\xff"[..], "é".as_bytes()] {
            let mut site = readable_site(host);
            site[changed].1.extend(end);
            sites.push(site);
        }
        let mut site = readable_site(host);
        site.push(site[changed].clone());
        sites.push(site);
    }
    sites
}

/// Forward authentication of a request to this site.
async fn verify(app: &TestApp, site: &[(&str, Vec<u8>)], more: &[(&str, &str)]) -> TestResponse {
    let request = app.client().get("/api/auth/verify?redirect=true");
    let request = site.iter().fold(request, |request, (name, value)| request.header_bytes(name, value));
    more.iter().fold(request, |request, (name, value)| request.header(name, value)).await
}

#[tokio::test]
async fn unreadable_forwarded_site_gives_no_next() {
    let app = TestApp::new().await;
    let page = [("accept", "text/html"), ("x-forwarded-method", "GET"), ("x-forwarded-uri", "/tasks")];
    let sign_in = format!("{BASE_URL}/sign-in");
    let response = verify(&app, &readable_site("localhost:3000"), &page).await;
    assert_eq!(response.header("location"), format!("{sign_in}?next=%2Ftasks"));
    for site in unreadable_sites("localhost:3000") {
        let response = verify(&app, &site, &page).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, &*sign_in), "{site:?}");
    }
}

#[tokio::test]
async fn unreadable_forwarded_site_is_not_own() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = ada.cookies();
    let form = [("x-forwarded-method", "POST"), ("origin", "http://localhost:5173"), ("cookie", cookies.as_str())];
    let response = verify(&app, &readable_site("localhost:5173"), &form).await;
    assert_eq!(response.status, StatusCode::OK, "a form of the upstream's own page");
    for site in unreadable_sites("localhost:5173") {
        let response = verify(&app, &site, &form).await;
        assert_eq!(response.status, StatusCode::FORBIDDEN, "{site:?}");
        assert!(!response.has("x-auth-user-id"), "{site:?}");
    }
}

#[tokio::test]
async fn other_bytes_in_lists_affect_one_element() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    let tag = app.client().get("/api/openapi.json").await.header("etag").to_owned();
    let seen = [b"\"\xff\", ", tag.as_bytes()].concat();
    let unchanged = app.client().get("/api/openapi.json").header_bytes("if-none-match", &seen).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);

    let page = app.client().get("/api/auth/verify?redirect=true").header("x-forwarded-method", "GET");
    let page = page.header_bytes("accept", b"x/\xff, text/html;q=0.9;x=\xe9").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);

    for (forwarded, address) in [
        (&b"\xff, 203.0.113.9"[..], "203.0.113.9"),
        (b"203.0.113.9, \xff", "10.0.0.1"),
        (b"203.0.113.9, \xff, 10.0.0.2", "10.0.0.2"),
    ] {
        let body = json!({ "email": "nobody@example.com", "password": WRONG_PASSWORD });
        let request = app.client_at("10.0.0.1").post("/api/auth/sign-in/email").json(&body);
        request.header_bytes("x-forwarded-for", forwarded).await;
        let log = security_log(&app).await;
        assert_eq!(log.last().and_then(|event| event.address.as_deref()), Some(address), "{forwarded:?}");
    }
}

#[tokio::test]
async fn media_type_with_other_bytes_is_read() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for (kind, profile, contract) in [
        (&b"application/json; name=\xe9"[..], 200, 401),
        ("application/json;x=\"é\"".as_bytes(), 200, 401),
        ("text/plän".as_bytes(), 415, 415),
        (b"\xff", 415, 415),
    ] {
        let request = app.client().patch(&ada.path("")).bearer(&ada.access_token).header_bytes("content-type", kind);
        assert_eq!(request.body(r#"{"name":"Ada"}"#).await.status.as_u16(), profile, "{kind:?}");
        let body = json!({ "email": "nobody@example.com", "password": WRONG_PASSWORD }).to_string();
        let request = app.client().post("/api/auth/sign-in/email").header_bytes("content-type", kind);
        assert_eq!(request.body(body).await.status.as_u16(), contract, "{kind:?}");
    }
}
