//! `/reset-password`

use leptos::prelude::*;

use crate::{
    domain::form::{Field, FormKind, FormState},
    ui::{
        components::{
            field::{UsernameField, field_id},
            form::PostForm,
            password_field::{NewPasswordField, PasswordRules},
        },
        feedback::Feedback,
        page::{Load, Page},
    },
};

const TITLE: &str = "Set a new password";

/// The form that sets a new password.
pub struct ResetPasswordPage {
    /// The account's address.
    pub email: String,
    /// Tells links apart: another tab may have opened the link of another account since.
    pub label: String,
    /// The rules for the password.
    pub rules: PasswordRules,
}

impl Page for ResetPasswordPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Set a new password with the link that you got by e-mail."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::PasswordReset, form);
        let email = self.email.clone();
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">"For " <bdi>{email}</bdi> ". Every device is signed out."</p>
                <PostForm action="/actions/reset-password" feedback=feedback.clone() target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <UsernameField id="username" email=self.email />
                    <NewPasswordField
                        id="password"
                        name="password"
                        label="New password"
                        rules=self.rules
                        error=feedback.error(Field::Password)
                    />
                    <button type="submit" class="primary">"Set password"</button>
                </PostForm>
            </section>
        }
        .into_any()
    }
}

/// Why a link cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProblem {
    /// It has expired.
    Expired,
    /// It was used.
    Used,
    /// It is truncated, was replaced by a newer one, or was never sent.
    Unknown,
}

/// The page of a link that cannot be used.
pub struct InvalidLinkPage {
    /// Why.
    pub problem: LinkProblem,
    /// Whether a new link can be requested.
    pub offered: bool,
}

impl Page for InvalidLinkPage {
    fn title(&self) -> Option<&'static str> {
        Some("This link doesn’t work")
    }

    fn description(&self) -> &'static str {
        "Why a link to set a new password does not work, and how to get another one."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let (title, text) = match self.problem {
            LinkProblem::Expired => {
                ("This link has expired", "A link works for 30 minutes. Request a new one, and use it soon.")
            }
            LinkProblem::Used => (
                "This link was used",
                "A link works once. If you have set a new password, sign in with it. If not, request a new link.",
            ),
            LinkProblem::Unknown => (
                "This link doesn’t work",
                "It is incomplete, or we’ve sent you a newer one. Open the link in the latest message, or request a \
                 new one.",
            ),
        };
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <div class="actions">
                    {self.offered.then(|| view! {
                        <a class="button primary" href="/forgot-password">"Request a new link"</a>
                    })}
                    <a class="button" href="/sign-in">"Sign in"</a>
                </div>
            </section>
        }
        .into_any()
    }
}
