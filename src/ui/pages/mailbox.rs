//! `/dev/mailbox`

use leptos::prelude::*;

use crate::{
    domain::{Timestamp, form::FormState},
    ui::{components::time::DateTime, page::Page},
};

/// A message in the list.
#[derive(Clone)]
pub struct MailSummary {
    /// The message's id.
    pub id: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The time.
    pub date: Timestamp,
}

/// All messages.
pub struct MailboxPage {
    /// The messages, newest first.
    pub messages: Vec<MailSummary>,
}

impl Page for MailboxPage {
    fn title(&self) -> Option<&'static str> {
        Some("Development mailbox")
    }

    fn description(&self) -> &'static str {
        "The messages of this service, which are shown here and not sent."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let is_empty = self.messages.is_empty();
        let rows = self.messages.into_iter().map(|message| {
            let href = format!("/dev/mailbox/{}", message.id);
            view! {
                <li>
                    <a href=href>{message.subject}</a>
                    <p class="hint wrap">"To " <bdi>{message.to}</bdi> ", " <DateTime at=message.date /></p>
                </li>
            }
        });
        view! {
            <section class="narrow">
                <h1>"Development mailbox"</h1>
                <p class="lead">
                    "Messages are shown here and not sent, because no mail server is configured. Only a service on \
                     localhost has this page. It keeps the last 100 messages until the service stops."
                </p>
                {if is_empty {
                    view! { <p>"There are no messages. They appear here within a second; reload the page then."</p> }.into_any()
                } else {
                    view! { <ul class="mailbox">{rows.collect_view()}</ul> }.into_any()
                }}
            </section>
        }
        .into_any()
    }
}

/// One message.
pub struct MessagePage {
    /// The headers.
    pub summary: MailSummary,
    /// The sender.
    pub from: String,
    /// The plain text.
    pub text: String,
}

impl Page for MessagePage {
    const HAS_FRAME: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Message")
    }

    fn description(&self) -> &'static str {
        "A message of this service, as its recipient would see it."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let MailSummary { id, to, subject, date } = self.summary;
        let frame = format!("/dev/mailbox/{id}/html");
        view! {
            <section class="mail">
                <p><a href="/dev/mailbox">"All messages"</a></p>
                <h1 class="wrap">{subject}</h1>
                <p class="hint wrap">
                    "From " <bdi>{self.from}</bdi> " to " <bdi>{to}</bdi> ", " <DateTime at=date />
                </p>
                <h2>"HTML"</h2>
                <iframe
                    src=frame
                    title="The message as HTML"
                    sandbox="allow-top-navigation-by-user-activation"
                ></iframe>
                <h2>"Plain text"</h2>
                <pre class="mail-text" tabindex="0">{self.text}</pre>
            </section>
        }
        .into_any()
    }
}
