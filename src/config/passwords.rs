//! Rules for new passwords.

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_switch, show_switch},
};

const MIN_LENGTH: Row<u8> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSWORD_MIN_LENGTH",
        flag: "password-min-length",
        value: "NUMBER",
        default: "8",
        help: "Minimum number of characters of a new password, from 8 to 64",
    },
    parse: parse_min_length,
};

const COMPOSITION: Row<bool> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSWORD_COMPOSITION",
        flag: "password-composition",
        value: "ON|OFF",
        default: "off",
        help: "Require upper case, lower case and a digit in new passwords",
    },
    parse: parse_switch,
};

pub(super) const SETTINGS: &[Setting] = &[MIN_LENGTH.setting, COMPOSITION.setting];

/// Rules for new passwords.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// The minimum number of characters.
    pub min_length: u8,
    /// Whether upper case, lower case and a digit are required.
    pub composition: bool,
}

impl PasswordConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (min_length, composition) = (reader.read(&MIN_LENGTH), reader.read(&COMPOSITION));
        Ok(Self { min_length: min_length?, composition: composition? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![MIN_LENGTH.show(self.min_length), COMPOSITION.show(show_switch(self.composition))]
    }
}

fn parse_min_length(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(length @ 8..=64) => Ok(length),
        _ => Err("is not a number from 8 to 64; NIST SP 800-63B requires 15 where the password is the only factor"
            .to_owned()),
    }
}
