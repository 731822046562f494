//! Why the link of a change of the e-mail address does not work here, and what to do.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::page::Page};

/// A page about a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkNoticePage {
    /// The link to a new address was opened in a browser without a session.
    SignInFirst,
    /// The link to a new address was opened in a session of another user.
    AnotherUser,
    /// The new address cannot be taken any more.
    Taken,
    /// The link to a new address has expired.
    ChangeExpired,
    /// The link to a new address was used.
    ChangeUsed,
    /// The link to a new address is truncated, was replaced, or was never sent.
    ChangeUnknown,
    /// The link to a former address has expired.
    UndoExpired,
    /// The link to a former address was used.
    UndoUsed,
    /// The link to a former address is truncated, was replaced, or was never sent.
    UndoUnknown,
}

/// A link of the page.
type NextStep = (&'static str, &'static str);

const SIGN_IN: NextStep = ("/sign-in", "Sign in");
const CONTINUE: NextStep = ("/sign-in?next=%2Fchange-email", "Sign in");
const ACCOUNT: NextStep = ("/account", "Go to your account");
const CHANGE: NextStep = ("/account/security", "Enter the address again");

impl LinkNoticePage {
    const fn texts(self) -> (&'static str, &'static str, NextStep) {
        match self {
            Self::SignInFirst => (
                "Sign in to change your address",
                "The link works in a browser that is signed in to the account. Sign in with the address that the account \
                 has now: then you can change it.",
                CONTINUE,
            ),
            Self::AnotherUser => (
                "This link is for another account",
                "You’re signed in to an account that has not asked for this change. Sign out, then open the link in the \
                 message again and sign in to the right account.",
                ACCOUNT,
            ),
            Self::Taken => (
                "This address isn’t available",
                "Another account has it now, or had it until a short time ago. Your address stays as it is. You can enter \
                 another one.",
                CHANGE,
            ),
            Self::ChangeExpired => {
                ("This link has expired", "A link works for an hour. Your address stays as it is.", CHANGE)
            }
            Self::ChangeUsed => ("This link was used", "A link works once. The address is changed.", ACCOUNT),
            Self::ChangeUnknown => (
                "This link doesn’t work",
                "It is incomplete, we’ve sent you a newer one, or your address has changed since. Open the link in the \
                 latest message, or enter the address again.",
                CHANGE,
            ),
            Self::UndoExpired => (
                "This link has expired",
                "A change of the address can be undone for 72 hours. If the change wasn’t yours, contact support.",
                SIGN_IN,
            ),
            Self::UndoUsed => {
                ("This link was used", "The change of the address is undone. Sign in with your new password.", SIGN_IN)
            }
            Self::UndoUnknown => (
                "This link doesn’t work",
                "It is incomplete, or the change is undone already. Open the link in the message again. If there are \
                 several messages, open the first one.",
                SIGN_IN,
            ),
        }
    }
}

impl Page for LinkNoticePage {
    fn title(&self) -> Option<&'static str> {
        Some(self.texts().0)
    }

    fn description(&self) -> &'static str {
        "Why a link does not work, and what to do."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let (title, text, (href, label)) = self.texts();
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <p class="actions"><a class="button" href=href>{label}</a></p>
            </section>
        }
        .into_any()
    }
}
