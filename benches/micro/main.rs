//! Benchmarks of the parts of a request, with criterion: `make bench-micro`.
//!
//! The groups of requests go through the router in this process, without a socket. Their differences show the layers:
//! `healthz` has those of every request, `verify` also authentication, `profile` also the database.
#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod renewals;
mod service;

use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group};
use latchkey::auth::{
    Requester,
    sessions::{credential::SessionCredential, open::SignedIn},
};
use tokio::runtime::Runtime;

use service::Service;

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = tokens, renewal, requests, pages
}

fn main() {
    if std::env::args().any(|argument| argument == "renewals") {
        runtime().block_on(renewals::measure());
    } else {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}

fn runtime() -> Runtime {
    Runtime::new().expect("a runtime")
}

fn access_token(account: &SignedIn) -> &str {
    account.access.as_ref().expect("a session with full access").token.expose()
}

/// Verifying and issuing an access token.
fn tokens(criterion: &mut Criterion) {
    let runtime = runtime();
    for algorithm in ["HS256", "EdDSA", "ES256"] {
        let service = runtime.block_on(Service::new(algorithm));
        let account = runtime.block_on(service.sign_up(1));
        let (tokens, token) = (&service.auth.tokens, access_token(&account));
        criterion.bench_function(&format!("verify/{algorithm}"), |bencher| {
            bencher.iter(|| tokens.verify(token).expect("a valid token"));
        });
        criterion.bench_function(&format!("issue/{algorithm}"), |bencher| {
            bencher.iter(|| tokens.issue(&account.user, &account.session).expect("a token"));
        });
    }
}

/// Renewing a session, with and without a rotation of its token. A rotation is durable: it waits for the disk.
fn renewal(criterion: &mut Criterion) {
    let (runtime, requester) = (runtime(), Requester::default());
    let service = runtime.block_on(Service::new("HS256"));
    let sessions = &service.auth.sessions;
    let mut credential = SessionCredential::Own(runtime.block_on(service.sign_up(1)).session_token);
    criterion.bench_function("renew/rotate", |bencher| {
        bencher.iter_batched(
            || service.clock.advance(Duration::from_secs(10)),
            |()| {
                let renewal = runtime.block_on(sessions.renew(&credential, &requester)).expect("a renewal");
                credential = SessionCredential::Own(renewal.next.expect("a rotation"));
            },
            BatchSize::PerIteration,
        );
    });
    criterion.bench_function("renew/keep", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { sessions.renew(&credential, &requester).await.expect("a renewal").access });
    });
}

/// Requests of programs, and of a browser with cookies.
fn requests(criterion: &mut Criterion) {
    let runtime = runtime();
    let service = runtime.block_on(Service::new("HS256"));
    let account = runtime.block_on(service.sign_up(1));
    let profile = format!("/api/users/{}", account.user.id);
    let token = access_token(&account);
    let (bearer, access) = (format!("Bearer {token}"), format!("latchkey_access={token}"));
    let cookies = format!("{access}; latchkey_session={}", account.session_token.expose());
    let others = format!("theme=dark; language=en; {cookies}; other=0123456789abcdef0123456789abcdef");
    let cases = [
        ("healthz", "/healthz", None),
        ("verify bearer", "/api/auth/verify", Some(("authorization", bearer.as_str()))),
        ("profile bearer", profile.as_str(), Some(("authorization", bearer.as_str()))),
        ("profile cookies", profile.as_str(), Some(("cookie", cookies.as_str()))),
        ("profile cookies of others too", profile.as_str(), Some(("cookie", others.as_str()))),
        ("get-session cookies", "/api/auth/get-session", Some(("cookie", cookies.as_str()))),
    ];
    measure(criterion, &runtime, &service, "request", &cases);
}

/// Rendering pages.
fn pages(criterion: &mut Criterion) {
    let runtime = runtime();
    let service = runtime.block_on(Service::new("HS256"));
    let account = runtime.block_on(service.sign_up(1));
    let access = access_token(&account);
    let cookies = format!("latchkey_access={access}; latchkey_session={}", account.session_token.expose());
    let cases = [
        ("sign-in", "/sign-in", None),
        ("sign-up", "/sign-up", None),
        ("account", "/account", Some(("cookie", cookies.as_str()))),
        ("sessions", "/account/sessions", Some(("cookie", cookies.as_str()))),
    ];
    measure(criterion, &runtime, &service, "page", &cases);
}

/// A name, a path and a header.
type Case<'a> = (&'a str, &'a str, Option<(&'a str, &'a str)>);

fn measure(criterion: &mut Criterion, runtime: &Runtime, service: &Service, group: &str, cases: &[Case]) {
    for (name, path, header) in cases {
        criterion.bench_function(&format!("{group}/{name}"), |bencher| {
            bencher.to_async(runtime).iter(|| service.get(path, *header));
        });
    }
}
