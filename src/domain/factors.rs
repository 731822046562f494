//! The second factors of an account, as its user sees them.

use super::{Timestamp, ids::TrustedDeviceId};

/// The second factors of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Since when an authenticator app is required. `None`: the account has no second factor.
    pub totp_since: Option<Timestamp>,
    /// The recovery codes that were not used.
    pub recovery_codes: u64,
    /// The devices that need no second factor, the most recently used first.
    pub devices: Vec<TrustedDevice>,
}

/// A device that needs no second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDevice {
    /// The id.
    pub id: TrustedDeviceId,
    /// The name of the device when it was trusted, from a closed list.
    pub device: String,
    /// The network when it was trusted: an IPv4 /24 or an IPv6 /48.
    pub network: Option<String>,
    /// The time of the last sign-in on the device.
    pub last_used_at: Timestamp,
    /// When the device needs the second factor again.
    pub expires_at: Timestamp,
}

/// The key of an authenticator app while it is set up.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpKey {
    /// The `otpauth` URI, for a QR code.
    pub uri: String,
    /// The key in base 32, to type it.
    pub key: String,
}

impl TotpKey {
    /// The key in groups of four, which are easier to type.
    pub fn groups(&self) -> String {
        let characters: Vec<char> = self.key.chars().collect();
        characters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }
}

impl std::fmt::Debug for TotpKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpKey(…)")
    }
}
