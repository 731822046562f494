//! A labelled text field with its hint and its error.

use leptos::prelude::*;

use crate::domain::ReturnAddress;

/// What a field says besides its label: the error under it, then the hint.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// What is wrong with the value.
    pub error: Option<String>,
    /// What to enter.
    pub hint: Option<String>,
}

impl Remarks {
    /// The ids that `aria-describedby` of the field `id` names.
    pub fn ids(&self, id: &str) -> Option<String> {
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let ids: Vec<_> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// `aria-invalid` of the field.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    /// The remarks of the field `id`, to stand right after it.
    pub fn view(self, id: &str) -> AnyView {
        let error_id = format!("{id}-error");
        let hint_id = format!("{id}-hint");
        view! {
            {self.error.map(|error| view! {
                <p class="field-error" id=error_id><span class="alert-icon" aria-hidden="true">"!"</span>{error}</p>
            })}
            {self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        }
        .into_any()
    }
}

/// An e-mail address that is also the user name of the account.
#[component]
pub fn EmailField(
    /// The address as typed before.
    value: Option<String>,
    /// What is wrong with it.
    error: Option<String>,
    /// Whether typing starts here.
    autofocus: bool,
) -> AnyView {
    let remarks = Remarks { error, hint: None };
    view! {
        <div class="field">
            <label for="email">"E-mail address"</label>
            <input
                type="email"
                id="email"
                name="email"
                value=value
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                required
                autofocus=autofocus
                aria-invalid=remarks.invalid()
                aria-describedby=remarks.ids("email")
            />
            {remarks.view("email")}
        </div>
    }
    .into_any()
}

/// What a person wants to be called.
#[component]
pub fn NameField(
    /// The name as typed or saved before.
    value: Option<String>,
    /// What is wrong with it.
    error: Option<String>,
    /// What it is for.
    hint: &'static str,
) -> AnyView {
    let remarks = Remarks { error, hint: Some(hint.to_owned()) };
    view! {
        <div class="field">
            <label for="name">"Name (optional)"</label>
            <input
                type="text"
                id="name"
                name="name"
                value=value
                autocomplete="name"
                aria-invalid=remarks.invalid()
                aria-describedby=remarks.ids("name")
            />
            {remarks.view("name")}
        </div>
    }
    .into_any()
}

/// Whether the session is to outlive the browser's closing.
#[component]
pub fn RememberField() -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="remember" value="true" checked />
            <span>"Keep me signed in on this device"</span>
        </label>
    }
}

/// Where to go after the form, carried along unseen.
#[component]
pub fn NextField(
    /// The place.
    next: Option<ReturnAddress>,
) -> impl IntoView {
    next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned() /> })
}
