//! Labelled form fields with hint and error.

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, Remember},
    },
    ui::feedback::Remedy,
};

/// The element id of a field on a page that has each field once.
pub const fn field_id(field: Field) -> &'static str {
    match field {
        Field::Email => "email",
        Field::Name => "name",
        Field::Password | Field::CurrentPassword => "password",
        Field::Code => "code",
        Field::PasskeyName => "passkey-name",
    }
}

/// The texts that `aria-describedby` ties to a field.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// The error in the value.
    pub error: Option<String>,
    /// A link that helps with the error.
    pub remedy: Option<Remedy>,
    /// The hint below the field.
    pub hint: Option<String>,
}

impl Description {
    /// The value of `aria-describedby` on the field `id`.
    pub fn ids(&self, id: &str) -> Option<String> {
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let ids: Vec<_> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The value of `aria-invalid` on the field.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    /// The texts, placed after the field `id`.
    pub fn view(self, id: &str) -> AnyView {
        let error_id = format!("{id}-error");
        let hint_id = format!("{id}-hint");
        view! {
            {self.error.map(|error| view! {
                <p class="field-error" id=error_id>
                    <span class="alert-icon" aria-hidden="true">"!"</span>
                    <span>
                        {error}
                        {self.remedy.map(|remedy| view! { " " <a href=remedy.href>{remedy.text}</a> })}
                    </span>
                </p>
            })}
            {self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        }
        .into_any()
    }
}

/// The e-mail address, which is also the account's user name.
#[component]
pub fn EmailField(
    /// The initial value.
    value: Option<String>,
    /// The error in the value.
    error: Option<String>,
    /// A link that helps with the error.
    #[prop(optional_no_strip)]
    remedy: Option<Remedy>,
    /// Whether the browser suggests passkeys in the field.
    #[prop(optional)]
    passkeys: bool,
    /// Focuses the field when the page loads.
    autofocus: bool,
) -> AnyView {
    let description = Description { error, remedy, hint: None };
    let input = ExactInput {
        name: "email",
        kind: "email",
        label: "E-mail address",
        input_mode: None,
        autocomplete: if passkeys { "username webauthn" } else { "username" },
        autofocus,
    };
    input.view(value, description)
}

/// The code in a message. Browsers and phones offer to fill it in.
#[component]
pub fn CodeField(
    /// The error in the value.
    error: Option<String>,
    /// Focuses the field when the page loads.
    autofocus: bool,
) -> AnyView {
    let description = Description { error, hint: Some("6 digits".to_owned()), ..Description::default() };
    let input = ExactInput {
        name: "code",
        kind: "text",
        label: "Code",
        input_mode: Some("numeric"),
        autocomplete: "one-time-code",
        autofocus,
    };
    input.view(None, description)
}

/// A recovery code.
#[component]
pub fn RecoveryCodeField(
    /// The error in the value.
    error: Option<String>,
    /// Focuses the field when the page loads.
    autofocus: bool,
) -> AnyView {
    let hint = Some("10 letters and digits, such as abcde-12345".to_owned());
    let input = ExactInput {
        name: "code",
        kind: "text",
        label: "Recovery code",
        input_mode: None,
        autocomplete: "off",
        autofocus,
    };
    input.view(None, Description { error, hint, ..Description::default() })
}

/// A required field of one line, whose text must neither be corrected nor capitalized.
struct ExactInput {
    /// The name, and the element id.
    name: &'static str,
    kind: &'static str,
    label: &'static str,
    input_mode: Option<&'static str>,
    autocomplete: &'static str,
    autofocus: bool,
}

impl ExactInput {
    fn view(self, value: Option<String>, description: Description) -> AnyView {
        let Self { name, kind, label, input_mode, autocomplete, autofocus } = self;
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input
                    type=kind
                    id=name
                    name=name
                    value=value
                    inputmode=input_mode
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=autofocus
                    aria-invalid=description.invalid()
                    aria-describedby=description.ids(name)
                />
                {description.view(name)}
            </div>
        }
        .into_any()
    }
}

/// The display name.
#[component]
pub fn NameField(
    /// The initial value.
    value: Option<String>,
    /// The error in the value.
    error: Option<String>,
    /// The hint below the field.
    hint: &'static str,
) -> AnyView {
    let description = Description { error, hint: Some(hint.to_owned()), ..Description::default() };
    view! {
        <div class="field">
            <label for="name">"Name (optional)"</label>
            <input
                type="text"
                id="name"
                name="name"
                value=value
                dir="auto"
                autocomplete="name"
                aria-invalid=description.invalid()
                aria-describedby=description.ids("name")
            />
            {description.view("name")}
        </div>
    }
    .into_any()
}

/// The account's user name, hidden: password managers need it in every form with a password.
#[component]
pub fn UsernameField(
    /// The element id.
    id: &'static str,
    /// The account's e-mail address.
    email: String,
) -> impl IntoView {
    view! { <input type="text" id=id autocomplete="username" value=email readonly hidden /> }
}

/// The checkbox for a session that outlives the browser's closing.
#[component]
pub fn RememberField(
    /// Whether the box is checked at first.
    checked: bool,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="remember" value=Remember::CHECKED checked=checked />
            <span>"Keep me signed in on this device"</span>
        </label>
    }
}

/// The other site that the user continues to.
#[component]
pub fn ContinueTo(
    /// The action, such as "Sign in".
    action: &'static str,
    /// The address to redirect to afterwards.
    next: Option<ReturnAddress>,
) -> impl IntoView {
    let host = next.and_then(|next| Some(next.origin()?.split_once("://")?.1.to_owned()));
    host.map(|host| view! { <p class="lead wrap">{format!("{action} to continue to {host}")}</p> })
}

/// The address to redirect to after signing in, as a hidden field.
#[component]
pub fn NextField(
    /// The address.
    next: Option<ReturnAddress>,
) -> impl IntoView {
    next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned() /> })
}
