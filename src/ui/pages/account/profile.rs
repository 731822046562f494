//! `/account`: the user's profile.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{
        Name,
        form::{Field, FormKind, FormState},
    },
    ui::{
        components::{
            field::{NameField, field_id},
            form::PostForm,
            passkeys::{PasskeyReport, ReportPasskeys},
        },
        feedback::Feedback,
        page::Page,
    },
};

/// What the page does with passkeys, without the user.
#[derive(Clone, Default)]
pub struct ProfilePasskeys {
    /// Whether the password manager may add one: the user has none and has just signed in with a password.
    pub upgrade: bool,
    /// What the user's password managers learn.
    pub report: Option<PasskeyReport>,
}

/// The form that changes the name.
pub struct ProfilePage {
    /// The account's e-mail address.
    pub email: String,
    /// The saved name.
    pub name: Name,
    /// Whether to remind the user to verify the address.
    pub verify: bool,
    /// What the page does with passkeys.
    pub passkeys: ProfilePasskeys,
}

impl Page for ProfilePage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Your account")
    }

    fn description(&self) -> &'static str {
        "Change the name of your account."
    }

    fn has_passkeys(&self) -> bool {
        self.passkeys.upgrade || self.passkeys.report.is_some()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::Profile, form);
        let reminder = self.verify.then(|| view! { <Reminder feedback=Feedback::new(FormKind::Verification, form) /> });
        let ProfilePasskeys { upgrade, report } = self.passkeys;
        let value = feedback.value(Field::Name).unwrap_or_else(|| self.name.as_str().to_owned());
        view! {
            <AccountFrame section=Section::Profile email=self.email>
                {reminder}
                <section aria-labelledby="profile">
                    <h2 id="profile">"Profile"</h2>
                    <PostForm action="/actions/update-profile" feedback=feedback.clone() target=field_id>
                        <NameField
                            value=Some(value)
                            error=feedback.error(Field::Name)
                            hint="Left empty, your address is used instead."
                        />
                        <button type="submit">"Save name"</button>
                    </PostForm>
                    {report.map(|report| view! { <ReportPasskeys report /> })}
                    {upgrade.then(|| view! {
                        <form hidden method="post" action="/actions/add-passkey" data-upgrade=""></form>
                    })}
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}

/// The reminder to verify the address.
#[component]
fn Reminder(
    /// The errors of the last request for a message.
    feedback: Feedback,
) -> impl IntoView {
    view! {
        <section aria-labelledby="verify">
            <h2 id="verify">"Verify your address"</h2>
            <p class="explain">"We’ve sent you a message with a link. Follow it to show that the address is yours."</p>
            <PostForm action="/actions/send-verification" feedback target=field_id>
                <button type="submit">"Send the message again"</button>
            </PostForm>
        </section>
    }
}
