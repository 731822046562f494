//! `/sign-in/second-step` and `/sign-in/recovery-code`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, FormKind, FormState},
        return_address::with_next,
    },
    ui::{
        components::{
            field::{CodeField, ContinueTo, RecoveryCodeField, field_id},
            form::PostForm,
            passkeys::{PasskeyButton, PasskeyUse, PasskeysNeed},
        },
        feedback::Feedback,
        page::Page,
    },
};

/// The form for the second factors that the account has: the code of an authenticator app, a passkey, or both.
pub struct SecondStepPage {
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// For how many days the device can be trusted. `None`: it cannot.
    pub trust_days: Option<u64>,
    /// Whether the account has an authenticator app.
    pub code: bool,
    /// Whether the account has a passkey.
    pub passkey: bool,
}

impl SecondStepPage {
    const fn heading(&self) -> &'static str {
        if self.code { "Enter your code" } else { "Use your passkey" }
    }
}

impl Page for SecondStepPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(self.heading())
    }

    fn description(&self) -> &'static str {
        "Complete the sign-in with the code of your authenticator app, or with a passkey."
    }

    fn has_passkeys(&self) -> bool {
        self.passkey
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::SecondStep, form);
        let autofocus = feedback.is_empty();
        let trust = self.trust_days.map(|days| {
            let text = if days == 1 { "a day".to_owned() } else { format!("{days} days") };
            view! {
                <label class="check">
                    <input type="checkbox" name="trust" value="true" />
                    <span>{format!("Trust this device for {text}")}</span>
                </label>
            }
        });
        let again = with_next("/sign-in", self.next.as_ref().map(ReturnAddress::as_str));
        let (heading, Self { next, code, passkey, .. }) = (self.heading(), self);
        let lead = if code {
            "Open your authenticator app and enter the code that it shows for this account."
        } else {
            "Your password is right. Show that it’s you with one of your passkeys."
        };
        view! {
            <section class="narrow">
                <h1>{heading}</h1>
                <ContinueTo action="Sign in" next />
                <p class="lead">{lead}</p>
                <PostForm action="/actions/second-step" feedback=feedback.clone() target=field_id>
                    {code.then(|| view! { <CodeField error=feedback.error(Field::Code) autofocus /> })}
                    {trust}
                    {code.then(|| view! { <button type="submit" class="primary">"Sign in"</button> })}
                    {passkey.then(|| view! {
                        <PasskeyButton
                            action="/actions/second-step-passkey"
                            kind=PasskeyUse::Get
                            label="Use a passkey"
                            primary=!code
                        />
                    })}
                    {(!code).then(|| view! { <PasskeysNeed /> })}
                </PostForm>
                {code.then(|| view! {
                    <p class="aside"><a href="/sign-in/recovery-code">"Use a recovery code"</a></p>
                })}
                <p class="aside"><a href=again>"Begin again"</a></p>
            </section>
        }
        .into_any()
    }
}

/// The form for a recovery code.
pub struct RecoveryStepPage {
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
}

impl Page for RecoveryStepPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Use a recovery code")
    }

    fn description(&self) -> &'static str {
        "Complete the sign-in with one of your recovery codes."
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::RecoveryStep, form);
        let autofocus = feedback.is_empty();
        view! {
            <section class="narrow">
                <h1>"Use a recovery code"</h1>
                <ContinueTo action="Sign in" next=self.next />
                <p class="lead">
                    "Enter one of the codes that you saved when you turned on two-step sign-in. Each code works once."
                </p>
                <PostForm action="/actions/second-step" feedback=feedback.clone() target=field_id>
                    <input type="hidden" name="recovery" value="true" />
                    <RecoveryCodeField error=feedback.error(Field::Code) autofocus />
                    <button type="submit" class="primary">"Sign in"</button>
                </PostForm>
                <p class="aside"><a href="/sign-in/second-step">"Use your authenticator app"</a></p>
                <p class="aside">"No app and no codes? Contact support."</p>
            </section>
        }
        .into_any()
    }
}
