//! A service with the range API of breached passwords, on a loopback port.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use latchkey::crypto::sha1::sha1_hex;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// A request that the service received.
pub struct Received {
    pub digits: String,
    pub headers: HeaderMap,
}

type Respond = dyn Fn() -> Response + Send + Sync;

/// A running service. It stops with the test's runtime.
pub struct RangeApi {
    pub url: String,
    pub received: UnboundedReceiver<Received>,
}

struct Service {
    received: UnboundedSender<Received>,
    /// `None`: no answer.
    respond: Option<Arc<Respond>>,
}

impl RangeApi {
    /// Answers each request with the result of `respond`.
    pub async fn start(respond: impl Fn() -> Response + Send + Sync + 'static) -> Self {
        Self::run(Some(Arc::new(respond))).await
    }

    /// Never answers.
    pub async fn hanging() -> Self {
        Self::run(None).await
    }

    async fn run(respond: Option<Arc<Respond>>) -> Self {
        let (sender, received) = unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/range/", listener.local_addr().expect("an address"));
        let service = Arc::new(Service { received: sender, respond });
        let router = Router::new().route("/range/{digits}", axum::routing::get(answer)).with_state(service);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }
}

async fn answer(State(service): State<Arc<Service>>, Path(digits): Path<String>, headers: HeaderMap) -> Response {
    service.received.send(Received { digits, headers }).expect("the test waits");
    match &service.respond {
        Some(respond) => respond(),
        None => std::future::pending().await,
    }
}

/// The line of a password in an answer.
pub fn line(password: &str, count: u32) -> String {
    format!("{}:{count}\r\n", &sha1_hex(password.as_bytes())[5..])
}
