//! `/account/confirm`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        confirmation::{ConfirmationWays, FirstProof},
        form::{Field, FormError, FormKind, FormState},
    },
    ui::{
        components::{
            field::{Description, UsernameField},
            form::PostForm,
            passkeys::{PasskeyButton, PasskeyUse, PasskeysNeed},
            password_field::CurrentPasswordField,
        },
        feedback::Feedback,
        messages,
        page::{Load, Page},
    },
};

const TITLE: &str = "Confirm it’s you";
const ACTION: &str = "/actions/confirm";
const WITH_PASSKEY: &str = "/actions/confirm-with-passkey";
const PASSWORD: &str = "password";
const MAIL_CODE: &str = "mail-code";
const CODE: &str = "code";

/// The form that asks a signed-in user for the password or a code again.
pub struct ConfirmPage {
    /// The account's e-mail address.
    pub email: String,
    /// The form that continues afterwards.
    pub purpose: FormKind,
    /// What the account can present.
    pub ways: ConfirmationWays,
    /// Tells tabs apart: another form may wait since.
    pub label: String,
    /// Whether this browser has asked for a message with a code.
    pub is_code_sent: bool,
    /// Where the user continues if no form does.
    pub next: Option<ReturnAddress>,
}

impl Page for ConfirmPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Confirm that it’s you before a change of your account."
    }

    fn has_passkeys(&self) -> bool {
        self.ways.passkey
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let Self { email, purpose, ways, label, is_code_sent, next } = self;
        let feedback = Feedback::new(FormKind::Confirmation, form);
        let autofocus = feedback.is_empty() && !matches!(form, Some(FormState::Done(_)));
        let (second, passkey, danger) = (ways.second, ways.passkey, is_dangerous(purpose));
        let first = match ways.first {
            Some(FirstProof::Password) => {
                let (email, label) = (email.clone(), label.clone());
                view! { <PasswordProof email label second passkey autofocus danger feedback /> }.into_any()
            }
            Some(FirstProof::MailCode) if is_code_sent => {
                view! { <MailCodeProof label second passkey autofocus danger feedback /> }.into_any()
            }
            Some(FirstProof::MailCode) => view! { <SendCode label passkey feedback /> }.into_any(),
            None if passkey => view! { <PasskeyProof label danger feedback /> }.into_any(),
            None => view! {
                <p>"There is nothing that you can confirm it with here. Sign out, and sign in again."</p>
            }
            .into_any(),
        };
        let cancel = next.as_ref().map_or(page_of(purpose), |_| FormKind::Password.page());
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">
                    "You’re signed in as " <bdi>{email}</bdi> ", and your last sign-in was a while ago. " {about(purpose)} ", confirm that it’s you."
                </p>
                {first}
                <p class="aside"><a href=cancel>"Cancel"</a></p>
            </section>
        }
        .into_any()
    }
}

const fn page_of(purpose: FormKind) -> &'static str {
    match purpose {
        FormKind::Confirmation => FormKind::Password.page(),
        purpose => purpose.page(),
    }
}

const fn about(purpose: FormKind) -> &'static str {
    match purpose {
        FormKind::Deletion => "To delete your account",
        FormKind::EmailChange => "To change your e-mail address",
        FormKind::FirstPassword => "To set a password",
        FormKind::Factors => "To change two-step sign-in",
        _ => "To continue",
    }
}

/// The button then does more than confirm.
fn is_dangerous(purpose: FormKind) -> bool {
    purpose == FormKind::Deletion
}

/// The fields of the proof below the errors, and the button.
#[component]
fn ProofForm(
    label: String,
    feedback: Feedback,
    target: fn(Field) -> &'static str,
    danger: bool,
    passkey: bool,
    children: Children,
) -> impl IntoView {
    let class = if danger { "danger" } else { "primary" };
    view! {
        <PostForm action=ACTION feedback target>
            <input type="hidden" name="label" value=label />
            {children()}
            <button type="submit" class=class>{text(danger, "Confirm")}</button>
            {passkey.then(|| view! { <UsePasskey label="Use a passkey instead" /> })}
        </PostForm>
    }
}

#[component]
fn PasswordProof(
    email: String,
    label: String,
    second: bool,
    passkey: bool,
    autofocus: bool,
    danger: bool,
    feedback: Feedback,
) -> impl IntoView {
    let target = |field| if field == Field::CurrentPassword { PASSWORD } else { CODE };
    let code = second.then(|| view! { <AppCodeField error=feedback.error(Field::Code) /> });
    view! {
        <ProofForm label feedback=feedback.clone() target danger passkey>
            <UsernameField id="username" email />
            <CurrentPasswordField
                id=PASSWORD
                name="current_password"
                label="Your password"
                error=feedback.error(Field::CurrentPassword)
                autofocus
            />
            {code}
        </ProofForm>
    }
}

#[component]
fn MailCodeProof(
    label: String,
    second: bool,
    passkey: bool,
    autofocus: bool,
    danger: bool,
    feedback: Feedback,
) -> impl IntoView {
    // Of two codes, one at most is refused at a time.
    let error = |is_wanted: fn(FormError) -> bool| {
        feedback.errors().iter().copied().find(|error| is_wanted(*error)).map(messages::form_error)
    };
    let app_error = error(is_of_app);
    let target: fn(Field) -> &'static str = if app_error.is_some() { |_| CODE } else { |_| MAIL_CODE };
    let mail_error = error(|error| error.field() == Some(Field::Code) && !is_of_app(error));
    let description = Description { error: mail_error, hint: Some("6 digits".to_owned()), ..Description::default() };
    let code = second.then(|| view! { <AppCodeField error=app_error /> });
    view! {
        <ProofForm label=label.clone() feedback=feedback.clone() target danger passkey>
            <p>"We’ve sent you a message with a code. It works for 10 minutes, in this browser."</p>
            <div class="field">
                <label for=MAIL_CODE>"Code from the message"</label>
                <input
                    type="text"
                    id=MAIL_CODE
                    name="mail_code"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=autofocus
                    aria-invalid=description.invalid()
                    aria-describedby=description.ids(MAIL_CODE)
                />
                {description.view(MAIL_CODE)}
            </div>
            {code}
        </ProofForm>
        <form class="stack" method="post" action="/actions/send-confirmation-code">
            <input type="hidden" name="label" value=label />
            <p class="aside">"No message? Check the spam folder."</p>
            <button type="submit">"Send another message"</button>
        </form>
    }
}

const fn is_of_app(error: FormError) -> bool {
    matches!(error, FormError::Totp | FormError::TotpMissing | FormError::RecoveryCode | FormError::RecoveryCodeMissing)
}

#[component]
fn SendCode(label: String, passkey: bool, feedback: Feedback) -> impl IntoView {
    view! {
        <PostForm action="/actions/send-confirmation-code" feedback target=|_| MAIL_CODE>
            <input type="hidden" name="label" value=label />
            <p>"We’ll send a code to your e-mail address."</p>
            <button type="submit" class="primary">"E-mail me a code"</button>
            {passkey.then(|| view! { <UsePasskey label="Use a passkey instead" /> })}
        </PostForm>
    }
}

/// The code of the authenticator app, or a recovery code.
#[component]
fn AppCodeField(error: Option<String>) -> impl IntoView {
    let hint = Some("6 digits, or one of your recovery codes".to_owned());
    let description = Description { error, hint, ..Description::default() };
    view! {
        <div class="field">
            <label for=CODE>"Code from your authenticator app"</label>
            <input
                type="text"
                id=CODE
                name="code"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck="false"
                required
                aria-invalid=description.invalid()
                aria-describedby=description.ids(CODE)
            />
            {description.view(CODE)}
        </div>
    }
}

/// The form of an account that has only passkeys, or in a session with one.
#[component]
fn PasskeyProof(label: String, danger: bool, feedback: Feedback) -> impl IntoView {
    view! {
        <PostForm action=WITH_PASSKEY feedback target=|_| CODE>
            <input type="hidden" name="label" value=label />
            <UsePasskey label=text(danger, "Confirm with a passkey") primary=true />
            <PasskeysNeed />
        </PostForm>
    }
}

/// The button for a passkey.
#[component]
fn UsePasskey(label: &'static str, #[prop(optional)] primary: bool) -> impl IntoView {
    view! { <PasskeyButton action=WITH_PASSKEY kind=PasskeyUse::Get label primary /> }
}

/// The text of a button.
const fn text(danger: bool, harmless: &'static str) -> &'static str {
    if danger { "Confirm and delete account" } else { harmless }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::form::RejectedForm, ui::pages::account::tests::draw};

    fn page(first: Option<FirstProof>, second: bool, is_code_sent: bool) -> ConfirmPage {
        ConfirmPage {
            email: "ada@example.com".to_owned(),
            purpose: FormKind::Deletion,
            ways: ConfirmationWays { first, second, passkey: false },
            label: "0011223344556677".to_owned(),
            is_code_sent,
            next: None,
        }
    }

    #[test]
    fn page_asks_for_what_the_account_has() {
        let [password, send, code, app] =
            [r#"name="current_password""#, "E-mail me a code", r#"name="mail_code""#, r#"name="code""#];
        for (page, shown) in [
            (page(Some(FirstProof::Password), false, false), &[password][..]),
            (page(Some(FirstProof::Password), true, false), &[password, app]),
            (page(Some(FirstProof::MailCode), true, false), &[send]),
            (page(Some(FirstProof::MailCode), false, true), &[code]),
            (page(Some(FirstProof::MailCode), true, true), &[code, app]),
            (page(None, true, true), &["sign in again"]),
        ] {
            assert!(!page.has_passkeys());
            let html = draw(page, None);
            assert!(!html.contains("data-passkey"), "{html}");
            for part in [password, send, code, app, "sign in again"] {
                assert_eq!(html.contains(part), shown.contains(&part), "{part} in {html}");
            }
        }
    }

    #[test]
    fn passkey_comes_after_the_other_proof() {
        for (first, sent) in [
            (Some(FirstProof::Password), false),
            (Some(FirstProof::MailCode), false),
            (Some(FirstProof::MailCode), true),
            (None, false),
        ] {
            let mut page = page(first, false, sent);
            page.ways.passkey = true;
            assert!(page.has_passkeys());
            let html = draw(page, None);
            let passkey = html.find(r#"formaction="/actions/confirm-with-passkey""#).unwrap();
            let other = html.find("class=\"danger\"").or_else(|| html.find("E-mail me a code"));
            assert_eq!(other.is_some_and(|other| other < passkey), first.is_some(), "the key Enter: {html}");
            assert!(!html.contains("sign in again"), "{html}");
        }
    }

    #[test]
    fn error_is_linked_to_the_refused_code() {
        for (error, id) in
            [(FormError::MailCode, MAIL_CODE), (FormError::CodeMissing, MAIL_CODE), (FormError::Totp, CODE)]
        {
            let rejected = RejectedForm::new(FormKind::Confirmation, vec![error]);
            let html = draw(page(Some(FirstProof::MailCode), true, true), Some(FormState::Failed(rejected)));
            assert!(html.contains(&format!(r##"href="#{id}""##)), "{html}");
            assert!(html.contains(&format!(r#"id="{id}-error""#)), "{html}");
            assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 1, "{html}");
        }
    }
}
