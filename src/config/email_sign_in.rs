//! Sign-in with a code or a link in a message.

use super::{
    MailConfig,
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_switch, show_switch},
};

const EMAIL_SIGN_IN: Row<bool> = Row {
    setting: Setting {
        variable: "LATCHKEY_EMAIL_SIGN_IN",
        flag: "email-sign-in",
        value: "ON|OFF",
        default: "off",
        help: "Offer sign-in without a password, with a code or a link sent by e-mail (needs mail)",
    },
    parse: parse_switch,
};

pub(super) const SETTINGS: &[Setting] = &[EMAIL_SIGN_IN.setting];

/// Sign-in with a code or a link in a message.
#[derive(Clone, Copy, Debug)]
pub struct EmailSignInConfig {
    /// Whether it is offered.
    pub offered: bool,
}

impl EmailSignInConfig {
    /// `mail` is `None` if its settings are invalid, which its own problems say.
    pub(super) fn read(reader: &mut Reader, mail: Option<&MailConfig>) -> Result<Self, Invalid> {
        let offered = reader.read(&EMAIL_SIGN_IN)?;
        if offered && mail.is_some_and(|mail| mail.target.is_none()) {
            let message = "on needs mail; set LATCHKEY_MAIL and LATCHKEY_MAIL_FROM, or off";
            reader.problems.push(EMAIL_SIGN_IN.problem(message));
            return Err(Invalid);
        }
        Ok(Self { offered })
    }

    pub(super) fn values(self) -> Vec<(&'static str, String)> {
        vec![EMAIL_SIGN_IN.show(show_switch(self.offered))]
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn read(vars: &[(&str, &str)]) -> Result<bool, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map(|config| config.email_sign_in.offered).map_err(|problems| problems.to_string())
    }

    #[test]
    fn email_sign_in_is_off_and_needs_mail() {
        const ON: (&str, &str) = ("LATCHKEY_EMAIL_SIGN_IN", "on");
        assert_eq!(read(&[]), Ok(false));
        assert_eq!(read(&[ON]), Ok(true), "the development mailbox");
        for without in [("LATCHKEY_MAIL", "off"), ("LATCHKEY_BASE_URL", "https://auth.example.com")] {
            let problem = read(&[ON, without]).unwrap_err();
            assert!(problem.contains("LATCHKEY_EMAIL_SIGN_IN: on needs mail; set LATCHKEY_MAIL"), "{problem}");
            assert_eq!(read(&[without]), Ok(false));
        }
        assert!(read(&[("LATCHKEY_EMAIL_SIGN_IN", "code")]).unwrap_err().contains("LATCHKEY_EMAIL_SIGN_IN: "));
    }
}
