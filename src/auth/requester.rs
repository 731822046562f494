//! The sender of a request.

use std::{fmt, net::IpAddr};

use crate::store::sessions::SeenFrom;

/// Describes the sender of a request, for the security log and for rate limits. Nothing in it is verified
/// but the address.
#[derive(Clone, Debug, Default)]
pub struct Requester {
    /// The network address. `None` in tests and commands.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header, without invisible characters. Anyone can send any text: show it to no other user.
    pub user_agent: Option<String>,
    /// The request's id, as answered in `X-Request-Id`.
    pub request_id: Option<String>,
    /// The cookie of a device on which a user has signed in before.
    pub device: Option<DeviceCookie>,
    /// The cookie of a device that needs no second factor.
    pub trusted: Option<TrustedCookie>,
}

/// The value of a device cookie, not verified.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCookie(pub String);

impl fmt::Debug for DeviceCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceCookie(…)")
    }
}

/// The value of the cookie of a trusted device, not verified.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedCookie(pub String);

impl fmt::Debug for TrustedCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustedCookie(…)")
    }
}

impl Requester {
    pub(super) fn seen_from(&self) -> SeenFrom {
        SeenFrom { address: self.address, user_agent: self.user_agent.clone() }
    }
}
