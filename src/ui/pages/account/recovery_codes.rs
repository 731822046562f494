//! `/account/recovery-codes`: new recovery codes, shown once.

use leptos::{nonce::use_nonce, prelude::*};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{ReturnAddress, form::FormState},
    ui::page::Page,
};

/// Shows the buttons that copy and print. It follows them, so that nothing moves.
const SCRIPT: &str = include_str!("save_codes.js");

/// The recovery codes of the last form post. Without them, the page says that they are shown once.
pub struct RecoveryCodesPage {
    /// The account's e-mail address.
    pub email: String,
    /// The product's name, for the file.
    pub product: String,
    /// Where the user continues. `None`: at the page about security.
    pub next: Option<ReturnAddress>,
}

impl Page for RecoveryCodesPage {
    const HAS_SCRIPT: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Recovery codes · Your account")
    }

    fn description(&self) -> &'static str {
        "Save your recovery codes."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let Self { email, product, next } = self;
        let body = match form {
            Some(FormState::RecoveryCodes(codes)) => codes_view(codes, &product, &email, next.as_ref()),
            _ => view! {
                <p class="explain">
                    "Recovery codes are shown once, when they are made. To get others, make new ones: the former codes then \
                     no longer work."
                </p>
                <div class="actions"><a class="button" href="/account/security">"Back to security"</a></div>
            }
            .into_any(),
        };
        view! {
            <AccountFrame section=Section::Security email>
                <section aria-labelledby="recovery-codes">
                    <h2 id="recovery-codes">"Recovery codes"</h2>
                    {body}
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}

fn codes_view(codes: &[String], product: &str, email: &str, next: Option<&ReturnAddress>) -> AnyView {
    let next = next.map_or("/account/security", ReturnAddress::as_str).to_owned();
    let list = codes.join("\n");
    let file = format!("Recovery codes of {product} for {email}. Each works once.\n\n{list}\n");
    let href = format!("data:text/plain;charset=utf-8,{}", utf8_percent_encode(&file, NON_ALPHANUMERIC));
    view! {
        <p class="notice" role="status" tabindex="-1" autofocus>
            "Save these codes now: they are not shown again."
        </p>
        <p class="explain">
            "Without your authenticator app, each of these codes signs you in once. Keep them where you do not need that \
             device: on paper, or in a password manager."
        </p>
        <pre class="codes" translate="no">{list}</pre>
        <div class="actions">
            <a class="button" href=href download="recovery-codes.txt">"Download"</a>
            <button type="button" data-codes="copy" hidden>"Copy"</button>
            <button type="button" data-codes="print" hidden>"Print"</button>
            <a class="button primary" href=next>"I’ve saved them"</a>
        </div>
        <script nonce=use_nonce()>{SCRIPT}</script>
        <p class="aside">
            "Signed in on devices that you no longer use? " <a href="/account/sessions">"Sign them out"</a>
        </p>
    }
    .into_any()
}
