//! `/sign-in/code`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, FormKind, FormState, Remember},
        return_address::with_next,
    },
    ui::{
        components::{
            field::{CodeField, ContinueTo, NextField, field_id},
            form::PostForm,
        },
        feedback::Feedback,
        page::Page,
    },
};

const TITLE: &str = "Check your mail";

/// The form for the code in the message.
pub struct SignInCodePage {
    /// The address that the message is for.
    pub email: String,
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// Whether the session outlives the browser, for another message.
    pub remember: bool,
}

impl Page for SignInCodePage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Enter the code that you got by e-mail."
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::SignInCode, form);
        let autofocus = feedback.is_empty() && !matches!(form, Some(FormState::Done(_)));
        let other = with_next("/sign-in/email", self.next.as_ref().map(ReturnAddress::as_str));
        let remember = self.remember.then(|| {
            view! {
                <input type="hidden" name="remember" value=Remember::CHECKED />
            }
        });
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <ContinueTo action="Sign in" next=self.next.clone() />
                <p class="lead wrap">
                    "If " <bdi>{self.email.clone()}</bdi>
                    " can sign in here, we’ve sent a message with a code. Enter it here within 10 minutes, or follow the \
                     link in the message."
                </p>
                <PostForm action="/actions/sign-in-with-code" feedback=feedback.clone() target=field_id>
                    <CodeField error=feedback.error(Field::Code) autofocus />
                    <button type="submit" class="primary">"Sign in"</button>
                </PostForm>
                <form class="stack" method="post" action="/actions/request-sign-in">
                    <p class="aside">"No message? Check the spam folder and the address."</p>
                    <input type="hidden" name="email" value=self.email />
                    {remember}
                    <NextField next=self.next />
                    <button type="submit">"Send another message"</button>
                </form>
                <p class="aside"><a href=other>"Use another address"</a></p>
            </section>
        }
        .into_any()
    }
}
