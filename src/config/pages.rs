//! Where the pages lead: the start page of a signed-in user, and the page after signing out.

use super::{
    TrustedOrigins,
    setting::{Invalid, Reader, Row, Setting},
};
use crate::domain::ReturnAddress;

pub(super) const HOME: Row<Option<ReturnAddress>> = Row {
    setting: Setting {
        variable: "LATCHKEY_HOME",
        flag: "home",
        value: "PATH|URL",
        default: "",
        help: "Where `/` and a sign-in without a return address lead: a path, or a URL of a trusted origin [default: \
               the account page]",
    },
    parse: |text| if text.is_empty() { Ok(None) } else { parse_address(text).map(Some) },
};

pub(super) const AFTER_SIGN_OUT: Row<ReturnAddress> = Row {
    setting: Setting {
        variable: "LATCHKEY_AFTER_SIGN_OUT",
        flag: "after-sign-out",
        value: "PATH|URL",
        default: "/sign-in",
        help: "Where the sign-out button leads: a path, or a URL of a trusted origin",
    },
    parse: parse_address,
};

pub(super) const SETTINGS: &[Setting] = &[HOME.setting, AFTER_SIGN_OUT.setting];

/// Pages that redirect a signed-in user to the home page, and so cannot be the home page.
const SIGN_IN_PAGES: [&str; 6] = ["/sign-in", "/sign-in/set-up", "/sign-up", "/login", "/signup", "/register"];

/// Where the pages lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesConfig {
    /// The start page of a signed-in user, and the page after signing in. `None`: the account page.
    pub home: Option<ReturnAddress>,
    /// The page after signing out.
    pub after_sign_out: ReturnAddress,
}

impl PagesConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (home, after_sign_out) = (reader.read(&HOME), reader.read(&AFTER_SIGN_OUT));
        let origins = TrustedOrigins::peek(reader)?;
        let home = home.and_then(|home| home.map(|home| trusted(home, &HOME, &origins, reader)).transpose());
        let after_sign_out = after_sign_out.and_then(|page| trusted(page, &AFTER_SIGN_OUT, &origins, reader));
        let home = home?.map(|home| without_redirect_loop(home, reader)).transpose()?;
        Ok(Self { home, after_sign_out: after_sign_out? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let home = match &self.home {
            Some(home) => HOME.show(home.as_str()),
            None => HOME.comment("the account page"),
        };
        vec![home, AFTER_SIGN_OUT.show(self.after_sign_out.as_str())]
    }
}

fn parse_address(text: &str) -> Result<ReturnAddress, String> {
    ReturnAddress::parse(text, |_| true)
        .ok_or_else(|| "is neither a path such as /tasks nor a URL such as https://app.example.com/tasks".to_owned())
}

/// The address, if its origin is trusted. The service's own URLs become paths.
fn trusted<T>(
    address: ReturnAddress,
    row: &Row<T>,
    origins: &TrustedOrigins,
    reader: &mut Reader,
) -> Result<ReturnAddress, Invalid> {
    let address = address.relative_to(|origin| origins.is_own(origin));
    match address.origin() {
        Some(origin) if !origins.trusts(origin) => {
            let message = "has an origin that is not trusted; add it to LATCHKEY_TRUSTED_ORIGINS, or set a path";
            reader.problems.push(row.problem(message));
            Err(Invalid)
        }
        _ => Ok(address),
    }
}

fn without_redirect_loop(home: ReturnAddress, reader: &mut Reader) -> Result<ReturnAddress, Invalid> {
    if home.origin().is_some() || !SIGN_IN_PAGES.contains(&home.path().trim_end_matches('/')) {
        return Ok(home);
    }
    reader.problems.push(HOME.problem("is a sign-in page, which redirects signed-in users to this page; set another"));
    Err(Invalid)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const APP: (&str, &str) = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com");

    /// The home page and the page after signing out.
    fn read(vars: &[(&str, &str)]) -> Result<(Option<String>, String), String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let pages = Config::from_vars(lookup).map_err(|problems| problems.to_string())?.pages;
        Ok((pages.home.map(|home| home.as_str().to_owned()), pages.after_sign_out.as_str().to_owned()))
    }

    fn home(vars: &[(&str, &str)]) -> Result<Option<String>, String> {
        read(vars).map(|(home, _)| home)
    }

    #[test]
    fn pages_by_default_are_account_and_sign_in() {
        assert_eq!(read(&[]), Ok((None, "/sign-in".to_owned())));
    }

    #[test]
    fn address_on_trusted_origin_is_kept() {
        for address in ["/tasks", "/", "/tasks?all#top", "https://app.example.com", "https://app.example.com/tasks"] {
            assert_eq!(home(&[APP, ("LATCHKEY_HOME", address)]), Ok(Some(address.to_owned())));
            let after_sign_out = read(&[APP, ("LATCHKEY_AFTER_SIGN_OUT", address)]).map(|(_, page)| page);
            assert_eq!(after_sign_out, Ok(address.to_owned()));
        }
    }

    #[test]
    fn address_on_own_origin_becomes_a_path() {
        for (url, path) in [("", "/"), ("/", "/"), ("/tasks?all#top", "/tasks?all#top"), ("/account", "/account")] {
            let url = format!("http://localhost:3000{url}");
            assert_eq!(home(&[("LATCHKEY_HOME", &url)]), Ok(Some(path.to_owned())));
        }
    }

    #[test]
    fn address_untrusted_or_malformed_is_refused() {
        for bad in [
            "tasks",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "http://app.example.com/",
            "https://app.example.com:8443/",
            "https://APP.example.com/",
            "myapp://in",
            "javascript:alert(1)",
            "/a b",
        ] {
            for variable in ["LATCHKEY_HOME", "LATCHKEY_AFTER_SIGN_OUT"] {
                let problems = read(&[APP, (variable, bad)]).unwrap_err();
                assert_eq!(problems.lines().count(), 2, "{problems}");
                assert!(problems.contains(&format!("- {variable}: ")), "{problems}");
            }
        }
    }

    #[test]
    fn both_pages_invalid_are_both_reported() {
        let problems = read(&[("LATCHKEY_HOME", "https://a.example"), ("LATCHKEY_AFTER_SIGN_OUT", "x")]).unwrap_err();
        assert!(problems.contains("add it to LATCHKEY_TRUSTED_ORIGINS"), "{problems}");
        assert!(problems.contains("LATCHKEY_AFTER_SIGN_OUT: is neither a path"), "{problems}");
    }

    #[test]
    fn home_on_sign_in_page_is_refused() {
        for path in ["/sign-in", "/sign-up/", "/login?next=%2F", "/register", "http://localhost:3000/sign-in#top"] {
            assert!(home(&[("LATCHKEY_HOME", path)]).unwrap_err().contains("redirects signed-in users"), "{path}");
        }
        let other_site = "https://app.example.com/sign-in";
        assert_eq!(home(&[APP, ("LATCHKEY_HOME", other_site)]), Ok(Some(other_site.to_owned())));
    }
}
