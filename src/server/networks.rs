//! The networks that a connection counts for.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network of one customer of an internet provider: an IPv4 address or an IPv6 /64.
pub(super) fn narrow(address: IpAddr) -> IpNet {
    network(address, 32, 64)
}

/// The network of one site: an IPv4 /24 or an IPv6 /48.
pub(super) fn wide(address: IpAddr) -> IpNet {
    network(address, 24, 48)
}

fn network(address: IpAddr, v4_prefix: u8, v6_prefix: u8) -> IpNet {
    let prefix = if address.is_ipv4() { v4_prefix } else { v6_prefix };
    IpNet::new(address, prefix).unwrap_or_else(|_| address.into()).trunc()
}
