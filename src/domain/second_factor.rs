//! Whether users must have a second factor.

use super::authentication::{Assurance, AuthContext};

/// Whether users must have a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondFactorRule {
    /// Users choose.
    #[default]
    Optional,
    /// Users without a second factor set one up first. Until then, their sessions are restricted to that.
    Required,
}

impl SecondFactorRule {
    /// Whether a session that began like this is restricted.
    pub fn restricts(self, authentication: AuthContext) -> bool {
        !self.is_satisfied(authentication.assurance(), authentication.is_on_trusted_device())
    }

    /// Whether a sign-in of this strength satisfies the rule. A passkey is two factors alone. On a trusted device, the user
    /// presented the second factor before.
    pub fn is_satisfied(self, assurance: Assurance, on_trusted_device: bool) -> bool {
        self == Self::Optional || assurance >= Assurance::Aal2 || on_trusted_device
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Timestamp,
        authentication::{AuthMethod, AuthMethods},
    };

    #[test]
    fn required_restricts_one_factor() {
        let time = Timestamp::from_millis(0);
        let password = AuthMethods::of(AuthMethod::Password);
        for (methods, restricted) in [
            (None, true),
            (Some(password), true),
            (Some(password.with(AuthMethod::EmailCode)), true),
            (Some(password.with(AuthMethod::Totp)), false),
            (Some(password.with(AuthMethod::RecoveryCode)), false),
            (Some(password.with(AuthMethod::Passkey)), false),
            (Some(AuthMethods::of(AuthMethod::Passkey)), false),
            (Some(password.with(AuthMethod::TrustedDevice)), false),
        ] {
            let context = AuthContext { methods, time };
            assert_eq!(SecondFactorRule::Required.restricts(context), restricted, "{methods:?}");
            assert!(!SecondFactorRule::Optional.restricts(context), "{methods:?}");
        }
    }
}
