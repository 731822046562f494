//! The address and port to listen on, as written.

use std::net::{Ipv4Addr, SocketAddr};

/// What the setting names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) enum Listen {
    /// An address with a port.
    Address(SocketAddr),
    /// A port only.
    Port(u16),
}

impl Listen {
    /// Parses `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000`, `:3000` or `3000`. Names other than `localhost` are
    /// refused: their address can change.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let port = parse_port(port);
        match port {
            Ok(port) if host.is_empty() => Ok(Self::Port(port)),
            Ok(port) if host.eq_ignore_ascii_case("localhost") => {
                Ok(Self::Address(SocketAddr::from((Ipv4Addr::LOCALHOST, port))))
            }
            _ => {
                Err("is not an address and port such as 127.0.0.1:3000, [::1]:3000, localhost:3000 or 3000".to_owned())
            }
        }
    }
}

/// Parses decimal digits.
pub(super) fn parse_port(text: &str) -> Result<u16, String> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| "is not a port number such as 3000".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_other_than_address_is_refused() {
        assert_eq!(Listen::parse("LocalHost:80"), Ok(Listen::Address(([127, 0, 0, 1], 80).into())));
        for wrong in [
            "",
            ":",
            "here",
            "localhost",
            "localhost:",
            "::1",
            "::1:3000",
            "*:3000",
            "a.example:3000",
            ":+80",
            "127.0.0.1",
            "127.0.0.1:65536",
            "http://localhost:3000",
            "localhost:3000/",
            "3000 ",
        ] {
            assert!(Listen::parse(wrong).is_err(), "{wrong}");
        }
    }
}
