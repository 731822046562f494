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

/// The shortest prefixes, except for unique local addresses (RFC 4193). A wider network contains clients, and each of them could then choose its own address.
const MIN_PREFIX_V4: u8 = 8;
const MIN_PREFIX_V6: u8 = 32;

fn parse_networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parse = |(index, entry): (usize, &str)| {
        let number = index + 1;
        let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            format!("entry no. {number} is neither an address nor a network; use a list such as 127.0.0.1,10.0.0.0/8")
        })?;
        let shortest = if network.addr().is_ipv4() { MIN_PREFIX_V4 } else { MIN_PREFIX_V6 };
        let is_unique_local = matches!(network, IpNet::V6(network) if network.trunc().network().is_unique_local());
        if network.prefix_len() < shortest && !(is_unique_local && network.prefix_len() >= 7) {
            return Err(format!(
                "entry no. {number} is wider than /{shortest}, so that clients could claim any address; name the \
                 networks of your proxies"
            ));
        }
        Ok(network)
    };
    split_list(text).enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_wider_than_a_provider_is_refused() {
        for list in [
            "10.0.0.0/8",
            "10.0.0.1",
            "127.0.0.1,192.0.2.0/24",
            "2001:db8::/32",
            "fd00::/8",
            "fc00::/7",
            "fd00:1::/64",
            "",
        ] {
            assert!(parse_networks(list).is_ok(), "{list}");
        }
        for list in ["0.0.0.0/0", "::/0", "10.0.0.0/7", "2001:db8::/31", "127.0.0.1,::/1", "fc00::/6", "fe80::/10"] {
            let message = parse_networks(list).unwrap_err();
            assert!(message.contains("wider than /"), "{list}: {message}");
        }
    }
}
