//! How the service is reached.

mod base_url;
mod listen;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_switch, show_switch},
};
use listen::Listen;

pub use base_url::BaseUrl;

pub(super) const LISTEN: Row<Listen> = Row {
    setting: Setting {
        variable: "LATCHKEY_LISTEN",
        flag: "listen",
        value: "ADDRESS:PORT",
        default: "127.0.0.1:3000",
        help: "Address and port to listen on, or only a port. The variable PORT sets the port if this setting is unset. \
               Without an address: 0.0.0.0 if the base URL is a public https URL, otherwise 127.0.0.1",
    },
    parse: Listen::parse,
};

/// The variable that hosting platforms set. It has no flag and is not read from `.env`, where it is the port of another
/// program.
pub(super) const PORT: Row<Option<u16>> = Row {
    setting: Setting { variable: "PORT", flag: "", value: "NUMBER", default: "", help: "" },
    parse: |text| if text.is_empty() { Ok(None) } else { listen::parse_port(text).map(Some) },
};

/// `None`: derived from the port.
pub(super) const BASE_URL: Row<Option<BaseUrl>> = Row {
    setting: Setting {
        variable: "LATCHKEY_BASE_URL",
        flag: "base-url",
        value: "URL",
        default: "",
        help: "Public URL of the service; also the issuer (iss) of access tokens [default: http://localhost and the \
               port]",
    },
    parse: |text| if text.is_empty() { Ok(None) } else { BaseUrl::parse(text).map(Some) },
};

pub(super) const RATE_LIMIT: Row<bool> = Row {
    setting: Setting {
        variable: "LATCHKEY_RATE_LIMIT",
        flag: "rate-limit",
        value: "ON|OFF",
        default: "on",
        help: "Limit the rate of sign-in and sign-up attempts; `off` is for load tests on 127.0.0.1 only",
    },
    parse: parse_switch,
};

pub(super) const SETTINGS: &[Setting] = &[LISTEN.setting, BASE_URL.setting, RATE_LIMIT.setting];

/// How the service is reached.
#[derive(Clone)]
pub struct ServerConfig {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The public URL; also the issuer (`iss`) of access tokens.
    pub base_url: BaseUrl,
    /// Whether sign-in and sign-up attempts are rate limited.
    pub rate_limit: bool,
    /// Whether the base URL is derived from the port.
    base_url_is_derived: bool,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        // Records the problems; the functions below do not.
        let written = if reader.is_set(&LISTEN.setting) {
            reader.read(&LISTEN).map(|_| ())
        } else {
            reader.read(&PORT).map(|_| ())
        };
        let (set_url, rate_limit) = (reader.read(&BASE_URL), reader.read(&RATE_LIMIT));
        written?;
        Ok(Self {
            listen: listen(reader)?,
            base_url: base_url(reader)?,
            rate_limit: rate_limit?,
            base_url_is_derived: set_url?.is_none(),
        })
    }

    /// Completes a base URL that is derived from the port, if the operating system has chosen the port. Returns whether
    /// the base URL has changed.
    pub(super) fn use_port(&mut self, port: u16) -> bool {
        self.listen.set_port(port);
        match derived_url(self.listen) {
            Ok(url) if self.base_url_is_derived && url != self.base_url => {
                self.base_url = url;
                true
            }
            _ => false,
        }
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let base_url = if self.base_url_is_derived && self.listen.port() == 0 {
            BASE_URL.comment("http://localhost and the port that the operating system chooses")
        } else {
            BASE_URL.show(self.base_url.as_str())
        };
        vec![LISTEN.show(self.listen), base_url, RATE_LIMIT.show(show_switch(self.rate_limit))]
    }
}

/// The address to listen on. A port alone is on all interfaces only if the base URL is a public https URL, as behind
/// the proxy of a hosting platform: passwords never cross a network unencrypted because an address was left out.
pub(super) fn listen(reader: &Reader) -> Result<SocketAddr, Invalid> {
    let port = if reader.is_set(&LISTEN.setting) { None } else { reader.peek(&PORT)? };
    match port.map_or_else(|| reader.peek(&LISTEN), |port| Ok(Listen::Port(port)))? {
        Listen::Address(address) => Ok(address),
        Listen::Port(port) => {
            let url = reader.peek(&BASE_URL).ok().flatten();
            let is_public = url.is_some_and(|url| url.is_https() && !url.is_loopback());
            let address = if is_public { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
            Ok(SocketAddr::from((address, port)))
        }
    }
}

/// The configured base URL, or the one on this machine.
pub(super) fn base_url(reader: &Reader) -> Result<BaseUrl, Invalid> {
    match reader.peek(&BASE_URL)? {
        Some(url) => Ok(url),
        None => derived_url(listen(reader)?),
    }
}

/// `localhost`, unless the service listens on another loopback address only.
fn derived_url(listen: SocketAddr) -> Result<BaseUrl, Invalid> {
    let standard = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let url = if listen.ip().is_loopback() && !standard.contains(&listen.ip()) {
        format!("http://{listen}")
    } else {
        format!("http://localhost:{}", listen.port())
    };
    BaseUrl::parse(&url).map_err(|_| Invalid)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const HTTPS: (&str, &str) = ("LATCHKEY_BASE_URL", "https://auth.example.com");

    /// The address and the base URL.
    fn read(vars: &[(&str, &str)]) -> Result<(String, String), String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::from_vars(lookup).map_err(|problems| problems.to_string())?;
        Ok((config.server.listen.to_string(), config.server.base_url.as_str().to_owned()))
    }

    #[test]
    fn base_url_unset_follows_the_port() {
        for (listen, address, url) in [
            ("127.0.0.1:5440", "127.0.0.1:5440", "http://localhost:5440"),
            ("localhost:3001", "127.0.0.1:3001", "http://localhost:3001"),
            ("[::1]:3001", "[::1]:3001", "http://localhost:3001"),
            ("127.0.0.2:3001", "127.0.0.2:3001", "http://127.0.0.2:3001"),
            (":3001", "127.0.0.1:3001", "http://localhost:3001"),
            ("3001", "127.0.0.1:3001", "http://localhost:3001"),
            ("127.0.0.1:80", "127.0.0.1:80", "http://localhost"),
        ] {
            assert_eq!(read(&[("LATCHKEY_LISTEN", listen)]), Ok((address.to_owned(), url.to_owned())), "{listen}");
        }
        assert_eq!(read(&[("PORT", "4000")]), Ok(("127.0.0.1:4000".to_owned(), "http://localhost:4000".to_owned())));
    }

    #[test]
    fn port_with_public_https_url_is_public() {
        let address = |vars: &[(&str, &str)]| read(vars).unwrap().0;
        assert_eq!(address(&[HTTPS, ("PORT", "8080")]), "0.0.0.0:8080");
        assert_eq!(address(&[HTTPS, ("LATCHKEY_LISTEN", ":8080")]), "0.0.0.0:8080");
        assert_eq!(address(&[HTTPS, ("LATCHKEY_LISTEN", "[::]:8080")]), "[::]:8080");
        assert_eq!(address(&[HTTPS]), "127.0.0.1:3000");
        assert_eq!(address(&[HTTPS, ("PORT", "8080"), ("LATCHKEY_LISTEN", "127.0.0.1:1")]), "127.0.0.1:1");
        let local = ("LATCHKEY_BASE_URL", "https://localhost");
        assert_eq!(address(&[local, ("PORT", "8080")]), "127.0.0.1:8080");
    }

    #[test]
    fn port_chosen_by_the_system_is_used() {
        let lookup = |name: &str| (name == "LATCHKEY_LISTEN").then(|| "127.0.0.1:0".to_owned());
        let mut config = Config::from_vars(lookup).unwrap();
        config.use_port(5123);
        assert_eq!(config.server.base_url.as_str(), "http://localhost:5123");
        assert_eq!(config.tokens.audience.as_deref(), Some("http://localhost:5123"));
        assert!(config.origins.trusts("http://localhost:5123") && !config.origins.trusts("http://localhost:0"));
        let mut set = Config::from_vars(|name| (name == HTTPS.0).then(|| HTTPS.1.to_owned())).unwrap();
        set.use_port(5123);
        assert_eq!(set.server.base_url.as_str(), HTTPS.1);
    }

    #[test]
    fn wrong_port_variable_is_refused() {
        for port in ["tcp://10.0.0.1:80", "65536", "-1", "+80", "80a"] {
            assert!(read(&[("PORT", port)]).err().unwrap().contains("PORT: "), "{port}");
        }
    }
}
