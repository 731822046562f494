//! An authenticator app.

use totp_rs::Totp;

use super::TestApp;

/// The seconds of a step.
pub const STEP: i64 = 30;

/// An app that has scanned the QR code.
pub struct Authenticator(Totp);

impl Authenticator {
    pub fn of_uri(uri: &str) -> Self {
        Self(Totp::from_url(uri).expect("an otpauth URI"))
    }

    /// The code at the time of the service.
    pub fn code(&self, app: &TestApp) -> String {
        self.code_at(app, 0)
    }

    /// The code of a step relative to the time of the service.
    pub fn code_at(&self, app: &TestApp, steps: i64) -> String {
        let seconds = app.now().seconds() + steps * STEP;
        self.0.generate(seconds.try_into().expect("a time after 1970")).to_string()
    }
}
