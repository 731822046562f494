//! The client's address and user agent.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header::USER_AGENT},
    middleware::Next,
    response::Response,
};
use tower_http::request_id::RequestId;

use crate::{
    auth::Requester,
    http::state::{AppState, HttpSettings},
};

/// In characters. The rest of a longer `User-Agent` is dropped.
const MAX_USER_AGENT: usize = 255;

/// Adds the [`Requester`] to the request.
pub async fn set_requester(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let request_id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let requester = Requester {
        address: peer.map(|peer| client_address(peer, request.headers(), &state.settings)),
        user_agent: user_agent(request.headers()),
        request_id: request_id.map(str::to_owned),
    };
    request.extensions_mut().insert(requester);
    next.run(request).await
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(MAX_USER_AGENT).collect())
}

/// Reads `X-Forwarded-For` from the right, past the trusted proxies. The first untrusted address is the
/// client's; the client itself can write everything left of it (ASVS 15.3.4).
fn client_address(peer: IpAddr, headers: &HeaderMap, settings: &HttpSettings) -> IpAddr {
    let mut hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(','))
        .map(str::trim)
        .collect();
    let mut address = peer.to_canonical();
    while settings.is_trusted_proxy(address) {
        let Some(hop) = hops.pop() else { break };
        let Some(previous) = parse_hop(hop) else { break };
        address = previous.to_canonical();
    }
    address
}

/// Proxies write an address bare, in brackets, or with a port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
