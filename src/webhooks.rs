//! Webhooks: user events sent to a URL, by the Standard Webhooks specification.
//!
//! The events wait in the database. `worker` claims them and sends a few at a time; `delivery` is one
//! attempt; [`sign`] signs; [`body`] is the format of an event, here and in the API.

pub mod body;
mod delivery;
pub mod sign;
mod worker;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use url::Url;

use crate::{
    clock::Clock,
    outbound::{HttpClient, OutboundError, Reach},
    store::Store,
};
use sign::SigningSecret;

/// How long a receiver may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The answer's body is ignored; its size is limited so that a connection can be reused.
const MAX_ANSWER: usize = 64 * 1024;

/// Where webhooks are sent, and how.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// The receiver.
    pub url: Url,
    /// Each secret makes one signature.
    pub secrets: Vec<SigningSecret>,
    /// The addresses that the receiver may have.
    pub reach: Reach,
}

/// Sends webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    store: Store,
    clock: Clock,
    client: HttpClient,
    target: Arc<WebhookTarget>,
    /// Whether the receiver has answered that it wants no more webhooks.
    refused: Arc<AtomicBool>,
}

impl Webhooks {
    /// Sends the events in `store` to `target`.
    pub fn new(store: Store, clock: Clock, target: WebhookTarget) -> Result<Self, OutboundError> {
        let client = HttpClient::new(target.reach, TIMEOUT, MAX_ANSWER)?;
        Ok(Self { store, clock, client, target: Arc::new(target), refused: Arc::default() })
    }
}
