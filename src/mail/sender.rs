//! The sender of all messages, and the product's name.

use std::fmt;

use lettre::{Address, message::Mailbox};

use crate::domain::{Email, Name};

/// The maximum length of the product's name in characters.
pub const MAX_PRODUCT_CHARS: usize = 40;

/// The product's name, on pages and in messages: one line without control characters, not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductName(String);

/// The header `From`: a name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    name: String,
    address: Address,
}

impl ProductName {
    /// Parses a name.
    pub fn parse(text: &str) -> Option<Self> {
        let name = Name::parse(text).ok().filter(|name| !name.is_empty())?;
        (name.as_str().chars().count() <= MAX_PRODUCT_CHARS).then(|| Self(name.as_str().to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Sender {
    /// Parses `Name <address>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('<')?;
        let name = name.trim().trim_matches('"').trim();
        let name = Name::parse(name).ok().filter(|name| !name.is_empty() && !name.as_str().contains('"'))?;
        let email = Email::parse(rest.trim_end().strip_suffix('>')?).ok()?;
        Some(Self { name: name.as_str().to_owned(), address: address(&email)? })
    }

    /// `no-reply` at the host of the service, for messages that stay on this machine.
    pub fn local(product: &ProductName, host: &str) -> Self {
        let host = if host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)) {
            host
        } else {
            "localhost"
        };
        Self { name: product.as_str().to_owned(), address: Address::new_dangerous("no-reply", host) }
    }

    /// The domain of the address, for message ids.
    pub(super) fn domain(&self) -> &str {
        self.address.domain()
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::new(Some(self.name.clone()), self.address.clone())
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.address)
    }
}

/// The address with its domain in ASCII: only a local part that is not ASCII needs SMTPUTF8 (RFC 6531). `None`: the
/// mail library does not accept it.
pub(super) fn address(email: &Email) -> Option<Address> {
    Address::new(email.local_part(), email.ascii_domain()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sender_is_a_name_and_an_address() {
        for (text, shown) in [
            ("Acme <no-reply@acme.example>", "Acme <no-reply@acme.example>"),
            ("\"Acme, Inc.\" <auth@acme.example>", "Acme, Inc. <auth@acme.example>"),
            ("Bücher <auth@bücher.example>", "Bücher <auth@xn--bcher-kva.example>"),
        ] {
            assert_eq!(Sender::parse(text).map(|sender| sender.to_string()).as_deref(), Some(shown));
        }
    }

    #[test]
    fn sender_malformed_is_refused() {
        for bad in [
            "",
            "auth@acme.example",
            "<auth@acme.example>",
            "Acme <auth>",
            "Acme <auth@acme.example",
            "Acme <a@b.example> <c@d.example>",
            "Acme\r\nBcc: x@y.example <a@b.example>",
            "Acme <a@b.example\r\nBcc: x@y.example>",
            "A\"B <a@b.example>",
        ] {
            assert_eq!(Sender::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn product_name_is_one_short_line() {
        assert_eq!(ProductName::parse("Acme ID").map(|name| name.as_str().to_owned()).as_deref(), Some("Acme ID"));
        for bad in ["", "a\nb", "a\u{202e}b", &"x".repeat(41)] {
            assert_eq!(ProductName::parse(bad), None, "{bad:?}");
        }
    }
}
