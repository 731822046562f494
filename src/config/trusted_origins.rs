//! The sites and apps that may use the sign-in API from a browser, and that it may send people on to.

use super::{BaseUrl, origin_pattern::OriginPattern};

/// The service's own origin and those the operator trusts: origins (`https://app.example.com`), wildcards
/// with or without a scheme (`https://*.example.com`, `*.example.com`, `http://localhost:*`) and apps'
/// own schemes (`myapp://`). The sign-in API's contract names the forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedOrigins {
    own: String,
    patterns: Vec<OriginPattern>,
    plain: bool,
}

impl TrustedOrigins {
    /// The base URL's own origin, and these besides.
    pub(super) fn new(base_url: &BaseUrl, patterns: Vec<OriginPattern>) -> Self {
        Self { own: base_url.as_str().to_owned(), patterns, plain: !base_url.is_https() }
    }

    /// Whether an absolute URL, or an origin as browsers send it, belongs to one of them. A path never
    /// does, nor does `null`.
    pub fn trusts(&self, url_or_origin: &str) -> bool {
        // Text that parsers read differently is nobody's.
        let plain_text = !url_or_origin.contains('\\') && !url_or_origin.chars().any(char::is_control);
        plain_text
            && (is_of(url_or_origin, &self.own)
                || self.patterns.iter().any(|pattern| pattern.matches(url_or_origin, self.plain)))
    }

    /// What the operator has written, without the service's own.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(OriginPattern::as_str)
    }
}

/// Whether a URL is of an origin.
fn is_of(url: &str, origin: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.origin().ascii_serialization() == origin)
}

/// Reads a list separated by commas.
pub(super) fn parse(text: &str) -> Result<Vec<OriginPattern>, String> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(OriginPattern::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(list: &str) -> TrustedOrigins {
        TrustedOrigins::new(&BaseUrl::parse("https://auth.example.com").unwrap(), parse(list).unwrap())
    }

    fn all(list: &str, urls: &[&str], expected: bool) {
        let trusted = trusted(list);
        for url in urls {
            assert_eq!(trusted.trusts(url), expected, "{list} {url}");
        }
    }

    #[test]
    fn the_services_own_origin_always_belongs_to_them() {
        all(
            "",
            &["https://auth.example.com", "https://AUTH.example.com:443/x?y#z", "https://u:p@auth.example.com/"],
            true,
        );
        all(
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
    fn an_exact_origin_is_itself_and_nothing_else() {
        let list = "https://app.example.org, http://localhost:5173/";
        all(list, &["https://app.example.org/a", "http://localhost:5173", "HTTPS://APP.EXAMPLE.ORG"], true);
        all(
            list,
            &["http://app.example.org", "https://a.app.example.org", "http://localhost:5174", "http://localhost"],
            false,
        );
    }

    #[test]
    fn a_wildcard_stays_within_its_host() {
        let list = "https://*.example.org";
        all(list, &["https://a.example.org", "https://a.b.example.org/x", "https://A.Example.org"], true);
        all(
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
        all("http://localhost:*", &["http://localhost:1", "http://localhost:65535/x"], true);
        all(
            "http://localhost:*",
            &["http://localhost.evil.com:1", "http://localhost:1@evil.com", "http://evil/:1"],
            false,
        );
        all("https://app-?.example.org", &["https://app-1.example.org"], true);
        all("https://app-?.example.org", &["https://app-.example.org", "https://app-12.example.org"], false);
    }

    #[test]
    fn a_wildcard_without_a_scheme_is_for_the_web_and_as_protected_as_the_service() {
        all("*.example.org", &["https://a.example.org", "https://b.a.example.org/x"], true);
        all(
            "*.example.org",
            &["http://a.example.org", "javascript://a.example.org/%0aalert(1)", "ftp://a.example.org"],
            false,
        );
        let local = BaseUrl::parse("http://localhost:3000").unwrap();
        let local = TrustedOrigins::new(&local, parse("*.example.org").unwrap());
        assert!(local.trusts("http://a.example.org") && local.trusts("https://a.example.org"));
    }

    #[test]
    fn an_apps_scheme_is_compared_as_a_whole() {
        all("myapp://", &["myapp://", "myapp://home/x", "MYAPP://x", "myapp:x"], true);
        all("myapp://", &["myapp2://home", "my://app", "https://myapp", "xmyapp://"], false);
        all("myapp://home/in", &["myapp://home/in", "myapp://HOME/in/here?x#y", "myapp://home/./in"], true);
        all(
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
        all("exp://10.0.0.*:*/*", &["exp://10.0.0.7:8081/--/in", "exp://10.0.0.7:8081"], true);
        all("exp://10.0.0.*:*/*", &["exp://10.0.1.7:8081/--/in", "exp://evil/10.0.0.7:8081/x"], false);
    }

    #[test]
    fn what_is_no_origin_is_a_problem() {
        for bad in [
            "app.example.com",
            "https://app.example.com/path",
            "https://app.example.com#x",
            "https://user@app.example.com",
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
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_wildcard_for_everybodys_hosts_is_open() {
        let is_open = |text: &str| OriginPattern::parse(text).unwrap().is_open();
        for open in ["*", "https://*", "*.com", "https://*:3000", "https://exa*.com", "example.*", "*:*", "10.0.*.*"] {
            assert!(is_open(open), "{open}");
        }
        for closed in ["*.example.com", "http://localhost:*", "*.localhost", "https://example.com:*", "myapp://*"] {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
