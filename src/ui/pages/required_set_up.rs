//! `/sign-in/set-up`: the set-up of the second factor that the service requires.

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        factors::TotpKey,
        form::{Field, FormKind, FormState},
        session::StepUp,
    },
    ui::{
        components::{
            field::{CodeField, ContinueTo, NextField, UsernameField, field_id},
            form::PostForm,
            passkeys::{PasskeyButton, PasskeyUse},
            password_field::CurrentPasswordField,
            totp_steps::TotpSteps,
        },
        feedback::Feedback,
        page::Page,
    },
};

const PASSWORD: &str = "set-up-password";
const ADD_PASSKEY: &str = "/actions/add-passkey";

/// The set-up of an authenticator app, or a passkey, before anything else.
pub struct RequiredSetUpPage {
    /// The account's e-mail address.
    pub email: String,
    /// The step of the set-up.
    pub step: SetUpStep,
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
}

/// The step of the set-up.
pub enum SetUpStep {
    /// Choose, and begin.
    Begin {
        /// What beginning asks for.
        step_up: StepUp,
        /// Whether a passkey is offered too.
        passkeys: bool,
    },
    /// Add the key to the app, and enter the first code.
    Confirm(TotpKey),
}

impl Page for RequiredSetUpPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Set up two-step sign-in")
    }

    fn description(&self) -> &'static str {
        "Set up the second step that signing in needs."
    }

    fn has_passkeys(&self) -> bool {
        matches!(self.step, SetUpStep::Begin { step_up: StepUp::None, passkeys: true })
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::RequiredSetUp, form);
        let with_passkey = self.has_passkeys();
        let Self { email, step, next } = self;
        let continues = next.clone();
        let body = match step {
            SetUpStep::Begin { step_up, .. } => view! { <Begin email step_up with_passkey next feedback /> }.into_any(),
            SetUpStep::Confirm(key) => view! {
                <TotpSteps key />
                <PostForm action="/actions/confirm-totp" feedback=feedback.clone() target=field_id>
                    <NextField next />
                    <CodeField error=feedback.error(Field::Code) autofocus=false />
                    <button type="submit" class="primary">"Turn on two-step sign-in"</button>
                </PostForm>
            }
            .into_any(),
        };
        view! {
            <section class="narrow">
                <h1>"Set up two-step sign-in"</h1>
                <ContinueTo action="Set it up" next=continues />
                {body}
            </section>
        }
        .into_any()
    }
}

#[component]
fn Begin(
    email: String,
    step_up: StepUp,
    with_passkey: bool,
    next: Option<ReturnAddress>,
    feedback: Feedback,
) -> AnyView {
    let lead = view! {
        <p class="lead">
            "Every account here needs a second step: a code of an authenticator app on your phone"
            {with_passkey.then_some(", or a passkey")} ". A stolen password alone is then not enough."
        </p>
    };
    if matches!(step_up, StepUp::SignIn | StepUp::Confirm) {
        return view! {
            {lead}
            <p class="explain">"To set it up, sign out and sign in again: your last sign-in is too long ago."</p>
        }
        .into_any();
    }
    let password = (step_up == StepUp::Password).then(|| {
        view! {
            <UsernameField id="set-up-username" email />
            <CurrentPasswordField
                id=PASSWORD
                name="current_password"
                label="Your password, to confirm"
                error=feedback.error(Field::CurrentPassword)
            />
        }
    });
    let label = if with_passkey { "Use an authenticator app" } else { "Begin" };
    let passkey = with_passkey.then(|| view! { <AddPasskey next=next.clone() /> });
    view! {
        {lead}
        <PostForm action="/actions/set-up-totp" feedback target=|_| PASSWORD>
            <NextField next />
            {password}
            <button type="submit" class="primary">{label}</button>
        </PostForm>
        {passkey}
    }
    .into_any()
}

/// Adds a passkey: fingerprint, face or PIN. A failure is reported by the form above.
#[component]
fn AddPasskey(next: Option<ReturnAddress>) -> impl IntoView {
    view! {
        <form class="stack" method="post" action=ADD_PASSKEY>
            <NextField next />
            <PasskeyButton action=ADD_PASSKEY kind=PasskeyUse::Create label="Use a passkey" />
        </form>
    }
}
