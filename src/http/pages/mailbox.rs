//! `/dev/mailbox`: the messages of a service that sends none.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::not_found;
use crate::{
    domain::MailId,
    http::{header_values::text, state::AppState, visitor::Visitor},
    mail::{Mailer, message::Message, transport::Mailbox},
    ui::pages::mailbox::{MailSummary, MailboxPage, MessagePage},
};

/// The policy of a message's HTML: its own styles, and nothing else. Links open in the whole window.
const MESSAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                              frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";

/// Refuses names of other hosts. Otherwise, a site whose name resolves to this machine could read the messages (DNS
/// rebinding).
pub async fn require_own_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let settings = &state.settings;
    let scheme = if settings.base_url.is_https() { "https" } else { "http" };
    let host = request.headers().get(header::HOST).map(text);
    let is_own = host.is_some_and(|host| settings.trusted_origins.is_own(&format!("{scheme}://{host}")));
    if is_own { next.run(request).await } else { StatusCode::NOT_FOUND.into_response() }
}

/// `GET /dev/mailbox`
pub async fn list(visitor: Visitor) -> Response {
    let messages = visitor.state.auth.mail.as_ref().and_then(Mailer::mailbox).map(Mailbox::all);
    let messages = messages.unwrap_or_default().iter().map(summary).collect();
    visitor.render(StatusCode::OK, MailboxPage { messages })
}

/// `GET /dev/mailbox/{id}`
pub async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    match find(&visitor, &id) {
        Some(message) => {
            let page = MessagePage { summary: summary(&message), from: message.from, text: message.text };
            visitor.render(StatusCode::OK, page)
        }
        None => not_found(visitor).await,
    }
}

/// `GET /dev/mailbox/{id}/html`: the HTML as a mail program shows it, for the frame on the page.
pub async fn html(visitor: Visitor, Path(id): Path<String>) -> Response {
    let Some(message) = find(&visitor, &id) else { return not_found(visitor).await };
    // Mail programs open links outside of the message.
    let html = message.html.replace("<a ", "<a target=\"_top\" ");
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MESSAGE_POLICY)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, Html(html)).into_response()
}

fn find(visitor: &Visitor, id: &str) -> Option<Message> {
    let id: MailId = id.parse().ok()?;
    visitor.state.auth.mail.as_ref()?.mailbox()?.get(id)
}

fn summary(message: &Message) -> MailSummary {
    MailSummary {
        id: message.id.to_string(),
        to: message.to.clone(),
        subject: message.subject.clone(),
        date: message.date,
    }
}
