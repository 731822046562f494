//! `/sign-up` while sign-up is closed

use leptos::prelude::*;

use crate::{
    domain::{ReturnAddress, form::FormState, return_address::with_next},
    ui::page::Page,
};

/// Says that sign-up is closed.
pub struct SignUpClosedPage {
    /// The address to redirect to after signing in.
    pub next: Option<ReturnAddress>,
}

impl Page for SignUpClosedPage {
    fn title(&self) -> Option<&'static str> {
        Some("Sign-up is closed")
    }

    fn description(&self) -> &'static str {
        "New accounts can’t be created here at the moment."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let sign_in = with_next("/sign-in", self.next.as_ref().map(ReturnAddress::as_str));
        view! {
            <section class="narrow">
                <h1>"Sign-up is closed"</h1>
                <p>"New accounts can’t be created here at the moment. If you already have an account, you can sign in."</p>
                <div class="actions">
                    <a class="button primary" href=sign_in>"Sign in"</a>
                </div>
            </section>
        }
        .into_any()
    }
}
