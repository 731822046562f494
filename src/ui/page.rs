//! What a page needs to know, loaded before it is drawn.

use std::sync::Arc;

use leptos::config::LeptosOptions;

use super::reference::ReferencePage;
use crate::domain::{ReturnAddress, SessionId, Timestamp, event::Event, form::FormState, session::Session, user::User};

/// Everything one answer shows.
#[derive(Clone)]
pub struct Document {
    /// Which page.
    pub page: Page,
    /// Who is looking at it; `None` where nobody is signed in.
    pub viewer: Option<Viewer>,
    /// What the form submitted just before has to say.
    pub form: Option<FormState>,
    /// Where the style sheet and the browser's bundle are.
    pub assets: Assets,
    /// When the page is drawn.
    pub now: Timestamp,
    /// Makes the page reload itself under `cargo leptos watch`.
    pub reload: Option<LeptosOptions>,
}

/// The person signed in, as the header greets them.
#[derive(Clone)]
pub struct Viewer {
    /// What to call them.
    pub name: String,
}

/// Absolute paths of the built assets, such as `/pkg/latchkey.0Ab1.css`.
#[derive(Clone)]
pub struct Assets {
    /// The style sheet.
    pub stylesheet: String,
    /// The bundle's JavaScript module.
    pub script: String,
    /// The bundle's WebAssembly.
    pub wasm: String,
}

/// The pages there are.
#[derive(Clone)]
pub enum Page {
    /// `/`
    Home,
    /// `/sign-up`
    SignUp(SignUpPage),
    /// `/sign-in`
    SignIn(SignInPage),
    /// `/account`
    Account(Box<AccountPage>),
    /// `/docs`
    Reference(Arc<ReferencePage>),
    /// Nothing is at this address.
    NotFound,
    /// The request could not be answered.
    Error(ErrorPage),
}

/// Create an account.
#[derive(Clone)]
pub struct SignUpPage {
    /// Where to go afterwards.
    pub next: Option<ReturnAddress>,
    /// What a password must be.
    pub rules: PasswordRules,
}

/// Sign in.
#[derive(Clone)]
pub struct SignInPage {
    /// Where to go afterwards.
    pub next: Option<ReturnAddress>,
}

/// The account and everything its owner may see and change.
#[derive(Clone)]
pub struct AccountPage {
    /// Whose it is.
    pub user: User,
    /// The session that asks.
    pub current: SessionId,
    /// Every open session, `current` among them.
    pub sessions: Vec<Session>,
    /// A stretch of the security log, newest first.
    pub events: Vec<Event>,
    /// Whether this is not the newest stretch, so that there is a way back to it.
    pub paged: bool,
    /// The cursor of the next older stretch, if there is one.
    pub older_events: Option<i64>,
    /// What a new password must be.
    pub rules: PasswordRules,
}

/// What a password must be, as far as a person needs to know beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// The fewest characters allowed.
    pub min_length: u8,
    /// Whether upper case, lower case and a digit are required.
    pub composition: bool,
}

/// A request that could not be answered.
#[derive(Clone)]
pub struct ErrorPage {
    /// The HTTP status the page is sent with.
    pub status: u16,
    /// Names the request in the log.
    pub request_id: String,
    /// What to tell the person.
    pub kind: ErrorKind,
}

/// Why a request could not be answered, as far as it is the person's to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Something failed that the person cannot mend.
    Internal,
    /// More work than the server can take on just now.
    Busy,
    /// The request could not be understood, or was too large.
    Unreadable,
    /// A form was sent from another site.
    Forbidden,
}

impl Page {
    /// Another origin that a form of the page leads on to, by the redirect it is answered with.
    pub(crate) fn leads_to(&self) -> Option<&str> {
        match self {
            Self::SignUp(SignUpPage { next, .. }) | Self::SignIn(SignInPage { next }) => next.as_ref()?.origin(),
            _ => None,
        }
    }

    /// Whether the page has islands and so needs the bundle.
    pub(super) const fn has_islands(&self) -> bool {
        matches!(self, Self::SignUp(_) | Self::SignIn(_) | Self::Account(_))
    }
}
