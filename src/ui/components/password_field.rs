//! A password field: plain on its own, with a reveal button and a character count in the browser.

use leptos::prelude::*;

use super::field::Remarks;
use crate::ui::{islands::PasswordTools, page::PasswordRules};

/// An existing password to enter.
#[component]
pub fn CurrentPasswordField(
    /// The field's id.
    id: &'static str,
    /// The field's name in the form.
    name: &'static str,
    /// What the field is called.
    label: &'static str,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let remarks = Remarks { error, hint: None };
    view! { <PasswordInput id name label autocomplete="current-password" minimum=None remarks /> }
}

/// A password to choose.
#[component]
pub fn NewPasswordField(
    /// The field's id.
    id: &'static str,
    /// The field's name in the form.
    name: &'static str,
    /// What the field is called.
    label: &'static str,
    /// What it must be.
    rules: PasswordRules,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let remarks = Remarks { error, hint: Some(advice(rules)) };
    view! { <PasswordInput id name label autocomplete="new-password" minimum=Some(rules.min_length) remarks /> }
}

fn advice(rules: PasswordRules) -> String {
    let length = rules.min_length;
    if rules.composition {
        format!("At least {length} characters, with an upper-case letter, a lower-case letter and a digit.")
    } else {
        format!("At least {length} characters. A few unrelated words work well.")
    }
}

#[component]
fn PasswordInput(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    minimum: Option<u8>,
    remarks: Remarks,
) -> AnyView {
    view! {
        <div class="field">
            <PasswordTools>
                <label for=id>{label}</label>
                <input
                    type="password"
                    id=id
                    name=name
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    minlength=minimum
                    aria-invalid=remarks.invalid()
                    aria-describedby=remarks.ids(id)
                />
                {remarks.clone().view(id)}
            </PasswordTools>
        </div>
    }
    .into_any()
}
