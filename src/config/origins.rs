//! The sites and apps that may call the sign-in API from a browser, and that it may redirect to.

mod glob;
mod own;
mod pattern;

use std::mem;

use super::{
    BaseUrl, server,
    setting::{Invalid, Reader, Row, Setting},
    value::split_list,
};
use own::own_origins;
use pattern::OriginPattern;

pub(super) const TRUSTED_ORIGINS: Row<Vec<OriginPattern>> = Row {
    setting: Setting {
        variable: "LATCHKEY_TRUSTED_ORIGINS",
        flag: "trusted-origins",
        value: "LIST",
        default: "",
        help: "Origins and app schemes that may call the sign-in API from a browser, such as https://app.example.com, \
               https://*.example.com, myapp:// [default: the base URL only]",
    },
    parse: parse_patterns,
};

pub(super) const SETTINGS: &[Setting] = &[TRUSTED_ORIGINS.setting];

/// The origins of the service's own pages, and the origins that the operator trusts: origins (`https://app.example.com`),
/// wildcards with or without a scheme (`https://*.example.com`, `*.example.com`, `http://localhost:*`)
/// and app schemes (`myapp://`). These forms are Better Auth's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedOrigins {
    own: Vec<String>,
    patterns: Vec<OriginPattern>,
    /// Whether wildcards without a scheme match http: only if the service itself is on http.
    allow_http: bool,
}

impl TrustedOrigins {
    fn new(base_url: &BaseUrl, patterns: Vec<OriginPattern>) -> Self {
        Self { own: own_origins(base_url), patterns, allow_http: !base_url.is_https() }
    }

    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let patterns = reader.read(&TRUSTED_ORIGINS)?;
        Ok(Self::new(&server::base_url(reader)?, patterns))
    }

    /// Replaces the origin of the service.
    pub(super) fn set_own(&mut self, base_url: &BaseUrl) {
        *self = Self::new(base_url, mem::take(&mut self.patterns));
    }

    /// Like [`read`](Self::read), for another part: problems are not recorded a second time.
    pub(super) fn peek(reader: &Reader) -> Result<Self, Invalid> {
        Ok(Self::new(&server::base_url(reader)?, reader.peek(&TRUSTED_ORIGINS)?))
    }

    /// Whether an absolute URL, or an origin as browsers send it, is trusted. A path or `null` never is.
    pub fn trusts(&self, url_or_origin: &str) -> bool {
        // URL parsers disagree about backslashes and control characters.
        let unambiguous = !url_or_origin.contains('\\') && !url_or_origin.chars().any(char::is_control);
        unambiguous
            && (self.own.iter().any(|own| has_origin(url_or_origin, own))
                || self.patterns.iter().any(|pattern| pattern.matches(url_or_origin, self.allow_http)))
    }

    /// Whether an origin, as browsers send it, is the service's own. On a loopback address, all loopback names with the
    /// same port are one origin.
    pub fn is_own(&self, origin: &str) -> bool {
        self.own.iter().any(|own| own == origin)
    }

    /// Whether a URL is in the trusted scheme of an app. A web origin never is.
    pub fn trusts_app(&self, url: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_app() && pattern.matches(url, false))
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let patterns: Vec<_> = self.patterns.iter().map(OriginPattern::as_str).collect();
        vec![TRUSTED_ORIGINS.show(patterns.join(","))]
    }
}

fn has_origin(url: &str, origin: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.origin().ascii_serialization() == origin)
}

fn parse_patterns(text: &str) -> Result<Vec<OriginPattern>, String> {
    let parse = |(index, entry): (usize, &str)| {
        OriginPattern::parse(entry).map_err(|reason| format!("entry no. {} {reason}", index + 1))
    };
    split_list(text).enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(list: &str) -> TrustedOrigins {
        TrustedOrigins::new(&BaseUrl::parse("https://auth.example.com").unwrap(), parse_patterns(list).unwrap())
    }

    fn assert_trust(list: &str, urls: &[&str], expected: bool) {
        let trusted = trusted(list);
        for url in urls {
            assert_eq!(trusted.trusts(url), expected, "{list} {url}");
        }
    }

    #[test]
    fn own_origin_is_always_trusted() {
        assert_trust(
            "",
            &["https://auth.example.com", "https://AUTH.example.com:443/x?y#z", "https://u:p@auth.example.com/"],
            true,
        );
        assert_trust(
            "",
            &[
                "",
                "/",
                "//auth.example.com",
                "null",
                "auth.example.com",
                "http://auth.example.com",
                "https://auth.example.com:8443",
                "https://auth.example.com.evil.com",
                "https://auth.example.com@evil.com",
                "https://evil.com/https://auth.example.com",
                "https://evil.com#https://auth.example.com",
                "https:\\\\auth.example.com",
                "https://evil.com\\@auth.example.com",
                "https://auth.example.com\n",
                "javascript://auth.example.com/%0aalert(1)",
            ],
            false,
        );
    }

    #[test]
    fn loopback_names_of_one_port_are_one_origin() {
        for base_url in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"] {
            let trusted = TrustedOrigins::new(&BaseUrl::parse(base_url).unwrap(), Vec::new());
            for own in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"] {
                assert!(trusted.trusts(own) && trusted.is_own(own), "{base_url} {own}");
            }
            assert!(trusted.trusts("http://127.0.0.1:3000/account"));
            for other in [
                "http://localhost:3001",
                "https://localhost:3000",
                "http://127.0.0.2:3000",
                "http://localhost",
                "http://localhost.evil.example:3000",
                "http://localhost:3000@evil.example",
            ] {
                assert!(!trusted.trusts(other) && !trusted.is_own(other), "{base_url} {other}");
            }
        }
        assert_trust("", &["https://localhost", "https://127.0.0.1", "https://[::1]"], false);
    }

    #[test]
    fn app_origin_is_never_a_web_origin() {
        let trusted = trusted("https://app.example.org,http://localhost:*,*.example.net,myapp://,exp://10.0.0.*:*/*");
        for app in ["myapp://", "myapp:///", "MYAPP://home", "exp://10.0.0.7:8081"] {
            assert!(trusted.trusts_app(app), "{app}");
        }
        for other in
            ["https://app.example.org", "https://auth.example.com", "http://localhost:5173", "https://a.example.net"]
        {
            assert!(trusted.trusts(other) && !trusted.trusts_app(other), "{other}");
        }
        for untrusted in ["", "null", "other://", "exp://10.0.1.7:8081", "javascript:alert(1)", "myapp", "my\\app://"] {
            assert!(!trusted.trusts_app(untrusted), "{untrusted}");
        }
    }

    #[test]
    fn exact_origin_matches_only_itself() {
        let list = "https://app.example.org, http://localhost:5173/";
        assert_trust(list, &["https://app.example.org/a", "http://localhost:5173", "HTTPS://APP.EXAMPLE.ORG"], true);
        assert_trust(
            list,
            &["http://app.example.org", "https://a.app.example.org", "http://localhost:5174", "http://localhost"],
            false,
        );
    }

    #[test]
    fn wildcard_stays_within_its_host() {
        let list = "https://*.example.org";
        assert_trust(list, &["https://a.example.org", "https://a.b.example.org/x", "https://A.Example.org"], true);
        assert_trust(
            list,
            &[
                "https://example.org",
                "http://a.example.org",
                "https://evil.com/.example.org",
                "https://evil.com?.example.org",
                "https://evil.com#.example.org",
                "https://evil.com\\.example.org",
                "https://a.example.org.evil.com",
                "https://a.example.org@evil.com",
                "https://a.example.org:8443",
                "https://evilexample.org",
                "myapp://evil/.example.org",
            ],
            false,
        );
        assert_trust("http://localhost:*", &["http://localhost:1", "http://localhost:65535/x"], true);
        assert_trust(
            "http://localhost:*",
            &["http://localhost.evil.com:1", "http://localhost:1@evil.com", "http://evil/:1"],
            false,
        );
        assert_trust("https://app-?.example.org", &["https://app-1.example.org"], true);
        assert_trust("https://app-?.example.org", &["https://app-.example.org", "https://app-12.example.org"], false);
    }

    #[test]
    fn wildcard_without_scheme_requires_own_scheme() {
        assert_trust("*.example.org", &["https://a.example.org", "https://b.a.example.org/x"], true);
        assert_trust(
            "*.example.org",
            &["http://a.example.org", "javascript://a.example.org/%0aalert(1)", "ftp://a.example.org"],
            false,
        );
        let local = BaseUrl::parse("http://localhost:3000").unwrap();
        let local = TrustedOrigins::new(&local, parse_patterns("*.example.org").unwrap());
        assert!(local.trusts("http://a.example.org") && local.trusts("https://a.example.org"));
    }

    #[test]
    fn app_scheme_is_compared_as_a_whole() {
        assert_trust("myapp://", &["myapp://", "myapp://home/x", "MYAPP://x", "myapp:x"], true);
        assert_trust("myapp://", &["myapp2://home", "my://app", "https://myapp", "xmyapp://"], false);
        assert_trust("myapp://home/in", &["myapp://home/in", "myapp://HOME/in/here?x#y", "myapp://home/./in"], true);
        assert_trust(
            "myapp://home/in",
            &[
                "myapp://home",
                "myapp://home/inn",
                "myapp://home.evil/in",
                "myapp://home@evil/in",
                "myapp://home/in/../out",
                "myapp://home/in/%2e%2e/out",
                "myapp://home\\in",
            ],
            false,
        );
        assert_trust("exp://10.0.0.*:*/*", &["exp://10.0.0.7:8081/--/in", "exp://10.0.0.7:8081"], true);
        assert_trust("exp://10.0.0.*:*/*", &["exp://10.0.1.7:8081/--/in", "exp://evil/10.0.0.7:8081/x"], false);
    }

    #[test]
    fn entry_other_than_origin_is_refused() {
        for bad in [
            "app.example.com",
            "https://app.example.com/path",
            "https://app.example.com#x",
            "https://user@app.example.com",
            "https://:password@app.example.com",
            "myapp://user:password@home",
            "https://*.example.com/path",
            "https://a*b@example.com",
            "https://",
            "://x",
            "*://x",
            "null",
            "javascript://*",
            "file://*",
            "https:\\\\x",
            "my app://",
            "https://a.example https://b.example",
        ] {
            assert!(parse_patterns(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn wildcard_for_any_domain_is_too_broad() {
        let is_too_broad = |text: &str| OriginPattern::parse(text).unwrap().is_too_broad();
        for broad in ["*", "https://*", "*.com", "https://*:3000", "https://exa*.com", "example.*", "*:*", "10.0.*.*"] {
            assert!(is_too_broad(broad), "{broad}");
        }
        for narrow in ["*.example.com", "http://localhost:*", "*.localhost", "https://example.com:*", "myapp://*"] {
            assert!(!is_too_broad(narrow), "{narrow}");
        }
    }
}
