//! Devices that need no second factor for a while ("Trust this device").
//!
//! A change of the password or of the factors, and signing out everywhere, end the trust in all devices.

use super::Factors;
use crate::{
    auth::{error::InternalError, principal::Principal, requester::Requester, sessions::open::VerifiedUser},
    crypto::{opaque::OpaqueToken, random::random_bytes},
    domain::{Timestamp, TrustedDeviceId, device, event::EventKind},
    mail::letter::Client,
    store::trusted_devices::NewTrustedDevice,
};

/// A device that needs no second factor from now on.
#[derive(Clone, Debug)]
pub struct DeviceTrust {
    /// The token for the device's cookie.
    pub token: OpaqueToken,
    /// When the device needs the second factor again.
    pub expires_at: Timestamp,
}

impl Factors {
    /// Whether users can trust a device.
    pub const fn trust_is_offered(&self) -> bool {
        self.settings.trust.is_some()
    }

    /// For how many days a device is trusted, rounded up. `None`: trust is not offered.
    pub fn trust_days(&self) -> Option<u64> {
        self.settings.trust.map(|trust| trust.as_secs().div_ceil(24 * 60 * 60))
    }

    /// Whether the user trusts the requester's device.
    pub(in crate::auth) async fn is_trusted(
        &self,
        verified: &VerifiedUser,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        // A setting that was turned off ends the trust too.
        let token = requester.trusted.as_ref().filter(|_| self.trust_is_offered());
        let Some(token) = token.and_then(|cookie| OpaqueToken::parse(&cookie.0)) else { return Ok(false) };
        let (user, version) = (verified.user.id, verified.version);
        Ok(self.store.use_trusted_device(user, &token.digest(), version, self.clock.now()).await?)
    }

    /// A new trusted device, to be stored with the sign-in. `None`: trust is not offered.
    pub(in crate::auth) fn new_trust(
        &self,
        requester: &Requester,
    ) -> Result<Option<(DeviceTrust, NewTrustedDevice)>, InternalError> {
        let Some(trust) = self.settings.trust else { return Ok(None) };
        let now = self.clock.now();
        let (token, expires_at) = (OpaqueToken::generate()?, now.plus(trust));
        let new = NewTrustedDevice {
            id: TrustedDeviceId::new(now, random_bytes()?),
            digest: token.digest(),
            device: device::describe(requester.user_agent.as_deref()),
            network: Client::from(requester).network,
            expires_at,
        };
        Ok(Some((DeviceTrust { token, expires_at }, new)))
    }

    /// Ends the trust in one of the user's devices. `false` if there is no such device.
    pub async fn untrust(
        &self,
        principal: Principal,
        device: TrustedDeviceId,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        let ended = self.store.untrust_device(principal.user_id(), device).await?;
        if ended {
            self.audit.record(EventKind::DeviceUntrusted, principal, requester, None);
        }
        Ok(ended)
    }
}
