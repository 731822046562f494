//! How and when the user of a session signed in, and how strong that is.

use std::{fmt, str::FromStr};

use super::Timestamp;

/// How a user proved their identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// With the account's password.
    Password,
    /// With a code in a message.
    EmailCode,
    /// With a link in a message.
    EmailLink,
    /// With a code of an authenticator app, after a first factor.
    Totp,
    /// With a recovery code, after a first factor.
    RecoveryCode,
    /// With a passkey that has verified its user, alone or after a first factor.
    Passkey,
}

impl AuthMethod {
    /// All methods, in the order of `amr`.
    const ALL: [Self; 6] =
        [Self::Password, Self::EmailCode, Self::EmailLink, Self::Totp, Self::RecoveryCode, Self::Passkey];

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::EmailCode => "email_code",
            Self::EmailLink => "email_link",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }

    /// The values of the claim `amr` (RFC 8176 §2). `email` and `recovery` are not registered.
    const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::EmailCode | Self::EmailLink => &["email"],
            Self::Totp => &["otp"],
            Self::RecoveryCode => &["recovery"],
            // The key, and the PIN, finger or face that the authenticator verifies.
            Self::Passkey => &["pop", "user"],
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The methods of one sign-in: at least one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuthMethods(u16);

/// The text names no methods, or an unknown one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a list of methods of authentication")]
pub struct UnknownMethods;

impl AuthMethods {
    /// A sign-in with one method.
    pub const fn of(method: AuthMethod) -> Self {
        Self(method.bit())
    }

    /// The same sign-in with one more method.
    #[must_use]
    pub const fn with(self, method: AuthMethod) -> Self {
        Self(self.0 | method.bit())
    }

    /// Whether the sign-in used `method`.
    pub const fn contains(self, method: AuthMethod) -> bool {
        self.0 & method.bit() != 0
    }

    /// The methods.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = AuthMethod> {
        AuthMethod::ALL.into_iter().filter(move |method| self.contains(*method))
    }

    /// Whether the sign-in had two factors: two steps, or a passkey, which is two factors alone.
    pub const fn has_second_factor(self) -> bool {
        self.contains(AuthMethod::Totp) || self.contains(AuthMethod::RecoveryCode) || self.contains(AuthMethod::Passkey)
    }

    /// The claim `amr`: every value once, and `mfa` for two factors.
    pub fn amr(self) -> Vec<&'static str> {
        let mut values = Vec::new();
        for value in self.iter().flat_map(AuthMethod::amr) {
            if !values.contains(value) {
                values.push(*value);
            }
        }
        if self.has_second_factor() {
            values.push("mfa");
        }
        values
    }

    /// The strength of the sign-in.
    pub const fn assurance(self) -> Assurance {
        // Password and mail are first factors: both together are still one. A reset needs the mailbox only.
        if self.contains(AuthMethod::Passkey) {
            Assurance::PhishingResistant
        } else if self.has_second_factor() {
            Assurance::Aal2
        } else {
            Assurance::Aal1
        }
    }
}

/// The text of the database column: names, separated by spaces.
impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, method) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(f, "{separator}{}", method.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromStr for AuthMethods {
    type Err = UnknownMethods;

    fn from_str(text: &str) -> Result<Self, UnknownMethods> {
        let bits = text.split(' ').try_fold(0, |bits, name| {
            let method = AuthMethod::ALL.into_iter().find(|method| method.as_str() == name);
            method.map(|method| bits | method.bit())
        });
        bits.map(Self).ok_or(UnknownMethods)
    }
}

/// The strength of a sign-in: the claim `acr`. Computed from the methods, never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assurance {
    /// One factor, or unknown methods.
    #[default]
    Aal1,
    /// Two factors.
    Aal2,
    /// Resistant to phishing: a passkey with user verification (EAP ACR Values 1.0).
    PhishingResistant,
}

/// The text is not a value of `acr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of aal1, aal2, phr")]
pub struct UnknownAssurance;

impl Assurance {
    /// All values, the weakest first.
    pub const ALL: [Self; 3] = [Self::Aal1, Self::Aal2, Self::PhishingResistant];

    /// The value of `acr`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::PhishingResistant => "phr",
        }
    }
}

impl FromStr for Assurance {
    type Err = UnknownAssurance;

    fn from_str(text: &str) -> Result<Self, UnknownAssurance> {
        Self::ALL.into_iter().find(|value| value.as_str() == text).ok_or(UnknownAssurance)
    }
}

/// How and when the user of a session signed in. A renewal does not change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthContext {
    /// The methods. `None`: unknown, because the session was imported, or opened before methods were recorded.
    pub methods: Option<AuthMethods>,
    /// When the user signed in.
    pub time: Timestamp,
}

impl AuthContext {
    /// A sign-in at `time`.
    pub const fn new(methods: AuthMethods, time: Timestamp) -> Self {
        Self { methods: Some(methods), time }
    }

    /// A sign-in whose methods are unknown.
    pub const fn unknown(time: Timestamp) -> Self {
        Self { methods: None, time }
    }

    /// The strength of the sign-in.
    pub fn assurance(self) -> Assurance {
        self.methods.map(AuthMethods::assurance).unwrap_or_default()
    }
}

/// What a route requires of the sign-in (RFC 9470).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthRequirement {
    /// The least strength (`acr`).
    pub assurance: Option<Assurance>,
    /// The highest age of the sign-in, in seconds (`max_age`).
    pub max_age: Option<u32>,
}

impl AuthRequirement {
    /// Whether a sign-in meets the requirement. A sign-in whose time is unknown is too old.
    pub fn is_met(self, assurance: Assurance, time: Option<Timestamp>, now: Timestamp) -> bool {
        self.is_strong_enough(assurance) && self.is_recent_enough(time, now)
    }

    /// Whether this strength is enough.
    pub fn is_strong_enough(self, assurance: Assurance) -> bool {
        self.assurance.is_none_or(|least| assurance >= least)
    }

    /// Whether a sign-in at this time is recent enough. In whole seconds, as the times in tokens.
    pub fn is_recent_enough(self, time: Option<Timestamp>, now: Timestamp) -> bool {
        let is_younger = |limit: u32| time.is_some_and(|time| now.seconds() - time.seconds() <= i64::from(limit));
        self.max_age.is_none_or(is_younger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_one_text() {
        for (text, methods) in [
            ("pwd", AuthMethods::of(AuthMethod::Password)),
            ("email_code", AuthMethods::of(AuthMethod::EmailCode)),
            ("pwd email_link", AuthMethods::of(AuthMethod::EmailLink).with(AuthMethod::Password)),
            ("pwd totp", AuthMethods::of(AuthMethod::Password).with(AuthMethod::Totp)),
            ("passkey", AuthMethods::of(AuthMethod::Passkey)),
            ("pwd passkey", AuthMethods::of(AuthMethod::Passkey).with(AuthMethod::Password)),
            ("email_code recovery_code", AuthMethods::of(AuthMethod::RecoveryCode).with(AuthMethod::EmailCode)),
        ] {
            assert_eq!((methods.to_string().as_str(), text.parse()), (text, Ok(methods)));
        }
        for unreadable in ["", " ", "pwd ", "PWD", "pwd,email_code", "pwd  email_code", "carrier_pigeon"] {
            assert_eq!(unreadable.parse::<AuthMethods>(), Err(UnknownMethods), "{unreadable:?}");
        }
    }

    #[test]
    fn amr_has_every_value_once() {
        let code = AuthMethods::of(AuthMethod::EmailCode);
        assert_eq!(code.amr(), ["email"]);
        assert_eq!(code.with(AuthMethod::EmailLink).with(AuthMethod::Password).amr(), ["pwd", "email"]);
    }

    #[test]
    fn assurance_is_ordered_and_has_one_text() {
        assert!(Assurance::Aal1 < Assurance::Aal2 && Assurance::Aal2 < Assurance::PhishingResistant);
        for value in Assurance::ALL {
            assert_eq!(value.as_str().parse(), Ok(value));
        }
        for unknown in ["", "AAL2", "aal", "aal3", "phrh", "aal2 "] {
            assert_eq!(unknown.parse::<Assurance>(), Err(UnknownAssurance), "{unknown:?}");
        }
    }

    #[test]
    fn two_factors_are_mfa_and_aal2() {
        let password = AuthMethods::of(AuthMethod::Password);
        let totp = password.with(AuthMethod::Totp);
        assert_eq!((totp.amr(), totp.assurance()), (vec!["pwd", "otp", "mfa"], Assurance::Aal2));
        let recovery = AuthMethods::of(AuthMethod::EmailLink).with(AuthMethod::RecoveryCode);
        assert_eq!((recovery.amr(), recovery.assurance()), (vec!["email", "recovery", "mfa"], Assurance::Aal2));
    }

    #[test]
    fn passkey_is_two_factors_and_phr() {
        let passkey = AuthMethods::of(AuthMethod::Passkey);
        assert_eq!((passkey.amr(), passkey.assurance()), (vec!["pop", "user", "mfa"], Assurance::PhishingResistant));
        let second = AuthMethods::of(AuthMethod::Password).with(AuthMethod::Passkey);
        assert_eq!(
            (second.amr(), second.assurance()),
            (vec!["pwd", "pop", "user", "mfa"], Assurance::PhishingResistant)
        );
    }

    #[test]
    fn assurance_of_password_and_mail_is_aal1() {
        let time = Timestamp::from_millis(0);
        let both = AuthMethods::of(AuthMethod::Password).with(AuthMethod::EmailCode);
        for context in [AuthContext::unknown(time), AuthContext::new(both, time)] {
            assert_eq!(context.assurance(), Assurance::Aal1);
        }
    }

    #[test]
    fn requirement_compares_strength_and_age() {
        let now = Timestamp::from_millis(1_800_000_000_999);
        let ago = |seconds: i64| Some(Timestamp::from_millis(now.millis() - 1000 * seconds));
        let recent = AuthRequirement { assurance: None, max_age: Some(900) };
        for (time, met) in [(ago(0), true), (ago(900), true), (ago(901), false), (ago(-30), true), (None, false)] {
            assert_eq!(recent.is_met(Assurance::Aal1, time, now), met, "{time:?}");
        }
        let strong = AuthRequirement { assurance: Some(Assurance::Aal2), max_age: None };
        for (assurance, met) in
            [(Assurance::Aal1, false), (Assurance::Aal2, true), (Assurance::PhishingResistant, true)]
        {
            assert_eq!(strong.is_met(assurance, None, now), met, "{assurance:?}");
        }
        let both = AuthRequirement { max_age: Some(900), ..strong };
        assert!(!both.is_met(Assurance::Aal2, ago(901), now) && !both.is_met(Assurance::Aal1, ago(0), now));
        assert!(both.is_met(Assurance::Aal2, ago(0), now));
        assert!(AuthRequirement::default().is_met(Assurance::Aal1, None, now));
    }
}
