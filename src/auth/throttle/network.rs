//! Where a request comes from, as far as counting is concerned.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// What one customer of an internet provider has: an IPv4 address, or an IPv6 network of 2⁶⁴
/// addresses, any of which it may use (GHSA-p6v2-xcpg-h6xw).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network an address belongs to. An IPv4 address in IPv6 clothing (`::ffff:192.0.2.1`) is
    /// the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => Self(IpAddr::V6(masked(address, 64))),
        }
    }

    /// The provider's network around it: an IPv4 /16 or an IPv6 /32.
    pub(super) fn surroundings(self) -> Self {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, _, _] = address.octets();
                Self(IpAddr::V4(Ipv4Addr::new(a, b, 0, 0)))
            }
            IpAddr::V6(address) => Self(IpAddr::V6(masked(address, 32))),
        }
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
    fn an_ipv4_address_is_a_network_of_its_own_however_it_is_written() {
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn neighbours_have_the_same_surroundings() {
        assert_eq!(network("192.0.2.1").surroundings(), network("192.0.99.7").surroundings());
        assert_eq!(network("2001:db8:1::").surroundings(), network("2001:db8:2::").surroundings());
        assert_ne!(network("192.0.2.1").surroundings(), network("192.1.2.1").surroundings());
    }
}
