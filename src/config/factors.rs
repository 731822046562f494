//! Second factors.

use std::time::Duration;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_duration, show_duration},
};
use crate::domain::second_factor::SecondFactorRule;

/// The longest time between two second factors on one device.
const MAX_TRUST: Duration = Duration::from_hours(90 * 24);

const TRUST_DEVICE: Row<Option<Duration>> = Row {
    setting: Setting {
        variable: "LATCHKEY_TRUST_DEVICE",
        flag: "trust-device",
        value: "DURATION|OFF",
        default: "30d",
        help: "Time for which a trusted device needs no second factor, at most 90d, or off",
    },
    parse: parse_trust,
};

const SECOND_FACTOR: Row<SecondFactorRule> = Row {
    setting: Setting {
        variable: "LATCHKEY_SECOND_FACTOR",
        flag: "second-factor",
        value: "OPTIONAL|REQUIRED",
        default: "optional",
        help: "Whether users must have a second factor: with required, users without one set it up before anything else",
    },
    parse: parse_rule,
};

pub(super) const SETTINGS: &[Setting] = &[SECOND_FACTOR.setting, TRUST_DEVICE.setting];

/// Second factors.
#[derive(Clone, Copy, Debug)]
pub struct FactorConfig {
    /// How long a trusted device needs no second factor. `None`: trust is not offered.
    pub trust: Option<Duration>,
    /// Whether users must have a second factor.
    pub rule: SecondFactorRule,
}

impl FactorConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (rule, trust) = (reader.read(&SECOND_FACTOR), reader.read(&TRUST_DEVICE));
        Ok(Self { rule: rule?, trust: trust? })
    }

    pub(super) fn values(self) -> Vec<(&'static str, String)> {
        let rule = match self.rule {
            SecondFactorRule::Optional => "optional",
            SecondFactorRule::Required => "required",
        };
        vec![SECOND_FACTOR.show(rule), TRUST_DEVICE.show(self.trust.map_or_else(|| "off".to_owned(), show_duration))]
    }
}

fn parse_rule(text: &str) -> Result<SecondFactorRule, String> {
    match text.to_ascii_lowercase().as_str() {
        "optional" => Ok(SecondFactorRule::Optional),
        "required" => Ok(SecondFactorRule::Required),
        _ => Err("is not optional or required".to_owned()),
    }
}

fn parse_trust(text: &str) -> Result<Option<Duration>, String> {
    if text == "0" || text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    match parse_duration(text) {
        Ok(trust) if trust <= MAX_TRUST => Ok(Some(trust)),
        Ok(_) => Err("is too long; use at most 90d".to_owned()),
        Err(problem) => Err(format!("{problem}, or off")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SecondFactorRule;
    use crate::config::Config;

    fn read(text: &str) -> Result<Option<Duration>, String> {
        let lookup = |name: &str| (name == "LATCHKEY_TRUST_DEVICE").then(|| text.to_owned());
        Config::from_vars(lookup).map(|config| config.factors.trust).map_err(|problems| problems.to_string())
    }

    #[test]
    fn second_factor_is_optional_or_required() {
        let read = |text: &str| {
            let lookup = |name: &str| (name == "LATCHKEY_SECOND_FACTOR").then(|| text.to_owned());
            Config::from_vars(lookup).map(|config| config.factors.rule).map_err(|problems| problems.to_string())
        };
        assert_eq!(read(""), Ok(SecondFactorRule::Optional));
        assert_eq!(
            [read("optional"), read("Required")],
            [Ok(SecondFactorRule::Optional), Ok(SecondFactorRule::Required)]
        );
        for other in ["on", "true", "require", "off"] {
            assert!(read(other).is_err_and(|problem| problem.contains("LATCHKEY_SECOND_FACTOR: ")), "{other}");
        }
    }

    #[test]
    fn trust_is_bounded_and_can_be_off() {
        assert_eq!(read(""), Ok(Some(Duration::from_hours(30 * 24))));
        assert_eq!(read("12h"), Ok(Some(Duration::from_hours(12))));
        assert_eq!([read("off"), read("OFF"), read("0")], [Ok(None), Ok(None), Ok(None)]);
        assert!(read("91d").unwrap_err().contains("LATCHKEY_TRUST_DEVICE: is too long; use at most 90d"));
        for other in ["on", "-1d", "0s", "30"] {
            let problem = read(other).unwrap_err();
            assert!(problem.contains("LATCHKEY_TRUST_DEVICE: ") && problem.contains("or off"), "{problem}");
        }
    }
}
