//! Password fields. In the browser they have a reveal button and a character count.

use leptos::prelude::*;

use super::field::Description;
use crate::ui::islands::{CharacterCount, RevealButton};

/// The part of the password policy that a hint can state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// The minimum length in characters.
    pub min_length: u8,
    /// Whether an upper-case letter, a lower-case letter and a digit are required.
    pub composition: bool,
    /// Whether all passwords that are easy to guess are refused, and not only common ones.
    pub strong: bool,
}

impl PasswordRules {
    fn hint(self) -> String {
        let length = self.min_length;
        let composition =
            if self.composition { ", with an upper-case letter, a lower-case letter and a digit" } else { "" };
        let advice =
            if self.strong { "A few unrelated words work well." } else { "Common passwords are not accepted." };
        format!("At least {length} characters{composition}. {advice}")
    }
}

/// A field for an existing password.
#[component]
pub fn CurrentPasswordField(
    /// The element id.
    id: &'static str,
    /// The name in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The error in the value.
    error: Option<String>,
    /// Focuses the field when the page loads.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let description = Description { error, ..Description::default() };
    view! { <PasswordInput id name label autocomplete="current-password" autofocus minimum=None description /> }
}

/// A field for a new password.
#[component]
pub fn NewPasswordField(
    /// The element id.
    id: &'static str,
    /// The name in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The rules for the hint.
    rules: PasswordRules,
    /// The error in the value.
    error: Option<String>,
) -> impl IntoView {
    let description = Description { error, hint: Some(rules.hint()), ..Description::default() };
    let minimum = Some(rules.min_length);
    view! { <PasswordInput id name label autocomplete="new-password" autofocus=false minimum description /> }
}

#[component]
fn PasswordInput(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    autofocus: bool,
    minimum: Option<u8>,
    description: Description,
) -> AnyView {
    view! {
        <div class="field">
            <div class="password">
                <label for=id>{label}</label>
                <input
                    type="password"
                    id=id
                    name=name
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=autofocus
                    minlength=minimum
                    aria-invalid=description.invalid()
                    aria-describedby=description.ids(id)
                />
                <button
                    type="button"
                    class="reveal"
                    hidden
                    aria-label="Show password"
                    title="Show password"
                    aria-pressed="false"
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
                        <circle cx="12" cy="12" r="3" />
                        <path class="slash" d="M4 4l16 16" />
                    </svg>
                </button>
                <RevealButton />
                {description.clone().view(id)}
                {minimum.map(|_| view! {
                    <p class="count" aria-hidden="true"></p>
                    <CharacterCount />
                })}
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hint_states_the_configured_rules() {
        let hint = |min_length, composition, strong| PasswordRules { min_length, composition, strong }.hint();
        assert_eq!(hint(8, false, false), "At least 8 characters. Common passwords are not accepted.");
        assert_eq!(hint(15, false, true), "At least 15 characters. A few unrelated words work well.");
        assert!(hint(8, true, false).contains("an upper-case letter, a lower-case letter and a digit. Common"));
    }
}
