//! A message with its headers, ready to be sent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::{
    Address,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{Letterhead, content::Content, sender::address};
use crate::domain::{Email, MailId, Timestamp};

/// A message to one recipient.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message's id, the same in every attempt.
    pub id: MailId,
    /// The recipient.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The header `Subject`.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML document.
    pub html: String,
    /// The header `Date`.
    pub date: Timestamp,
    recipient: Address,
    mime: lettre::Message,
}

/// The address cannot receive mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address cannot be written in a message")]
pub struct Unaddressable;

impl Message {
    /// Writes a message. Every value in a header is encoded, so that no text can add a header.
    pub fn new(
        letterhead: &Letterhead,
        id: MailId,
        to: &Email,
        date: Timestamp,
        content: &Content,
    ) -> Result<Self, Unaddressable> {
        let recipient = address(to).ok_or(Unaddressable)?;
        let (text, html) = (content.text(), content.html());
        let mime = lettre::Message::builder()
            .from(letterhead.sender.mailbox())
            .to(Mailbox::new(None, recipient.clone()))
            .subject(content.subject.clone())
            .date(system_time(date))
            .message_id(Some(format!("<{id}@{}>", letterhead.sender.domain())))
            // No automatic answers to an automatic message (RFC 3834, and Microsoft's header).
            .raw_header(fixed("Auto-Submitted", "auto-generated"))
            .raw_header(fixed("X-Auto-Response-Suppress", "All"))
            .multipart(MultiPart::alternative_plain_html(text.clone(), html.clone()))
            .map_err(|_| Unaddressable)?;
        Ok(Self {
            id,
            to: to.as_str().to_owned(),
            from: letterhead.sender.to_string(),
            subject: content.subject.clone(),
            text,
            html,
            date,
            recipient,
            mime,
        })
    }

    /// The message as a file or an SMTP server takes it (RFC 5322).
    pub fn source(&self) -> Vec<u8> {
        self.mime.formatted()
    }

    pub(super) fn envelope(&self) -> &Envelope {
        self.mime.envelope()
    }

    /// Whether only mail servers with SMTPUTF8 can deliver it (RFC 6531).
    pub(super) fn needs_smtputf8(&self) -> bool {
        !self.recipient.user().is_ascii()
    }

    /// The text without the recipient's address, for the log.
    pub(super) fn without_address(&self, text: &str) -> String {
        text.replace(AsRef::<str>::as_ref(&self.recipient), "(address)").replace(&self.to, "(address)")
    }
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn system_time(date: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(date.millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{ProductName, Sender, letters};

    fn message(product: &str, sender: &str, to: &str) -> Message {
        let letterhead = Letterhead {
            sender: Sender::parse(sender).unwrap(),
            product: ProductName::parse(product).unwrap(),
            base_url: "https://auth.example.com".to_owned(),
        };
        let date = Timestamp::from_millis(1_700_000_000_000);
        let content = letters::reset_password::content(&letterhead, "https://auth.example.com/r?token=x".to_owned());
        Message::new(&letterhead, MailId::new(date, [7; 10]), &Email::parse(to).unwrap(), date, &content).unwrap()
    }

    fn source(message: &Message) -> String {
        String::from_utf8(message.source()).unwrap()
    }

    #[test]
    fn message_has_the_headers_of_automatic_mail() {
        let source = source(&message("Acme", "Acme <auth@acme.example>", "ada@example.com"));
        for line in [
            "From: Acme <auth@acme.example>",
            "To: ada@example.com",
            "Subject: Reset your Acme password",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(source.contains(line), "{line} in {source}");
        }
        assert!(source.contains("@acme.example>\r\n") && source.contains("Message-ID: <018bcfe5-6800-7"), "{source}");
    }

    #[test]
    fn message_of_one_id_is_the_same_every_time() {
        let once = message("Acme", "Acme <auth@acme.example>", "ada@example.com");
        let again = message("Acme", "Acme <auth@acme.example>", "ada@example.com");
        let id =
            |message: &Message| source(message).lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned);
        assert_eq!(id(&once), id(&again));
    }

    #[test]
    fn header_of_unicode_name_is_encoded() {
        let message = message("Bücherei 📚", "Bücherei <auth@bücher.example>", "ada@bücher.example");
        let source = source(&message);
        assert!(source.is_ascii(), "{source}");
        assert!(source.contains("To: ada@xn--bcher-kva.example"), "{source}");
        assert!(source.contains("Subject: =?utf-8?") || source.contains("=?utf-8?b?"), "{source}");
        assert!(!message.needs_smtputf8());
    }

    #[test]
    fn recipient_not_ascii_needs_smtputf8() {
        let message = message("Acme", "Acme <auth@acme.example>", "josé@example.com");
        assert!(message.needs_smtputf8());
        assert_eq!(message.without_address("550 <josé@example.com> unknown"), "550 <(address)> unknown");
    }
}
