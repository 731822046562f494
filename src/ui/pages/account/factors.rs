//! The section of `/account/security` about two-step sign-in.

use leptos::prelude::*;

use crate::{
    domain::{
        Timestamp,
        factors::{Factors, TrustedDevice},
        form::{Field, FormKind, FormState},
        recovery_code::FEW,
        session::StepUp,
    },
    ui::{
        components::{field::UsernameField, form::PostForm, password_field::CurrentPasswordField, time::DateTime},
        feedback::Feedback,
        format,
    },
};

const PASSWORD: &str = "factors-password";

/// What the section shows.
#[derive(Clone)]
pub struct FactorsState {
    /// The second factors of the account.
    pub factors: Factors,
    /// What a change asks for.
    pub step_up: StepUp,
    /// Whether the user signed in with a recovery code.
    pub recovered: bool,
    /// Whether two-step sign-in can be turned off.
    pub can_turn_off: bool,
    /// The current time, for "5 minutes ago".
    pub now: Timestamp,
}

/// Turns two-step sign-in on and off, makes recovery codes and lists the trusted devices.
#[component]
pub fn FactorsSection(
    /// What the section shows.
    state: FactorsState,
    /// The account's e-mail address.
    email: String,
    /// The outcome of the last form post.
    form: Option<FormState>,
) -> AnyView {
    let FactorsState { factors, step_up, recovered, can_turn_off, now } = state;
    let feedback = Feedback::new(FormKind::Factors, form.as_ref());
    let Factors { totp_since, recovery_codes, devices } = factors;
    let body = match totp_since {
        None => view! { <SetUp step_up email feedback /> }.into_any(),
        Some(since) => view! {
            <p class="explain">
                "On since " <DateTime at=since /> ". " {remaining(recovery_codes)}
            </p>
            {recovered.then(|| view! {
                <p class="notice">
                    "You signed in with a recovery code. If you’ve lost the device with your authenticator app, set up \
                     two-step sign-in on the new device."
                </p>
            })}
            <Change step_up email feedback can_turn_off />
            {(!devices.is_empty()).then(|| view! { <Devices devices now /> })}
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="two-step">
            <h2 id="two-step">"Two-step sign-in"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn remaining(codes: u64) -> String {
    match codes {
        0 => "No recovery code remains: make new ones.".to_owned(),
        1 => "1 recovery code remains: make new ones.".to_owned(),
        codes if codes <= FEW => format!("{codes} recovery codes remain: make new ones."),
        codes => format!("{codes} recovery codes remain."),
    }
}

#[component]
fn SetUp(step_up: StepUp, email: String, feedback: Feedback) -> impl IntoView {
    view! {
        <p class="explain">
            "Sign in with a second step: a code of an authenticator app on your phone. A stolen password alone is then not \
             enough."
        </p>
        <Confirmed step_up email feedback action="/actions/set-up-totp">
            <button type="submit">"Set up two-step sign-in"</button>
        </Confirmed>
    }
}

#[component]
fn Change(step_up: StepUp, email: String, feedback: Feedback, can_turn_off: bool) -> impl IntoView {
    let turn_off = can_turn_off.then(|| {
        view! {
            <button type="submit" class="danger" formaction="/actions/remove-totp">
                "Turn off two-step sign-in"
            </button>
        }
    });
    view! {
        <Confirmed step_up email feedback action="/actions/renew-recovery-codes">
            <div class="actions">
                <button type="submit">"Make new recovery codes"</button>
                <button type="submit" formaction="/actions/replace-totp">"Set up another device instead"</button>
                {turn_off}
            </div>
        </Confirmed>
    }
}

/// A form with the password, if it is needed.
#[component]
fn Confirmed(step_up: StepUp, email: String, feedback: Feedback, action: &'static str, children: Children) -> AnyView {
    if step_up == StepUp::SignIn {
        return view! {
            <p class="explain">
                "To change it, sign out and sign in again: your last sign-in is too long ago."
            </p>
        }
        .into_any();
    }
    let password = (step_up == StepUp::Password).then(|| {
        view! {
            <UsernameField id="factors-username" email />
            <CurrentPasswordField
                id=PASSWORD
                name="current_password"
                label="Your password, to confirm"
                error=feedback.error(Field::CurrentPassword)
            />
        }
    });
    view! {
        <PostForm action feedback target=|_| PASSWORD>
            {password}
            {children()}
        </PostForm>
    }
    .into_any()
}

#[component]
fn Devices(devices: Vec<TrustedDevice>, now: Timestamp) -> impl IntoView {
    let rows = devices.into_iter().map(|device| {
        let used = format!("Last sign-in {}", format::ago(device.last_used_at, now));
        view! {
            <li>
                <div class="row-main">
                    <p class="row-title">{device.device.clone()}</p>
                    <p class="row-detail">
                        <span>{used}</span> " "
                        {device.network.map(|network| view! { <span class="wrap">{network}</span> })}
                    </p>
                    <p class="row-detail"><span>"Until " <DateTime at=device.expires_at /></span></p>
                </div>
                <div class="row-side">
                    <form method="post" action="/actions/untrust-device">
                        <input type="hidden" name="device" value=device.id.to_string() />
                        <button type="submit">
                            "Stop trusting" <span class="unseen">{format!(" {}", device.device)}</span>
                        </button>
                    </form>
                </div>
            </li>
        }
    });
    view! {
        <h3>"Trusted devices"</h3>
        <p class="explain">"On these devices, signing in needs no code."</p>
        <ul class="rows">{rows.collect_view()}</ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_remaining_codes_ask_for_new_ones() {
        assert_eq!(remaining(10), "10 recovery codes remain.");
        assert_eq!(remaining(4), "4 recovery codes remain.");
        for few in 0..=3 {
            assert!(remaining(few).ends_with("make new ones."), "{few}");
        }
    }
}
