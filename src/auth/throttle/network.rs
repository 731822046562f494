//! The network that a request is counted under.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::auth::requester::Requester;

/// The network of one customer of an internet provider: an IPv4 address, or an IPv6 /64, whose 2⁶⁴
/// addresses one customer can use freely (GHSA-p6v2-xcpg-h6xw).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address. An IPv4-mapped address (`::ffff:192.0.2.1`) counts as the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => Self(IpAddr::V6(masked(address, 64))),
        }
    }

    /// The provider's network: an IPv4 /16 or an IPv6 /32.
    pub(super) fn prefix(self) -> Self {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, _, _] = address.octets();
                Self(IpAddr::V4(Ipv4Addr::new(a, b, 0, 0)))
            }
            IpAddr::V6(address) => Self(IpAddr::V6(masked(address, 32))),
        }
    }
}

/// Requesters without an address share one network.
impl From<&Requester> for Network {
    fn from(requester: &Requester) -> Self {
        Self::of(requester.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}

fn masked(address: Ipv6Addr, prefix: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - prefix)))
}

/// `192.0.2.1` or `2001:db8:0:1::/64`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn addresses_in_one_64_are_one_network() {
        assert_eq!(network("2001:db8:0:1::1"), network("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(network("2001:db8:0:1::1"), network("2001:db8:0:2::1"));
        assert_eq!(network("2001:db8:0:1::1").to_string(), "2001:db8:0:1::/64");
    }

    #[test]
    fn ipv4_mapped_address_is_the_same_network() {
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn neighbours_have_the_same_prefix() {
        assert_eq!(network("192.0.2.1").prefix(), network("192.0.99.7").prefix());
        assert_eq!(network("2001:db8:1::").prefix(), network("2001:db8:2::").prefix());
        assert_ne!(network("192.0.2.1").prefix(), network("192.1.2.1").prefix());
    }
}
