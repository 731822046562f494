//! The use cases, one component per concern. They know neither HTML nor JSON nor HTTP: form handlers, API
//! handlers and commands call the same methods.

pub mod accounts;
pub mod audit;
pub mod codes;
pub mod error;
pub mod factors;
pub mod jobs;
pub mod keys;
pub mod mailing;
mod notices;
pub mod password;
pub mod principal;
pub mod readiness;
pub mod requester;
pub mod sessions;
pub mod sign_in;
pub mod throttle;
pub mod token;
pub mod user_events;

pub use principal::{Principal, SessionRef};
pub use requester::Requester;

use std::{sync::Arc, time::Duration};

use zeroize::Zeroizing;

use crate::{clock::Clock, domain::Timestamp, mail::Mailer, store::Store, webhooks::Webhooks};
use accounts::{Accounts, sign_up::SignUpMode};
use audit::Audit;
use codes::Codes;
use factors::{FactorSettings, Factors};
use jobs::Jobs;
use keys::SigningKeys;
use mailing::{MailParts, Mailing};
use notices::Notices;
use password::{NewPasswordRules, Passwords, hasher::PasswordHasher};
use readiness::Readiness;
use sessions::{Lifetimes, Sessions};
use sign_in::SignIn;
use throttle::{AttemptKeys, DeviceCookies, NetworkLimiter, SignUpBudget, Throttle};
use token::{AccessTokens, Issuer, TokenSettings, Verifier, revocations::Revocations};
use user_events::UserEvents;

/// The service: its components, each with the use cases of one concern.
pub struct Auth {
    /// Sign-up, profile, deletion.
    pub accounts: Accounts,
    /// The security log.
    pub audit: Arc<Audit>,
    /// Messages with a code. `None`: sign-in by mail is not offered.
    pub codes: Option<Arc<Codes>>,
    /// Second factors.
    pub factors: Arc<Factors>,
    /// Background jobs.
    pub jobs: Jobs,
    /// The keys that sign access tokens.
    pub keys: Arc<SigningKeys>,
    /// Messages. `None`: the service sends no mail.
    pub mail: Option<Mailer>,
    /// Confirmation and change of passwords.
    pub passwords: Arc<Passwords>,
    /// Whether the service can do its work.
    pub readiness: Readiness,
    /// Renewing, listing and revoking sessions.
    pub sessions: Arc<Sessions>,
    /// Sign-in.
    pub sign_in: SignIn,
    /// Verification of access tokens.
    pub tokens: AccessTokens,
    /// User events for other systems.
    pub user_events: UserEvents,
    clock: Clock,
}

/// The parts and settings that [`Auth`] is assembled from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The current time.
    pub clock: Clock,
    /// Hashes and verifies passwords.
    pub hasher: PasswordHasher,
    /// The rules for new passwords.
    pub new_passwords: NewPasswordRules,
    /// The keys that sign access tokens.
    pub keys: SigningKeys,
    /// The claims common to all access tokens.
    pub tokens: TokenSettings,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// The secret that hides accounts in attempt counters. `None`: no rate limits.
    pub attempts_secret: Option<Zeroizing<[u8; 32]>>,
    /// The cookies of devices on which users have signed in.
    pub devices: DeviceCookies,
    /// Who can create an account.
    pub sign_up: SignUpMode,
    /// The number of sign-ups per network.
    pub sign_up_budget: SignUpBudget,
    /// Sends user events to a receiver. `None`: no webhooks.
    pub webhooks: Option<Webhooks>,
    /// Composes and sends messages. `None`: no mail.
    pub mail: Option<MailParts>,
    /// Whether users can sign in with a code or a link in a message.
    pub email_sign_in: bool,
    /// The settings of second factors.
    pub factors: FactorSettings,
    /// How long user events are kept.
    pub event_retention: Duration,
}

impl Auth {
    /// Assembles the service, within a Tokio runtime.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, hasher, new_passwords, keys, tokens, lifetimes, .. } = parts;
        let Parts { attempts_secret, sign_up, sign_up_budget, mail, email_sign_in, .. } = parts;
        let devices = Arc::new(parts.devices);
        let attempt_keys = attempts_secret.map(|secret| AttemptKeys::new(&*secret));
        let networks = Arc::new(match &attempt_keys {
            Some(_) => NetworkLimiter::new(&clock, sign_up_budget),
            None => NetworkLimiter::off(),
        });
        let throttle =
            Throttle::new(Arc::clone(&networks), attempt_keys, store.clone(), clock.clone(), Arc::clone(&devices));
        let throttle = Arc::new(throttle);
        let audit = Arc::new(Audit::start(store.clone(), clock.clone(), Arc::clone(&networks)));
        let sign_ins = mail.as_ref().is_some_and(|mail| mail.sign_in_notices);
        let mailing = mail.map(|mail| Mailing::new(mail, store.clone(), clock.clone(), Arc::clone(&audit)));
        let mail = mailing.as_ref().map(Mailing::mailer);
        let outbox = mail.as_ref().map(Mailer::outbox);
        let notices =
            Arc::new(Notices { store: store.clone(), clock: clock.clone(), devices, outbox: outbox.clone(), sign_ins });
        let revocations = Revocations::new(clock.clone());
        let verifier = Verifier::new(keys.ring(), &tokens, revocations.clone());
        let access_ttl = tokens.access_ttl;
        let tokens = AccessTokens::new(Issuer::new(keys.ring(), tokens), verifier, clock.clone(), access_ttl);
        let keys = Arc::new(keys);
        let sessions = Arc::new(Sessions::new(
            store.clone(),
            clock.clone(),
            lifetimes,
            tokens.clone(),
            revocations,
            Arc::clone(&audit),
            Arc::clone(&notices),
        ));
        let NewPasswordRules { policy, breaches } = new_passwords;
        let passwords = Arc::new(Passwords {
            store: store.clone(),
            clock: clock.clone(),
            hasher,
            policy,
            breaches,
            throttle: Arc::clone(&throttle),
            audit: Arc::clone(&audit),
            notices: Arc::clone(&notices),
            sessions: Arc::clone(&sessions),
        });
        let factors = Arc::new(Factors::new(parts.factors, &passwords));
        let offered = mailing.as_ref().filter(|_| email_sign_in);
        let codes = offered.map(|mailing| Arc::new(mailing.codes(&throttle, sign_up != SignUpMode::Closed)));
        Arc::new(Self {
            accounts: Accounts {
                store: store.clone(),
                clock: clock.clone(),
                throttle: Arc::clone(&throttle),
                audit: Arc::clone(&audit),
                passwords: Arc::clone(&passwords),
                sessions: Arc::clone(&sessions),
                factors: Arc::clone(&factors),
                notices: Arc::clone(&notices),
                sign_up,
                outbox,
                codes: codes.clone(),
            },
            sign_in: SignIn {
                store: store.clone(),
                clock: clock.clone(),
                throttle,
                audit: Arc::clone(&audit),
                passwords: Arc::clone(&passwords),
                sessions: Arc::clone(&sessions),
                factors: Arc::clone(&factors),
                notices,
                requires_verification: sign_up == SignUpMode::Verify,
                codes: codes.clone(),
            },
            jobs: Jobs {
                store: store.clone(),
                clock: clock.clone(),
                sessions: Arc::clone(&sessions),
                keys: Arc::clone(&keys),
                networks,
                webhooks: parts.webhooks,
                mail: mailing,
                event_retention: parts.event_retention,
            },
            codes,
            factors,
            mail,
            user_events: UserEvents::new(store.clone()),
            audit,
            keys,
            passwords,
            readiness: Readiness::new(store, clock.clone()),
            sessions,
            tokens,
            clock,
        })
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
