//! `latchkey healthcheck`: asks `/readyz` whether the service is ready, for container and process managers without
//! curl.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use super::Outcome;
use crate::config::Config;

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn run(config: &Config) -> Outcome {
    let listen = config.server.listen;
    match why_not_ready(listen) {
        Ok(None) => Ok(()),
        Ok(Some(reason)) => Err(format!("the service on {listen} is not ready: {reason}").into()),
        Err(error) => Err(format!("no service answers on {listen}: {error}").into()),
    }
}

/// `None`: ready. The reason is the body of the response.
fn why_not_ready(listen: SocketAddr) -> io::Result<Option<String>> {
    let address = SocketAddr::new(connectable(listen.ip()), listen.port());
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    if response.starts_with(b"HTTP/1.0 200 ") || response.starts_with(b"HTTP/1.1 200 ") {
        return Ok(None);
    }
    let response = String::from_utf8_lossy(&response);
    Ok(Some(response.lines().last().unwrap_or_default().to_owned()))
}

/// Replaces the unspecified address, to which a client cannot connect, by the loopback address.
const fn connectable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) if v4.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(v6) if v6.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}
