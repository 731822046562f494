//! `/sign-in` for a signed-in user, if the page to continue with requires a stronger sign-in than the account offers.

use leptos::prelude::*;

use crate::{
    domain::{authentication::Assurance, form::FormState},
    ui::page::Page,
};

const TITLE: &str = "This page needs a stronger sign-in";

/// Says why signing in again does not help.
pub struct WeakSignInPage {
    /// The address of the signed-in user.
    pub email: String,
    /// The required strength.
    pub least: Assurance,
    /// Whether users can add passkeys.
    pub passkeys: bool,
}

impl Page for WeakSignInPage {
    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Why a page does not open with your sign-in."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let needed = match self.least {
            Assurance::Aal1 => "a sign-in",
            Assurance::Aal2 => "a second factor in addition to your password or code",
            Assurance::PhishingResistant => "a passkey",
        };
        let remedy = match self.least {
            Assurance::Aal1 | Assurance::Aal2 => {
                Some(("Turn on two-step sign-in in your account, then sign in again.", "Set up two-step sign-in"))
            }
            Assurance::PhishingResistant if self.passkeys => {
                Some(("Add a passkey in your account, then sign in with it.", "Add a passkey"))
            }
            Assurance::PhishingResistant => None,
        };
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">
                    "You’re signed in as " <bdi>{self.email}</bdi> ". The page that you want to open needs " {needed}
                    ", and this account has none. Signing in again does not change that."
                </p>
                {remedy.map(|(remedy, link)| view! {
                    <p>{remedy}</p>
                    <p class="actions"><a class="button primary" href="/account/security">{link}</a></p>
                })}
                <p>"Otherwise, ask the operator of the page for access, or go back."</p>
                <p class="actions"><a class="button" href="/account">"Go to your account"</a></p>
            </section>
        }
        .into_any()
    }
}
