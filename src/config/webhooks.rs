//! Webhooks: where user events are sent.

use url::{Host, Url};

use super::{
    server,
    setting::{Invalid, Reader, Row, Setting},
    value::{describe_secrets, is_loopback, parse_switch, show_switch, split_secrets},
};
use crate::{
    outbound::{Reach, public::is_public},
    webhooks::{WebhookTarget, sign::SigningSecret},
};

pub(super) const WEBHOOK_URL: Row<Option<Url>> = Row {
    setting: Setting {
        variable: "LATCHKEY_WEBHOOK_URL",
        flag: "webhook-url",
        value: "URL",
        default: "",
        help: "URL to which user events are sent [default: none]",
    },
    parse: parse_url,
};

pub(super) const WEBHOOK_SECRET: Row<Vec<SigningSecret>> = Row {
    setting: Setting {
        variable: "LATCHKEY_WEBHOOK_SECRET",
        flag: "webhook-secret",
        value: "SECRETS",
        default: "",
        help: "Secret that signs webhooks, whsec_ and base64, or two separated by a space while the receiver changes \
               to another one; set it in the environment rather than as a flag [default: none]",
    },
    parse: parse_signing_secrets,
};

/// `None`: depends on the base URL.
pub(super) const WEBHOOK_ALLOW_PRIVATE: Row<Option<bool>> = Row {
    setting: Setting {
        variable: "LATCHKEY_WEBHOOK_ALLOW_PRIVATE",
        flag: "webhook-allow-private",
        value: "ON|OFF",
        default: "",
        help: "Send webhooks to private addresses and over http:// too [default: on if the base URL is a loopback \
               address, otherwise off]",
    },
    parse: |text| if text.is_empty() { Ok(None) } else { parse_switch(text).map(Some) },
};

pub(super) const SETTINGS: &[Setting] = &[WEBHOOK_URL.setting, WEBHOOK_SECRET.setting, WEBHOOK_ALLOW_PRIVATE.setting];

/// Webhooks: where user events are sent.
#[derive(Clone)]
pub struct WebhookConfig {
    /// `None`: no webhooks are sent.
    url: Option<Url>,
    secrets: Vec<SigningSecret>,
    reach: Reach,
}

impl WebhookConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (url, secrets) = (reader.read(&WEBHOOK_URL), reader.read(&WEBHOOK_SECRET));
        let allow_private = reader.read(&WEBHOOK_ALLOW_PRIVATE);
        let reach = reach(reader, allow_private?)?;
        Ok(Self { url: url?, secrets: secrets?, reach })
    }

    /// Where webhooks are sent. `None`: no webhooks.
    pub fn target(&self) -> Option<WebhookTarget> {
        let url = self.url.clone()?;
        Some(WebhookTarget { url, secrets: self.secrets.clone(), reach: self.reach })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        // The URL can contain a secret.
        let url = if self.url.is_some() { "set, hidden" } else { "none" };
        vec![
            WEBHOOK_URL.comment(url),
            WEBHOOK_SECRET.comment(describe_secrets(self.secrets.len())),
            WEBHOOK_ALLOW_PRIVATE.show(show_switch(self.reach == Reach::Any)),
        ]
    }
}

/// The addresses that a receiver may have.
pub(super) fn reach(reader: &Reader, allow_private: Option<bool>) -> Result<Reach, Invalid> {
    let allowed = match allow_private {
        Some(allowed) => allowed,
        None => server::base_url(reader)?.is_loopback(),
    };
    Ok(if allowed { Reach::Any } else { Reach::Public })
}

/// Whether a URL without a host name has a private address.
pub(super) fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(_)) => is_loopback(url),
        None => true,
    }
}

/// The messages do not contain the URL, which can contain a secret.
fn parse_url(text: &str) -> Result<Option<Url>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(|_| "is not a URL such as https://app.example.com/webhooks/users".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("must start with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have no user, password or fragment; the signature authenticates webhooks".to_owned());
    }
    Ok(Some(url))
}

fn parse_signing_secrets(text: &str) -> Result<Vec<SigningSecret>, String> {
    let words = split_secrets(text)?;
    if words.len() > 2 {
        return Err("has more than two secrets; remove those that the receiver no longer uses".to_owned());
    }
    let parse = |(index, word): (usize, &&str)| {
        let position = if words.len() == 1 { String::new() } else { format!("secret no. {} ", index + 1) };
        SigningSecret::parse(word).map_err(|invalid| format!("{position}{invalid}"))
    };
    words.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const OTHER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const URL: (&str, &str) = ("LATCHKEY_WEBHOOK_URL", "https://app.example.com/hook?key=hunter2");
    const PUBLIC: (&str, &str) = ("LATCHKEY_BASE_URL", "https://auth.example.com");

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map_err(|problems| problems.to_string())
    }

    fn target(vars: &[(&str, &str)]) -> Option<WebhookTarget> {
        read(vars).unwrap().webhooks.target()
    }

    #[test]
    fn target_has_url_and_secrets_which_are_hidden() {
        let both = format!("{SECRET} {OTHER}");
        let vars = [URL, ("LATCHKEY_WEBHOOK_SECRET", both.as_str())];
        let found = target(&vars).unwrap();
        assert_eq!((found.url.as_str(), found.secrets.len()), (URL.1, 2));
        let shown = format!("{:?} {found:?}", read(&vars).unwrap().values());
        assert!(!shown.contains(SECRET) && !shown.contains(OTHER), "{shown}");
        assert!(!format!("{:?}", read(&vars).unwrap()).contains("hunter2"));
        assert!(target(&[]).is_none());
    }

    #[test]
    fn invalid_value_is_refused_and_not_shown() {
        for (url, secret) in [
            ("nonsense-hunter2", SECRET),
            ("ftp://hunter2.example.com", SECRET),
            ("https://user:hunter2@app.example.com", SECRET),
            (URL.1, "hunter2"),
            (URL.1, "whsec_hunter2"),
            (URL.1, ""),
            (URL.1, &[SECRET; 3].join(" ")),
        ] {
            let problem = read(&[("LATCHKEY_WEBHOOK_URL", url), ("LATCHKEY_WEBHOOK_SECRET", secret)]).err().unwrap();
            assert!(problem.contains("LATCHKEY_WEBHOOK_") && !problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn private_receiver_needs_permission() {
        let secret = ("LATCHKEY_WEBHOOK_SECRET", SECRET);
        let allow = ("LATCHKEY_WEBHOOK_ALLOW_PRIVATE", "on");
        for url in ["https://10.0.0.1/", "https://[fd00::1]/", "https://localhost/", "http://app.example.com/"] {
            let url = ("LATCHKEY_WEBHOOK_URL", url);
            assert_eq!(target(&[url, secret]).unwrap().reach, Reach::Any, "the base URL is a loopback address");
            assert_eq!(target(&[url, secret, PUBLIC, allow]).unwrap().reach, Reach::Any);
            for vars in [vec![url, secret, PUBLIC], vec![url, secret, ("LATCHKEY_WEBHOOK_ALLOW_PRIVATE", "off")]] {
                assert!(read(&vars).err().unwrap().contains("LATCHKEY_WEBHOOK_ALLOW_PRIVATE=on"), "{url:?}");
            }
        }
        assert_eq!(target(&[URL, secret, PUBLIC]).unwrap().reach, Reach::Public);
    }
}
