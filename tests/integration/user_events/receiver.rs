//! A receiver of webhooks on a loopback address.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use latchkey::crypto::hmac::HmacKey;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Notify, mpsc},
};

/// The secret that signs webhooks.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// The next secret.
pub const NEXT_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A received webhook.
#[derive(Clone, Debug)]
pub struct Received {
    pub id: String,
    pub timestamp: String,
    pub signatures: Vec<String>,
    pub content_type: String,
    pub body: String,
}

/// How the receiver answers.
#[derive(Clone)]
pub enum Reply {
    Status(u16),
    /// This status, and `Retry-After` in seconds.
    After(u16, &'static str),
    /// This status, and a body of a megabyte.
    Large(u16),
    /// No answer until [`Receiver::release`].
    Held,
}

struct Answers {
    /// Answers of events with this text in their body, one per request, before the default.
    planned: Mutex<Vec<(String, VecDeque<Reply>)>>,
    received: mpsc::UnboundedSender<Received>,
    released: Notify,
}

pub struct Receiver {
    pub url: String,
    answers: Arc<Answers>,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/webhooks", listener.local_addr().expect("an address"));
        let (sender, received) = mpsc::unbounded_channel();
        let answers = Arc::new(Answers { planned: Mutex::default(), received: sender, released: Notify::new() });
        let router = Router::new().route("/webhooks", post(receive)).with_state(Arc::clone(&answers));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the receiver runs") });
        Self { url, answers, received }
    }

    /// The settings of a service that sends webhooks here.
    pub fn settings(&self) -> [(&str, &str); 3] {
        [("LATCHKEY_WEBHOOK_URL", &self.url), ("LATCHKEY_WEBHOOK_SECRET", SECRET), super::TOKEN]
    }

    /// Answers the next requests whose body contains `text`.
    pub fn plan(&self, text: &str, replies: &[Reply]) {
        let mut planned = self.answers.planned.lock().expect("no panic under the lock");
        planned.push((text.to_owned(), replies.iter().cloned().collect()));
    }

    /// Answers the held requests.
    pub fn release(&self) {
        self.answers.released.notify_waiters();
    }

    /// Waits for the next webhook.
    pub async fn next(&mut self) -> Received {
        self.received.recv().await.expect("the receiver runs")
    }

    /// The webhooks received since the last call.
    pub fn received(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }

    /// The types of the webhooks received since the last call.
    pub fn types(&mut self) -> Vec<String> {
        self.received().iter().map(Received::kind).collect()
    }
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    /// Whether a signature is the one of `secret`, computed as the specification says.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64");
        let signed = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        let expected = format!("v1,{}", STANDARD.encode(HmacKey::new(&key).tag(signed.as_bytes())));
        self.signatures.contains(&expected)
    }
}

async fn receive(State(answers): State<Arc<Answers>>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers[name].to_str().expect("a text").to_owned();
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    let reply = planned(&answers, &body);
    let released = answers.released.notified();
    let received = Received {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        content_type: header("content-type"),
        body,
    };
    // The test may have ended.
    let _ = answers.received.send(received);
    let status = |code: u16| StatusCode::from_u16(code).expect("a status");
    match reply {
        Reply::Status(code) => status(code).into_response(),
        Reply::After(code, seconds) => (status(code), [("retry-after", seconds)]).into_response(),
        Reply::Large(code) => (status(code), vec![b'x'; 1 << 20]).into_response(),
        Reply::Held => {
            released.await;
            StatusCode::OK.into_response()
        }
    }
}

fn planned(answers: &Answers, body: &str) -> Reply {
    let mut planned = answers.planned.lock().expect("no panic under the lock");
    let found = planned.iter_mut().filter(|(text, _)| body.contains(text)).find_map(|(_, replies)| replies.pop_front());
    found.unwrap_or(Reply::Status(204))
}
