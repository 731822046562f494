//! Rules for new passwords.

mod blocklist;

use std::path::PathBuf;

use url::Url;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{is_loopback, parse_switch, show_switch},
};
use crate::auth::password::{
    breach::HAVE_I_BEEN_PWNED,
    policy::{PasswordCheck, blocklist::Blocklist},
};
pub use blocklist::BlocklistFileError;

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

const CHECK: Row<PasswordCheck> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSWORD_CHECK",
        flag: "password-check",
        value: "blocklist|strong",
        default: "blocklist",
        help: "Refuse common passwords and the user's own data; with strong, all that are easy to guess",
    },
    parse: parse_check,
};

const BLOCKLIST: Row<Option<PathBuf>> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSWORD_BLOCKLIST",
        flag: "password-blocklist",
        value: "FILE",
        default: "",
        help: "Your own refused passwords, one per line [default: none]",
    },
    parse: |text| Ok((!text.is_empty()).then(|| text.into())),
};

const BREACH_API: Row<Option<Url>> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSWORD_BREACH_API",
        flag: "password-breach-api",
        value: "OFF|ON|URL",
        default: "off",
        help: "Ask Have I Been Pwned, or the range API at this URL, whether a new password is breached",
    },
    parse: parse_breach_api,
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

pub(super) const SETTINGS: &[Setting] =
    &[MIN_LENGTH.setting, CHECK.setting, BLOCKLIST.setting, BREACH_API.setting, COMPOSITION.setting];

/// Rules for new passwords.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// The minimum number of characters.
    pub min_length: u8,
    /// Which passwords count as easy to guess.
    pub check: PasswordCheck,
    /// The file with the operator's own refused passwords.
    pub blocklist_file: Option<PathBuf>,
    /// The URL of a range API of breached passwords. Ends with `/`.
    pub breach_api: Option<Url>,
    /// Whether upper case, lower case and a digit are required.
    pub composition: bool,
}

impl PasswordConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (min_length, composition) = (reader.read(&MIN_LENGTH), reader.read(&COMPOSITION));
        let (check, blocklist_file) = (reader.read(&CHECK), reader.read(&BLOCKLIST));
        let breach_api = reader.read(&BREACH_API);
        Ok(Self {
            min_length: min_length?,
            check: check?,
            blocklist_file: blocklist_file?,
            breach_api: breach_api?,
            composition: composition?,
        })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let check = match self.check {
            PasswordCheck::Blocklist => "blocklist",
            PasswordCheck::Strong => "strong",
        };
        let file = self.blocklist_file.as_ref().map_or_else(String::new, |file| file.display().to_string());
        let breach_api = match &self.breach_api {
            None => BREACH_API.show("off"),
            Some(url) if url.as_str() == HAVE_I_BEEN_PWNED => BREACH_API.show("on"),
            // Its path can contain a key.
            Some(_) => BREACH_API.comment("set, hidden"),
        };
        vec![
            MIN_LENGTH.show(self.min_length),
            CHECK.show(check),
            BLOCKLIST.show(file),
            breach_api,
            COMPOSITION.show(show_switch(self.composition)),
        ]
    }

    /// Reads the operator's own refused passwords. Empty without a file.
    pub fn blocklist(&self) -> Result<Blocklist, BlocklistFileError> {
        self.blocklist_file.as_deref().map_or_else(|| Ok(Blocklist::default()), blocklist::read)
    }
}

fn parse_min_length(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(length @ 8..=64) => Ok(length),
        _ => Err("is not a number from 8 to 64; NIST SP 800-63B requires 15 where the password is the only factor"
            .to_owned()),
    }
}

fn parse_check(text: &str) -> Result<PasswordCheck, String> {
    match text.to_ascii_lowercase().as_str() {
        "blocklist" => Ok(PasswordCheck::Blocklist),
        "strong" => Ok(PasswordCheck::Strong),
        _ => Err("is neither blocklist nor strong".to_owned()),
    }
}

/// The messages do not repeat the value, because a URL can contain a password.
fn parse_breach_api(text: &str) -> Result<Option<Url>, String> {
    let default = match parse_switch(text) {
        Ok(false) => return Ok(None),
        Ok(true) => Some(HAVE_I_BEEN_PWNED),
        Err(_) => None,
    };
    let text = default.unwrap_or(text);
    let mut url = Url::parse(text).map_err(|_| format!("use off, on, or a URL such as {HAVE_I_BEEN_PWNED}"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err("must start with https://, or with http:// and a loopback address".to_owned()),
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    if has_user || url.query().is_some() || url.fragment().is_some() {
        return Err("must not contain a user name, password, query or fragment".to_owned());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach_api(text: &str) -> Result<Option<String>, String> {
        parse_breach_api(text).map(|url| url.map(|url| url.as_str().to_owned()))
    }

    #[test]
    fn breach_api_switch_or_url_is_accepted() {
        assert_eq!(breach_api("off"), Ok(None));
        for (text, url) in [
            ("on", HAVE_I_BEEN_PWNED),
            ("https://pwned.example.com/range", "https://pwned.example.com/range/"),
            ("https://10.0.0.7/", "https://10.0.0.7/"),
            ("http://localhost:8080/range/", "http://localhost:8080/range/"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
        ] {
            assert_eq!(breach_api(text), Ok(Some(url.to_owned())), "{text}");
        }
    }

    #[test]
    fn breach_api_unsafe_url_is_refused_unseen() {
        for bad in [
            "http://pwned.example.com/range/hunter2",
            "http://localhost.example.com/hunter2",
            "ftp://localhost/hunter2",
            "https://ada:hunter2@pwned.example.com/",
            "https://pwned.example.com/?key=hunter2",
            "https://pwned.example.com/#hunter2",
            "hunter2",
        ] {
            let message = breach_api(bad).unwrap_err();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
