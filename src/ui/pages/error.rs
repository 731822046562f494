//! The page for a failed request.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::page::Page};

/// The page for a failed request.
pub struct ErrorPage {
    /// The HTTP status of the response.
    pub status: u16,
    /// The request's id in the log.
    pub request_id: String,
    /// The cause.
    pub kind: ErrorKind,
}

/// Why a request failed, as far as users are informed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An internal error.
    Internal,
    /// The server is at capacity, or its database is unavailable.
    Busy,
    /// The request is malformed or too large.
    Unreadable,
    /// A form was sent from another site.
    Forbidden,
}

impl ErrorKind {
    /// The heading, and advice on what to do.
    const fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Internal => {
                ("Something went wrong", "It’s on our side, and nothing was changed. Please try again in a moment.")
            }
            Self::Busy => (
                "We’re busy just now",
                "We can’t process your request at the moment. Please try again in a few seconds.",
            ),
            Self::Unreadable => {
                ("We couldn’t read that", "Nothing was changed. Go back, check what you entered and send it again.")
            }
            Self::Forbidden => (
                "That came from another site",
                "To keep your account safe, we only accept forms sent from our own pages. Nothing was changed.",
            ),
        }
    }
}

impl Page for ErrorPage {
    fn title(&self) -> Option<&'static str> {
        Some(self.kind.text().0)
    }

    fn description(&self) -> &'static str {
        self.kind.text().1
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let (heading, advice) = self.kind.text();
        view! {
            <section class="narrow">
                <h1>{heading}</h1>
                <p class="lead">{advice}</p>
                <p class="actions"><a class="button" href="/">"Go to the start page"</a></p>
                <p class="reference">
                    "If it keeps happening, tell the operator of this service: error " {self.status} ", request "
                    <code>{self.request_id}</code> "."
                </p>
            </section>
        }
        .into_any()
    }
}
