//! `/sign-in/link`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{FormKind, FormState},
    },
    ui::{
        components::{
            field::{ContinueTo, field_id},
            form::PostForm,
        },
        feedback::Feedback,
        page::Page,
        pages::new_password::LinkProblem,
    },
};

const TITLE: &str = "Sign in";

/// The button that signs in with a link.
pub struct SignInLinkPage {
    /// The address that the message was for.
    pub email: String,
    /// Tells links apart: another tab may have opened the link of another account since.
    pub label: String,
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// Whether this browser asked for the link.
    pub is_own_browser: bool,
}

impl Page for SignInLinkPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Sign in with the link that you got by e-mail."
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::SignInLink, form);
        let warning = (!self.is_own_browser).then(|| view! {
            <p class="lead">
                "You did not ask for this link in this browser. Only continue if you asked for it yourself on another \
                 device or in another browser."
            </p>
        });
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <ContinueTo action="Sign in" next=self.next />
                {warning}
                <PostForm action="/actions/sign-in-with-link" feedback target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <button type="submit" class="primary wrap"><span>"Sign in as " <bdi>{self.email}</bdi></span></button>
                </PostForm>
            </section>
        }
        .into_any()
    }
}

/// The page of a link that cannot be used.
pub struct InvalidSignInLinkPage {
    /// Why.
    pub problem: LinkProblem,
}

impl Page for InvalidSignInLinkPage {
    fn title(&self) -> Option<&'static str> {
        Some("This link doesn’t work")
    }

    fn description(&self) -> &'static str {
        "Why a link does not work, and how to get another one."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let (title, text) = match self.problem {
            LinkProblem::Expired => {
                ("This link has expired", "A link works for 10 minutes. Ask for a new one, and use it soon.")
            }
            LinkProblem::Used => (
                "This link was used",
                "The link and the code of a message work once. Ask for a new message to sign in again.",
            ),
            LinkProblem::Unknown => (
                "This link doesn’t work",
                "It is incomplete, or we’ve sent you a newer one. Open the link in the latest message, or ask for a new \
                 one.",
            ),
        };
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <div class="actions">
                    <a class="button primary" href="/sign-in/email">"E-mail me a new link"</a>
                    <a class="button" href="/sign-in">"Sign in"</a>
                </div>
            </section>
        }
        .into_any()
    }
}
