//! Composing messages when they are sent: the part of mail that knows accounts.

mod compose;

use std::sync::Arc;

use super::{audit::Audit, codes::Codes, requester::Requester, throttle::Throttle};
use crate::{
    clock::Clock,
    domain::{UserId, event::EventKind},
    mail::{Compose, ComposeError, Composed, Letter, Letterhead, Mailer, Outbox, links::Links},
    store::{Store, StoreError, outbox::ClaimedMail},
};

/// What mail is assembled from.
pub struct MailParts {
    /// Sends messages.
    pub mailer: Mailer,
    /// Makes the secrets of links and codes.
    pub links: Arc<Links>,
    /// What all messages have in common.
    pub letterhead: Letterhead,
    /// Whether users get notices of sign-ins on new devices.
    pub sign_in_notices: bool,
}

/// Composes messages.
struct Composer {
    store: Store,
    clock: Clock,
    audit: Arc<Audit>,
    outbox: Arc<Outbox>,
    links: Arc<Links>,
    letterhead: Letterhead,
}

/// Composes and sends the messages in the outbox.
pub(super) struct Mailing {
    mailer: Mailer,
    composer: Arc<Composer>,
}

impl Compose for Composer {
    async fn compose(&self, claim: &ClaimedMail, letter: Letter) -> Result<Composed, ComposeError> {
        self.message_of(claim, letter).await
    }

    fn given_up(&self, user: Option<UserId>) {
        self.audit.record(EventKind::MailFail, user, &Requester::default(), None);
    }
}

impl Mailing {
    /// Sends the messages in `store`.
    pub fn new(parts: MailParts, store: Store, clock: Clock, audit: Arc<Audit>) -> Self {
        let MailParts { mailer, links, letterhead, .. } = parts;
        let outbox = mailer.outbox();
        Self { mailer, composer: Arc::new(Composer { store, clock, audit, outbox, links, letterhead }) }
    }

    /// The part that sends.
    pub fn mailer(&self) -> Mailer {
        self.mailer.clone()
    }

    /// The part that sends and checks codes. `creates`: an address without an account gets one at its first sign-in.
    pub fn codes(&self, throttle: &Arc<Throttle>, creates: bool) -> Codes {
        let Composer { store, clock, audit, outbox, links, .. } = &*self.composer;
        Codes {
            store: store.clone(),
            clock: clock.clone(),
            throttle: Arc::clone(throttle),
            audit: Arc::clone(audit),
            outbox: Arc::clone(outbox),
            links: Arc::clone(links),
            creates,
        }
    }

    /// Sends messages as they become due, and never returns.
    pub async fn run(&self) {
        self.mailer.run(&self.composer).await;
    }

    /// Sends the messages that are due now, and waits for the results. Returns their number.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        self.mailer.deliver_due(&self.composer).await
    }
}
