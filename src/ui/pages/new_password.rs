//! `/reset-password`, `/undo-email-change`, and `/verify-email` outside of a session

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

/// The form that sets a new password with a link.
pub struct NewPasswordPage {
    /// The form of the link: a reset, a verification of the address, or the undoing of its change.
    pub form: FormKind,
    /// The account's address.
    pub email: String,
    /// Tells links apart: another tab may have opened the link of another account since.
    pub label: String,
    /// The rules for the password.
    pub rules: PasswordRules,
}

impl NewPasswordPage {
    const fn heading(&self) -> &'static str {
        match self.form {
            FormKind::EmailVerification => "Verify your address",
            FormKind::EmailUndo => "Restore your address",
            _ => "Set a new password",
        }
    }
}

impl Page for NewPasswordPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some(self.heading())
    }

    fn description(&self) -> &'static str {
        "Set a new password with the link that you got by e-mail."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(self.form, form);
        let email = self.email.clone();
        let title = self.heading();
        let (action, about, button) = match self.form {
            FormKind::EmailVerification => (
                "/actions/claim-account",
                "You didn’t sign up in this browser, so set a new password: another person could have created the \
                 account. Every device is signed out.",
                "Verify and set password",
            ),
            FormKind::EmailUndo => (
                "/actions/undo-email-change",
                "Your account gets this address back, and every device is signed out. Set a new password: the person \
                 who changed the address may know the present one.",
                "Restore and set password",
            ),
            _ => ("/actions/reset-password", "Every device is signed out.", "Set password"),
        };
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead wrap">"For " <bdi>{email}</bdi> ". " {about}</p>
                <PostForm action=action feedback=feedback.clone() target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <UsernameField id="username" email=self.email />
                    <NewPasswordField
                        id="password"
                        name="password"
                        label="New password"
                        rules=self.rules
                        error=feedback.error(Field::Password)
                    />
                    <button type="submit" class="primary">{button}</button>
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
    /// The form of the link.
    pub form: FormKind,
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
        "Why a link does not work, and how to get another one."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let verification = self.form == FormKind::EmailVerification;
        let (title, text) = match (self.problem, verification) {
            (LinkProblem::Expired, false) => {
                ("This link has expired", "A link works for 30 minutes. Request a new one, and use it soon.")
            }
            (LinkProblem::Expired, true) => {
                ("This link has expired", "A link works for an hour. Sign in: your account page sends you a new one.")
            }
            (LinkProblem::Used, false) => (
                "This link was used",
                "A link works once. If you have set a new password, sign in with it. If not, request a new link.",
            ),
            (LinkProblem::Used, true) => ("Your address is verified", "There is nothing more to do."),
            (LinkProblem::Unknown, false) => (
                "This link doesn’t work",
                "It is incomplete, or we’ve sent you a newer one. Open the link in the latest message, or request a \
                 new one.",
            ),
            (LinkProblem::Unknown, true) => (
                "This link doesn’t work",
                "It is incomplete, or we’ve sent you a newer one. Open the link in the latest message. Or sign in: your \
                 account page sends you a new one.",
            ),
        };
        let request = self.offered && !verification;
        view! {
            <section class="narrow">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <div class="actions">
                    {request.then(|| view! {
                        <a class="button primary" href="/forgot-password">"Request a new link"</a>
                    })}
                    <a class="button" href="/sign-in">"Sign in"</a>
                </div>
            </section>
        }
        .into_any()
    }
}
