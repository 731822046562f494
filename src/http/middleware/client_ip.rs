//! The client's address and user agent.

mod unlisted;

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, header::USER_AGENT},
};
use tower_http::request_id::RequestId;

use super::access_log::AccessDetails;
use crate::{
    auth::Requester,
    domain::device,
    http::{
        header_values::{ascii, elements, text},
        state::{AppState, HttpSettings},
    },
};

pub use unlisted::UnlistedProxies;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Adds the [`Requester`] to the request.
pub fn set_requester(request: &mut Request, state: &AppState, unlisted: &UnlistedProxies) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let request_id = request.extensions().get::<RequestId>().and_then(|id| ascii(id.header_value()));
    if let Some(peer) = peer
        && request.headers().contains_key(FORWARDED_FOR)
        && !state.settings.is_trusted_proxy(peer)
    {
        unlisted.warn(peer, state.auth.now());
    }
    let requester = Requester {
        address: peer.map(|peer| client_address(peer, request.headers(), &state.settings)),
        user_agent: request.headers().get(USER_AGENT).map(|value| device::readable(&text(value))),
        request_id: request_id.map(str::to_owned),
        // Read with the other cookies.
        device: None,
        trusted: None,
    };
    if let (Some(details), Some(address)) = (request.extensions().get::<AccessDetails>(), requester.address) {
        details.set_address(address);
    }
    request.extensions_mut().insert(requester);
}

/// Reads `X-Forwarded-For` from the right, past the trusted proxies. The first untrusted address is the
/// client's; the client itself can write everything left of it (ASVS 15.3.4).
fn client_address(peer: IpAddr, headers: &HeaderMap, settings: &HttpSettings) -> IpAddr {
    let mut hops: Vec<&[u8]> = elements(headers, FORWARDED_FOR).collect();
    let mut address = peer;
    while settings.is_trusted_proxy(address) {
        let Some(previous) = hops.pop().and_then(parse_hop) else { break };
        address = previous.to_canonical();
    }
    address
}

/// Proxies write an address bare, in brackets, or with a port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?;
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
