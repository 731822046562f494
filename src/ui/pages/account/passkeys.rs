//! The section of `/account/security` about passkeys.

use leptos::prelude::*;

use crate::{
    domain::{
        Passkey, Timestamp,
        form::{Field, FormKind, FormState},
        passkey::{MAX_NAME, MAX_PASSKEYS},
    },
    ui::{
        components::{
            field::{Description, field_id},
            form::{ErrorSummary, PostForm},
            passkeys::{PasskeyButton, PasskeyReport, PasskeyUse, PasskeysNeed, ReportPasskeys},
            time::DateTime,
        },
        feedback::Feedback,
        format,
    },
};

/// The element id of the heading.
const HEADING: &str = "passkeys";

/// What the section shows.
#[derive(Clone)]
pub struct PasskeysState {
    /// The passkeys of the account.
    pub passkeys: Vec<Passkey>,
    /// What the user's password managers learn. `None`: the user has never had a passkey.
    pub report: Option<PasskeyReport>,
    /// The current time, for "5 minutes ago".
    pub now: Timestamp,
}

/// Lists, adds, renames and removes passkeys.
#[component]
pub fn PasskeysSection(
    /// What the section shows.
    state: PasskeysState,
    /// The outcome of the last form post.
    form: Option<FormState>,
) -> AnyView {
    let PasskeysState { passkeys, report, now } = state;
    let feedback = Feedback::new(FormKind::Passkeys, form.as_ref());
    let new = Feedback::new(FormKind::NewPasskey, form.as_ref());
    let total = passkeys.len();
    let rows = passkeys.into_iter().map(|passkey| view! { <Row passkey now /> });
    view! {
        <section aria-labelledby=HEADING>
            <h2 id=HEADING>"Passkeys"</h2>
            <p class="explain">
                "Sign in with your fingerprint, face or PIN instead of a password. A passkey can’t be guessed, and works \
                 on this site only."
            </p>
            <ErrorSummary feedback target=|_| HEADING />
            {(total > 0).then(|| view! { <ul class="rows">{rows.collect_view()}</ul> })}
            {if total < MAX_PASSKEYS {
                view! { <Add feedback=new /> }.into_any()
            } else {
                view! { <ErrorSummary feedback=new target=|_| HEADING /> }.into_any()
            }}
            {report.map(|report| view! { <ReportPasskeys report /> })}
        </section>
    }
    .into_any()
}

#[component]
fn Add(feedback: Feedback) -> impl IntoView {
    let hint = "Such as “Phone” or “Work laptop”. Left empty, we choose one.".to_owned();
    let description =
        Description { error: feedback.error(Field::PasskeyName), hint: Some(hint), ..Description::default() };
    let id = field_id(Field::PasskeyName);
    view! {
        <PasskeysNeed />
        <PostForm action="/actions/add-passkey" feedback=feedback.clone() target=field_id>
            <div class="field if-passkeys">
                <label for=id>"Name of the new passkey (optional)"</label>
                <input
                    type="text"
                    id=id
                    name="name"
                    value=feedback.value(Field::PasskeyName)
                    dir="auto"
                    autocomplete="off"
                    maxlength=MAX_NAME
                    aria-invalid=description.invalid()
                    aria-describedby=description.ids(id)
                />
                {description.view(id)}
            </div>
            <PasskeyButton action="/actions/add-passkey" kind=PasskeyUse::Create label="Add a passkey" />
        </PostForm>
    }
}

#[component]
fn Row(passkey: Passkey, now: Timestamp) -> impl IntoView {
    let Passkey { id, name, is_synced, backed_up, created_at, last_used_at, .. } = passkey;
    let (id, name, field) = (id.to_string(), name.as_str().to_owned(), format!("passkey-{id}"));
    let used = last_used_at.map_or_else(|| "Never used".to_owned(), |at| format!("Last used {}", format::ago(at, now)));
    let of = format!(" {name}");
    view! {
        <li>
            <div class="row-main">
                <p class="row-title"><bdi class="wrap">{name.clone()}</bdi></p>
                <p class="row-detail">
                    <span>{used}</span> " "
                    <span>"Added " <DateTime at=created_at /></span>
                </p>
            </div>
            <div class="row-side"><span class="badge">{storage(is_synced, backed_up)}</span></div>
            <details>
                <summary>"Rename or remove"<span class="unseen">{of.clone()}</span></summary>
                <form class="inline" method="post" action="/actions/rename-passkey">
                    <input type="hidden" name="passkey" value=id.clone() />
                    <div class="field">
                        <label for=field.clone()>"Name"<span class="unseen">{format!(" of {name}")}</span></label>
                        <input
                            type="text"
                            id=field
                            name="name"
                            value=name.clone()
                            dir="auto"
                            autocomplete="off"
                            maxlength=MAX_NAME
                            required
                        />
                    </div>
                    <button type="submit">"Rename"<span class="unseen">{of.clone()}</span></button>
                </form>
                <form method="post" action="/actions/remove-passkey">
                    <input type="hidden" name="passkey" value=id />
                    <button type="submit" class="danger">"Remove"<span class="unseen">{of}</span></button>
                </form>
            </details>
        </li>
    }
}

/// Where the passkey is.
const fn storage(is_synced: bool, backed_up: bool) -> &'static str {
    match (is_synced, backed_up) {
        (true, true) => "Synced",
        (true, false) => "Not synced yet",
        (false, _) => "This device only",
    }
}
