//! Reverse proxies in front of the service.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::split_list,
};

const TRUSTED_PROXIES: Row<Vec<IpNet>> = Row {
    setting: Setting {
        variable: "LATCHKEY_TRUSTED_PROXIES",
        flag: "trusted-proxies",
        value: "LIST",
        default: "",
        help: "Addresses or networks of the proxies whose X-Forwarded-For header is trusted [default: none]",
    },
    parse: parse_networks,
};

pub(super) const SETTINGS: &[Setting] = &[TRUSTED_PROXIES.setting];

/// Reverse proxies in front of the service.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// The proxies whose `X-Forwarded-For` header is trusted.
    pub trusted: Vec<IpNet>,
}

impl ProxyConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        Ok(Self { trusted: reader.read(&TRUSTED_PROXIES)? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let networks: Vec<_> = self.trusted.iter().map(ToString::to_string).collect();
        vec![TRUSTED_PROXIES.show(networks.join(","))]
    }
}

fn parse_networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parse = |(index, entry): (usize, &str)| {
        entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            let number = index + 1;
            format!("entry no. {number} is neither an address nor a network; use a list such as 127.0.0.1,10.0.0.0/8")
        })
    };
    split_list(text).enumerate().map(parse).collect()
}
