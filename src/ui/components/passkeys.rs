//! The buttons of passkeys, and their script.

use leptos::{nonce::use_nonce, prelude::*};
use serde::Serialize;

/// Creates and uses passkeys. Without it, or in a browser without passkeys, nothing with the class `if-passkeys` is shown.
///
/// It is a file of its own, and not inline, so that browsers keep it. The suggestions in the field of the e-mail address
/// must be ready when the user comes to the field, so it is loaded with the page and not when the page is used.
pub const SCRIPT: &str = include_str!("passkeys.js");

/// Runs before the first paint, so that nothing moves.
const DETECT: &str =
    "document.documentElement.classList.add(self.PublicKeyCredential ? \"passkeys\" : \"no-passkeys\")";

/// The script, for pages with passkeys.
#[component]
pub fn PasskeyScripts(
    /// The path of [`SCRIPT`].
    path: String,
) -> impl IntoView {
    view! {
        <script nonce=use_nonce()>{DETECT}</script>
        <script type="module" nonce=use_nonce() src=path></script>
    }
}

/// What a button does with a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyUse {
    /// Creates one.
    Create,
    /// Uses one.
    Get,
}

impl PasskeyUse {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
        }
    }
}

/// The button that asks the browser for a passkey, and sends its response with the form. Below it, the script says why
/// there is none.
#[component]
pub fn PasskeyButton(
    /// The path of the server function. The path of the options follows from it.
    action: &'static str,
    /// What the button does.
    kind: PasskeyUse,
    /// The text.
    label: &'static str,
    /// Whether it is the main button of the form.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let class = primary.then_some("primary");
    view! {
        <div class="passkey if-passkeys">
            <button type="submit" formaction=action data-passkey=kind.as_str() class=class>{label}</button>
            <p class="field-error" aria-live="assertive"></p>
        </div>
    }
}

/// What passkeys need, for browsers that do not have it.
#[component]
pub fn PasskeysNeed() -> impl IntoView {
    view! {
        <p class="explain if-no-script">"Passkeys need JavaScript. Allow it for this page, then reload the page."</p>
        <p class="explain if-no-passkeys">
            "This browser has no passkeys. Use a current version of Chrome, Edge, Firefox or Safari."
        </p>
    }
}

/// What the password managers of a signed-in user learn (WebAuthn Level 3, §5.1.10): which passkeys are accepted, and
/// the user's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PasskeyReport {
    accepted: AcceptedCredentials,
    user: UserDetails,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct AcceptedCredentials {
    rp_id: String,
    user_id: String,
    all_accepted_credential_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDetails {
    rp_id: String,
    user_id: String,
    name: String,
    display_name: String,
}

impl PasskeyReport {
    /// The report about a user. The handle and the ids of the passkeys are in base64url.
    pub fn new(rp_id: &str, handle: &str, [name, display_name]: [&str; 2], credential_ids: Vec<String>) -> Self {
        let [name, display_name] = [name, display_name].map(str::to_owned);
        let (rp_id, user_id) = (rp_id.to_owned(), handle.to_owned());
        Self {
            accepted: AcceptedCredentials {
                rp_id: rp_id.clone(),
                user_id: user_id.clone(),
                all_accepted_credential_ids: credential_ids,
            },
            user: UserDetails { rp_id, user_id, name, display_name },
        }
    }
}

/// The report, for the script.
#[component]
pub fn ReportPasskeys(
    /// The report.
    report: PasskeyReport,
) -> impl IntoView {
    serde_json::to_string(&report).ok().map(|json| view! { <div hidden data-signal=json></div> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_has_the_members_of_the_signal_api() {
        let ids = vec!["AQI".to_owned()];
        let report = PasskeyReport::new("example.com", "aGk", ["ada@example.com", "Ada"], ids);
        assert_eq!(
            serde_json::to_value(report).unwrap(),
            serde_json::json!({
                "accepted": { "rpId": "example.com", "userId": "aGk", "allAcceptedCredentialIds": ["AQI"] },
                "user": { "rpId": "example.com", "userId": "aGk", "name": "ada@example.com", "displayName": "Ada" },
            })
        );
    }
}
