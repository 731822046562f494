//! The networks that a request is counted under.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::auth::requester::Requester;

/// A network: an address without its host bits, and the length of the prefix.
///
/// [`Network::of`] is the network of one customer of an internet provider: an IPv4 address, or an IPv6 /64, whose 2⁶⁴
/// addresses one customer can use freely (GHSA-p6v2-xcpg-h6xw). Many customers can use more, so requests are counted at
/// each [`Level`] around it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A size of networks, with the factors of its budgets. The narrowest level has the factor 1.
///
/// | level | budgets of networks | free attempts on an account |
/// |---|---|---|
/// | IPv4 /32, IPv6 /64 | × 1 | 5 |
/// | IPv6 /56 | × 2 | 10 |
/// | IPv6 /48 | × 4 | 20 |
/// | IPv4 /24 | × 8 | 20 |
/// | IPv6 /32 | × 32 | 50 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An IPv4 address (/32).
    Ipv4Address,
    /// An IPv4 /24.
    Ipv4Site,
    /// An IPv6 /64.
    Ipv6Subnet,
    /// An IPv6 /56: often a household.
    Ipv6Home,
    /// An IPv6 /48: often a company, and what tunnel brokers give away.
    Ipv6Site,
    /// An IPv6 /32: a provider.
    Ipv6Provider,
}

impl Level {
    /// All levels.
    pub const ALL: [Self; 6] =
        [Self::Ipv4Address, Self::Ipv4Site, Self::Ipv6Subnet, Self::Ipv6Home, Self::Ipv6Site, Self::Ipv6Provider];

    /// The budgets of networks grow by this factor: a school or an office may have one address or a whole /24 or /48.
    pub const fn budget_factor(self) -> u32 {
        match self {
            Self::Ipv4Address | Self::Ipv6Subnet => 1,
            Self::Ipv6Home => 2,
            Self::Ipv6Site => 4,
            Self::Ipv4Site => 8,
            Self::Ipv6Provider => 32,
        }
    }

    /// The free attempts on one account grow by this factor: one account has few users, however large the network is.
    pub const fn attempts_factor(self) -> u32 {
        match self {
            Self::Ipv4Address | Self::Ipv6Subnet => 1,
            Self::Ipv6Home => 2,
            Self::Ipv6Site | Self::Ipv4Site => 4,
            Self::Ipv6Provider => 10,
        }
    }

    /// Whether many customers share a network of this size, so that one of them must not be able to exclude another.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Ipv6Provider)
    }

    const fn prefix(self) -> u8 {
        match self {
            Self::Ipv4Address | Self::Ipv6Provider => 32,
            Self::Ipv4Site => 24,
            Self::Ipv6Subnet => 64,
            Self::Ipv6Home => 56,
            Self::Ipv6Site => 48,
        }
    }
}

impl Network {
    /// The narrowest network of an address. An IPv4-mapped address (`::ffff:192.0.2.1`) counts as the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self::masked(address, if address.is_ipv4() { 32 } else { 64 })
    }

    /// This network and those around it, the narrowest first.
    pub fn levels(self) -> impl Iterator<Item = (Level, Self)> {
        let levels: &[Level] = match self.address {
            IpAddr::V4(_) => &[Level::Ipv4Address, Level::Ipv4Site],
            IpAddr::V6(_) => &[Level::Ipv6Subnet, Level::Ipv6Home, Level::Ipv6Site, Level::Ipv6Provider],
        };
        let around = levels.iter().filter(move |level| level.prefix() <= self.prefix);
        around.map(move |level| (*level, Self::masked(self.address, level.prefix())))
    }

    /// The largest network that one customer commonly has: an IPv4 /24 or an IPv6 /48.
    #[must_use]
    pub fn site(self) -> Self {
        match self.address {
            IpAddr::V4(_) => Self::masked(self.address, Level::Ipv4Site.prefix()),
            IpAddr::V6(_) => Self::masked(self.address, Level::Ipv6Site.prefix()),
        }
    }

    /// The next network around it that is at least 8 bits wider: an IPv4 /16 around a /24. An IPv6 /32 is the widest.
    pub(super) fn around(self) -> Self {
        let wider = match self.address {
            IpAddr::V4(_) => 16.max(self.prefix.saturating_sub(8)),
            IpAddr::V6(_) if self.prefix <= 48 => 32,
            IpAddr::V6(_) => self.prefix - 8,
        };
        Self::masked(self.address, wider)
    }

    fn masked(address: IpAddr, prefix: u8) -> Self {
        let address = match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        };
        Self { address, prefix }
    }
}

/// Requesters without an address share one network.
impl From<&Requester> for Network {
    fn from(requester: &Requester) -> Self {
        Self::of(requester.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}

/// `192.0.2.1`, `192.0.2.0/24` or `2001:db8:0:1::/64`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(address) if self.prefix == 32 => write!(f, "{address}"),
            address => write!(f, "{address}/{}", self.prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn levels(address: &str) -> Vec<String> {
        network(address).levels().map(|(_, network)| network.to_string()).collect()
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
    fn levels_are_listed_from_narrow_to_wide() {
        assert_eq!(levels("192.0.2.77"), ["192.0.2.77", "192.0.2.0/24"]);
        let expected = ["2001:db8:12:3456::/64", "2001:db8:12:3400::/56", "2001:db8:12::/48", "2001:db8::/32"];
        assert_eq!(levels("2001:db8:12:3456::1"), expected);
        assert_eq!(network("2001:db8:12:3456::1").site().to_string(), "2001:db8:12::/48");
        assert_eq!(network("192.0.2.77").site().to_string(), "192.0.2.0/24");
    }

    #[test]
    fn wider_level_has_larger_budgets() {
        for address in ["192.0.2.1", "2001:db8::1"] {
            let levels: Vec<_> = network(address).levels().map(|(level, _)| level).collect();
            for pair in levels.windows(2) {
                assert!(pair[0].budget_factor() < pair[1].budget_factor(), "{pair:?}");
                assert!(pair[0].attempts_factor() < pair[1].attempts_factor(), "{pair:?}");
            }
        }
    }

    #[test]
    fn network_around_each_level_is_wider() {
        let around = |address| -> Vec<_> {
            network(address).levels().map(|(_, network)| network.around().to_string()).collect()
        };
        assert_eq!(around("192.0.2.1"), ["192.0.2.0/24", "192.0.0.0/16"]);
        let expected = ["2001:db8:12:3400::/56", "2001:db8:12::/48", "2001:db8::/32", "2001:db8::/32"];
        assert_eq!(around("2001:db8:12:3456::1"), expected);
    }
}
