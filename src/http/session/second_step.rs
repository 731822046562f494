//! A sign-in that waits for the second factor, in the browser.

use serde::{Deserialize, Serialize};

use crate::auth::sign_in::PendingSignIn;

/// A longer address of the next page is dropped: browsers store no cookie of more than 4,096 bytes.
const MAX_NEXT: usize = 1_500;

/// A sign-in that waits, in a sealed cookie.
#[derive(Clone, Serialize, Deserialize)]
pub struct WaitingSignIn {
    secret: String,
    /// Where the user continues. Empty: at the home page.
    pub next: String,
}

impl WaitingSignIn {
    /// A sign-in whose user continues at `next`.
    pub fn new(pending: &PendingSignIn, next: &str) -> Self {
        let next = if next.len() <= MAX_NEXT { next } else { "" };
        Self { secret: pending.expose(), next: next.to_owned() }
    }

    /// The sign-in.
    pub fn pending(&self) -> Option<PendingSignIn> {
        PendingSignIn::parse(&self.secret)
    }
}
