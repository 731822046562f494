//! Devices on which a user has signed in before (OWASP, Slow Down Online Guessing Attacks with Device Cookies).

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    auth::requester::DeviceCookie,
    crypto::{
        hex::hex,
        random::random_bytes,
        seal::{SealError, Sealer},
    },
    domain::{Email, Timestamp},
    store::credentials::CredentialsVersion,
};

/// How long a device is known after its last sign-in. Browsers keep no cookie longer (RFC 6265bis §5.5).
pub const DEVICE_LIFETIME: Duration = Duration::from_hours(400 * 24);

const ID_BYTES: usize = 16;

/// A known device of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceId([u8; ID_BYTES]);

/// A device on which a user has signed in before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// The id since the last sign-in on the device.
    pub id: DeviceId,
    /// The version of the account's credentials at the last sign-in on the device.
    pub credentials: CredentialsVersion,
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Issues and verifies the cookies of known devices.
///
/// A cookie is an id, the time of the sign-in and the version of the credentials, encrypted for one account. It is no
/// credential: an attempt with it needs the password too, and is counted under another budget.
pub struct DeviceCookies(Sealer);

impl DeviceCookies {
    /// Cookies under this key. Another key makes all devices unknown.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        Sealer::new(key).map(Self)
    }

    /// A cookie for the device on which the user of `account` has just signed in.
    ///
    /// Each sign-in gives the device another id: the attempts with a copy of the former cookie are not counted for it.
    pub fn issue(&self, account: &Email, credentials: CredentialsVersion, now: Timestamp) -> Option<DeviceCookie> {
        let id = random_bytes::<ID_BYTES>().ok()?;
        let content = [id.as_slice(), &now.millis().to_be_bytes(), &credentials.0.to_be_bytes()].concat();
        let sealed = self.0.seal(&content, account.key().as_bytes()).ok()?;
        Some(DeviceCookie(URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// The device, if the cookie was issued for this account and has not expired. The credentials may have changed since.
    pub fn verify(&self, cookie: &DeviceCookie, account: &Email, now: Timestamp) -> Option<KnownDevice> {
        let sealed = URL_SAFE_NO_PAD.decode(&cookie.0).ok()?;
        let content = self.0.open(&sealed, account.key().as_bytes()).ok()?;
        let (id, rest) = content.split_first_chunk()?;
        let (issued_at, credentials) = rest.split_first_chunk()?;
        let issued_at = Timestamp::from_millis(i64::from_be_bytes(*issued_at));
        let credentials = CredentialsVersion(i64::from_be_bytes(credentials.try_into().ok()?));
        (now.since(issued_at) < DEVICE_LIFETIME).then_some(KnownDevice { id: DeviceId(*id), credentials })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: CredentialsVersion = CredentialsVersion(7);

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn cookie_is_valid_for_its_account_and_key() {
        let (cookies, now) = (DeviceCookies::new(&[1; 32]).unwrap(), Timestamp::from_millis(1_700_000_000_000));
        let (ada, eve) = (email("ada@example.com"), email("eve@example.com"));
        let cookie = cookies.issue(&ada, VERSION, now).unwrap();
        assert_eq!(cookies.verify(&cookie, &ada, now).unwrap().credentials, VERSION);
        assert_eq!(cookies.verify(&cookie, &email("ADA@example.com"), now), cookies.verify(&cookie, &ada, now));
        assert_eq!(cookies.verify(&cookie, &eve, now), None);
        assert_eq!(DeviceCookies::new(&[2; 32]).unwrap().verify(&cookie, &ada, now), None);
        for bad in ["", "a", "%", &cookie.0[1..], &format!("{}A", cookie.0)] {
            assert_eq!(cookies.verify(&DeviceCookie(bad.to_owned()), &ada, now), None, "{bad:?}");
        }
    }

    #[test]
    fn cookie_expires_after_400_days() {
        let (cookies, now) = (DeviceCookies::new(&[1; 32]).unwrap(), Timestamp::from_millis(1_700_000_000_000));
        let ada = email("ada@example.com");
        let cookie = cookies.issue(&ada, VERSION, now).unwrap();
        let last = now.plus(DEVICE_LIFETIME.saturating_sub(Duration::from_secs(1)));
        assert!(cookies.verify(&cookie, &ada, last).is_some());
        assert_eq!(cookies.verify(&cookie, &ada, now.plus(DEVICE_LIFETIME)), None);
    }

    #[test]
    fn cookies_of_one_account_differ() {
        let (cookies, now) = (DeviceCookies::new(&[1; 32]).unwrap(), Timestamp::from_millis(1_700_000_000_000));
        let ada = email("ada@example.com");
        let device = || cookies.verify(&cookies.issue(&ada, VERSION, now).unwrap(), &ada, now).unwrap().id;
        assert_ne!(device(), device());
    }
}
