//! `/account/security`: the password, passkeys, two-step sign-in and the e-mail address.

use leptos::prelude::*;

use super::{
    email::EmailSection,
    factors::{FactorsSection, FactorsState},
    first_password::FirstPasswordSection,
    frame::{AccountFrame, Section},
    passkeys::{PasskeysSection, PasskeysState},
};
use crate::{
    domain::{
        form::{Field, FormKind, FormState},
        session::StepUp,
    },
    ui::{
        components::{
            field::UsernameField,
            form::PostForm,
            password_field::{CurrentPasswordField, NewPasswordField, PasswordRules},
        },
        feedback::Feedback,
        page::{Load, Page},
    },
};

const CURRENT: &str = "current-password";
const NEW: &str = "new-password";

/// The forms that change the password, the second factors and the e-mail address.
pub struct SecurityPage {
    /// The account's e-mail address.
    pub email: String,
    /// The rules for the new password.
    pub rules: PasswordRules,
    /// What a change of the e-mail address asks for. `None`: it is not offered.
    pub email_change: Option<StepUp>,
    /// Whether the user can set a first password: the session is fresh, or the user can confirm their identity. `None`: the account has a password.
    pub first_password: Option<bool>,
    /// The passkeys. `None`: they are not offered.
    pub passkeys: Option<PasskeysState>,
    /// The second factors.
    pub factors: FactorsState,
}

impl Page for SecurityPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some("Security · Your account")
    }

    fn description(&self) -> &'static str {
        "Change the password, passkeys, two-step sign-in or the e-mail address of your account."
    }

    fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let Self { email, rules, first_password, email_change, passkeys, factors } = self;
        let passkeys = passkeys.map(|state| view! { <PasskeysSection state form=form.cloned() /> });
        let second = {
            let (email, form) = (email.clone(), form.cloned());
            view! { <FactorsSection state=factors email form /> }
        };
        let change = email_change.map(|step_up| {
            let feedback = Feedback::new(FormKind::EmailChange, form);
            view! { <EmailSection email=email.clone() step_up feedback /> }
        });
        let username = email.clone();
        let feedback = Feedback::new(FormKind::Password, form);
        let target = |field| if field == Field::CurrentPassword { CURRENT } else { NEW };
        let password = match first_password {
            Some(is_offered) => {
                let (email, form) = (email.clone(), form.cloned());
                view! { <FirstPasswordSection email rules is_offered form /> }.into_any()
            }
            None => view! {
                <section aria-labelledby="password">
                    <h2 id="password">"Password"</h2>
                    <p class="explain">"Changing it signs out every other device."</p>
                    <PostForm action="/actions/change-password" feedback=feedback.clone() target>
                        <UsernameField id="username" email=username />
                        <CurrentPasswordField
                            id=CURRENT
                            name="current_password"
                            label="Current password"
                            error=feedback.error(Field::CurrentPassword)
                        />
                        <NewPasswordField
                            id=NEW
                            name="new_password"
                            label="New password"
                            rules
                            error=feedback.error(Field::Password)
                        />
                        <button type="submit">"Change password"</button>
                    </PostForm>
                </section>
            }
            .into_any(),
        };
        view! {
            <AccountFrame section=Section::Security email>
                {password}
                {passkeys}
                {second}
                {change}
            </AccountFrame>
        }
        .into_any()
    }
}
