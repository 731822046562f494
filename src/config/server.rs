//! How the service is reached.

mod base_url;

use std::net::SocketAddr;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_switch, show_switch},
};

pub use base_url::BaseUrl;

pub(super) const LISTEN: Row<SocketAddr> = Row {
    setting: Setting {
        variable: "LATCHKEY_LISTEN",
        flag: "listen",
        value: "ADDRESS:PORT",
        default: "127.0.0.1:3000",
        help: "Address and port to listen on",
    },
    parse: |text| text.parse().map_err(|_| format!("{text:?} is not an address and port such as 127.0.0.1:3000")),
};

pub(super) const BASE_URL: Row<BaseUrl> = Row {
    setting: Setting {
        variable: "LATCHKEY_BASE_URL",
        flag: "base-url",
        value: "URL",
        default: "http://localhost:3000",
        help: "Public URL of the service; also the issuer (iss) of access tokens",
    },
    parse: BaseUrl::parse,
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
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (listen, base_url, rate_limit) = (reader.read(&LISTEN), reader.read(&BASE_URL), reader.read(&RATE_LIMIT));
        Ok(Self { listen: listen?, base_url: base_url?, rate_limit: rate_limit? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            LISTEN.show(self.listen),
            BASE_URL.show(self.base_url.as_str()),
            RATE_LIMIT.show(show_switch(self.rate_limit)),
        ]
    }
}
