//! Second factors.

use std::time::Duration;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_duration, show_duration},
};

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

pub(super) const SETTINGS: &[Setting] = &[TRUST_DEVICE.setting];

/// Second factors.
#[derive(Clone, Copy, Debug)]
pub struct FactorConfig {
    /// How long a trusted device needs no second factor. `None`: trust is not offered.
    pub trust: Option<Duration>,
}

impl FactorConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        Ok(Self { trust: reader.read(&TRUST_DEVICE)? })
    }

    pub(super) fn values(self) -> Vec<(&'static str, String)> {
        vec![TRUST_DEVICE.show(self.trust.map_or_else(|| "off".to_owned(), show_duration))]
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

    use crate::config::Config;

    fn read(text: &str) -> Result<Option<Duration>, String> {
        let lookup = |name: &str| (name == "LATCHKEY_TRUST_DEVICE").then(|| text.to_owned());
        Config::from_vars(lookup).map(|config| config.factors.trust).map_err(|problems| problems.to_string())
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
