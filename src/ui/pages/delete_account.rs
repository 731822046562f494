//! `/delete-account`, in a session of the user

use leptos::prelude::*;

use crate::{
    domain::form::{FormKind, FormState},
    ui::{
        components::{field::field_id, form::PostForm},
        feedback::Feedback,
        page::Page,
    },
};

const TITLE: &str = "Delete your account";

/// The button that deletes the account.
pub struct DeleteAccountPage {
    /// The account's address.
    pub email: String,
    /// Tells links apart: another tab may have opened another link since.
    pub label: String,
}

impl Page for DeleteAccountPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Delete your account with the link that you got by e-mail."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::LinkedDeletion, form);
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">
                    "Deletes the account of " <bdi>{self.email}</bdi>
                    " for good and signs out every device. This can’t be undone."
                </p>
                <PostForm action="/actions/confirm-deletion" feedback target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <button type="submit" class="danger">"Delete account"</button>
                </PostForm>
                <p class="aside">"Changed your mind? " <a href="/account">"Keep your account"</a></p>
            </section>
        }
        .into_any()
    }
}

/// Why a link that deletes an account cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionLinkProblem {
    /// It has expired.
    Expired,
    /// It is truncated, was replaced by a newer one, or was never sent.
    Unknown,
    /// It is another user's.
    Foreign,
}

/// The page of a link that cannot be used.
pub struct InvalidDeletionLinkPage {
    /// Why.
    pub problem: DeletionLinkProblem,
}

impl Page for InvalidDeletionLinkPage {
    fn title(&self) -> Option<&'static str> {
        Some("This link doesn’t work")
    }

    fn description(&self) -> &'static str {
        "Why a link does not work, and how to get another one."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let (title, text) = match self.problem {
            DeletionLinkProblem::Expired => (
                "This link has expired",
                "A link works for an hour, and your account still exists. You can request a new one.",
            ),
            DeletionLinkProblem::Unknown => (
                "This link doesn’t work",
                "It is incomplete, or we’ve sent you a newer one. Open the link in the latest message, or request a \
                 new one.",
            ),
            DeletionLinkProblem::Foreign => (
                "This link is for another account",
                "You’re signed in to a different account here. Sign out, sign in to the account that you want to \
                 delete, and open the link again.",
            ),
        };
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <div class="actions"><a class="button" href="/account/delete">"Go to your account"</a></div>
            </section>
        }
        .into_any()
    }
}
