//! Passkeys: the domain that they are bound to, and the origins where they work.

use url::{Host, Url};

use super::{
    BaseUrl, Problem, server,
    setting::{Invalid, Reader, Row, Setting},
    value::{is_loopback, split_list},
};

/// `None`: the host of the base URL.
const RP_ID: Row<Option<String>> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSKEY_RP_ID",
        flag: "passkey-rp-id",
        value: "DOMAIN",
        default: "",
        help: "Domain that passkeys are bound to: the host of the base URL or a parent domain of it. A change makes all \
               passkeys useless [default: the host of the base URL]",
    },
    parse: parse_domain,
};

const ORIGINS: Row<Vec<String>> = Row {
    setting: Setting {
        variable: "LATCHKEY_PASSKEY_ORIGINS",
        flag: "passkey-origins",
        value: "LIST",
        default: "",
        help: "Origins with another domain where the passkeys work too (related origins), such as https://example.org",
    },
    parse: parse_origins,
};

pub(super) const SETTINGS: &[Setting] = &[RP_ID.setting, ORIGINS.setting];

/// Passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyConfig {
    /// The domain that passkeys are bound to. `None`: passkeys are not offered, because browsers allow them only on
    /// domains, and only on https or `localhost`.
    pub rp_id: Option<String>,
    /// The related origins.
    pub origins: Vec<String>,
}

impl PasskeyConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (id, origins) = (reader.read(&RP_ID), reader.read(&ORIGINS));
        let base_url = server::base_url(reader)?;
        let (id, origins) = (id?, origins?);
        let rp_id = relying_party(&base_url, id).map_err(|problem| {
            reader.problems.push(problem);
            Invalid
        })?;
        if rp_id.is_none() && !origins.is_empty() {
            let message = "needs passkeys, which browsers allow only on a domain with https; set LATCHKEY_BASE_URL";
            reader.problems.push(ORIGINS.problem(message));
            return Err(Invalid);
        }
        Ok(Self { rp_id, origins })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let rp_id = match &self.rp_id {
            Some(id) => RP_ID.show(id),
            None => RP_ID.comment("none: browsers allow passkeys only on a domain with https, or on localhost"),
        };
        vec![rp_id, ORIGINS.show(self.origins.join(","))]
    }
}

/// The domain that passkeys are bound to. `None`: browsers allow none on this base URL.
fn relying_party(base_url: &BaseUrl, id: Option<String>) -> Result<Option<String>, Problem> {
    let host = Some(base_url.host()).filter(|host| allows_passkeys(base_url, host));
    match (host, id) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(RP_ID.problem(
            "is set, and browsers allow passkeys only on a domain with https, or on localhost; set LATCHKEY_BASE_URL to \
             such a URL",
        )),
        (Some(host), None) => Ok(Some(host.to_owned())),
        (Some(host), Some(id)) if host == id || host.ends_with(&format!(".{id}")) => Ok(Some(id)),
        (Some(host), Some(_)) => Err(RP_ID.problem(format!("must be {host} or a parent domain of it"))),
    }
}

/// Whether the host is a domain, and browsers take its connections for secure.
fn allows_passkeys(base_url: &BaseUrl, host: &str) -> bool {
    let is_domain = matches!(Host::parse(host), Ok(Host::Domain(_)));
    is_domain && (base_url.is_https() || base_url.is_loopback())
}

fn parse_domain(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match Host::parse(text) {
        // A name without a dot is that of a top-level domain, which browsers refuse.
        Ok(Host::Domain(name)) if name == "localhost" || (name.contains('.') && !name.ends_with('.')) => Ok(Some(name)),
        _ => Err("is not a domain such as example.com".to_owned()),
    }
}

fn parse_origins(text: &str) -> Result<Vec<String>, String> {
    let parse = |(index, entry): (usize, &str)| {
        let problem = |reason| format!("entry no. {} {reason}", index + 1);
        let origin = BaseUrl::parse(entry).map_err(|_| problem("is not an origin such as https://example.org"))?;
        if origin.is_https() || Url::parse(entry).is_ok_and(|url| is_loopback(&url)) {
            Ok(origin.as_str().to_owned())
        } else {
            Err(problem("must start with https://"))
        }
    };
    split_list(text).enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const AUTH: (&str, &str) = ("LATCHKEY_BASE_URL", "https://auth.example.com");

    fn read(vars: &[(&str, &str)]) -> Result<super::PasskeyConfig, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map(|config| config.passkeys).map_err(|problems| problems.to_string())
    }

    fn rp_id(base_url: &str) -> Option<String> {
        read(&[("LATCHKEY_BASE_URL", base_url)]).unwrap().rp_id
    }

    #[test]
    fn rp_id_is_the_host_of_the_base_url() {
        assert_eq!(read(&[]).unwrap().rp_id.as_deref(), Some("localhost"));
        assert_eq!(rp_id("https://auth.example.com:8443").as_deref(), Some("auth.example.com"));
        assert_eq!(rp_id("http://app.localhost:3000").as_deref(), Some("app.localhost"));
        for address in ["http://127.0.0.1:3000", "http://[::1]:3000", "https://192.0.2.1"] {
            assert_eq!(rp_id(address), None, "{address}");
        }
    }

    #[test]
    fn rp_id_can_be_a_parent_domain() {
        let set = |id: &str| read(&[AUTH, ("LATCHKEY_PASSKEY_RP_ID", id)]);
        for (id, expected) in [("example.com", "example.com"), ("Auth.Example.com", "auth.example.com")] {
            assert_eq!(set(id).unwrap().rp_id.as_deref(), Some(expected));
        }
        for (id, words) in [
            ("com", "is not a domain"),
            ("192.0.2.1", "is not a domain"),
            ("https://example.com", "is not a domain"),
            ("ample.com", "must be auth.example.com or a parent domain of it"),
            ("www.example.com", "must be auth.example.com or a parent domain of it"),
            ("app.auth.example.com", "must be auth.example.com or a parent domain of it"),
        ] {
            let problem = set(id).unwrap_err();
            assert!(problem.contains("LATCHKEY_PASSKEY_RP_ID: ") && problem.contains(words), "{id}: {problem}");
        }
        let address = [("LATCHKEY_BASE_URL", "https://192.0.2.1"), ("LATCHKEY_PASSKEY_RP_ID", "example.com")];
        assert!(read(&address).unwrap_err().contains("LATCHKEY_PASSKEY_RP_ID: is set, and browsers allow"));
    }

    #[test]
    fn related_origin_is_https_or_loopback() {
        let set = |list: &str| read(&[AUTH, ("LATCHKEY_PASSKEY_ORIGINS", list)]);
        let list = "https://Example.org, https://example.net:8443,http://localhost:3000";
        let origins = ["https://example.org", "https://example.net:8443", "http://localhost:3000"];
        assert_eq!(set(list).unwrap().origins, origins);
        for bad in ["http://example.org", "example.org", "https://example.org/x", "https://*.example.org", "app://x"] {
            let problem = set(&format!("https://example.net,{bad}")).unwrap_err();
            assert!(problem.contains("LATCHKEY_PASSKEY_ORIGINS: entry no. 2 "), "{bad}: {problem}");
        }
        let address = [("LATCHKEY_BASE_URL", "https://192.0.2.1"), ("LATCHKEY_PASSKEY_ORIGINS", "https://example.org")];
        assert!(read(&address).unwrap_err().contains("LATCHKEY_PASSKEY_ORIGINS: needs passkeys"));
    }
}
