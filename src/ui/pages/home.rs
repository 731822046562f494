//! `/`

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::page::Page};

/// The start page.
pub struct HomePage {
    /// Shows a link to the account instead of the sign-in links.
    pub signed_in: bool,
    /// Whether the page links to sign-up.
    pub sign_up: bool,
}

impl Page for HomePage {
    fn title(&self) -> Option<&'static str> {
        None
    }

    fn description(&self) -> &'static str {
        "One account behind one good password: see every signed-in device, and sign out any of them."
    }

    fn is_constant(&self) -> bool {
        !self.signed_in
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        view! {
            <section class="hero">
                <h1>"One account, safely kept"</h1>
                <p class="lead">
                    "Latchkey keeps your account behind one good password, shows you every device that is \
                     signed in, and lets you sign out any of them whenever you like."
                </p>
                <div class="actions">
                    {if self.signed_in {
                        view! { <a class="button primary" href="/account">"Go to your account"</a> }.into_any()
                    } else {
                        let sign_in = if self.sign_up { "button" } else { "button primary" };
                        view! {
                            {self.sign_up.then(|| view! {
                                <a class="button primary" href="/sign-up">"Create account"</a>
                            })}
                            <a class=sign_in href="/sign-in">"Sign in"</a>
                        }.into_any()
                    }}
                </div>
            </section>
            <ul class="promises">
                <li>
                    <h2>"Yours alone"</h2>
                    <p>"Your password is never stored, only what is needed to recognise it."</p>
                </li>
                <li>
                    <h2>"Nothing hidden"</h2>
                    <p>"You see where you’re signed in and what has happened to your account."</p>
                </li>
                <li>
                    <h2>"Out means out"</h2>
                    <p>"When you sign out a device, it is out at once, everywhere."</p>
                </li>
            </ul>
            <p class="reference">"For developers: " <a href="/docs">"the API"</a></p>
        }
        .into_any()
    }
}
