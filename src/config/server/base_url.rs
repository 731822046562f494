//! The public URL of the service.

use url::Url;

use crate::config::value::is_loopback;

/// An `http` or `https` origin without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

impl BaseUrl {
    /// Parses an origin.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| "is not a URL such as https://auth.example.com".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must start with https:// (or http://localhost)".to_owned());
        }
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_origin || !url.username().is_empty() || url.password().is_some() {
            return Err(
                "must be an origin such as https://auth.example.com, without a user, a path or a query".to_owned()
            );
        }
        // The URL standard allows it in a host; no domain has it.
        if url.host_str().is_some_and(|host| host.contains('*')) {
            return Err("must name one host, without *".to_owned());
        }
        let (https, loopback) = (url.scheme() == "https", is_loopback(&url));
        Ok(Self { origin: url.origin().ascii_serialization(), https, loopback })
    }

    /// The URL as browsers send it in the `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The host, as in the URL.
    pub fn host(&self) -> &str {
        let authority = self.origin.split_once("://").map_or("", |(_, authority)| authority);
        let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
        &authority[..port.unwrap_or(authority.len())]
    }

    /// Whether connections are encrypted.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether only this machine can reach it.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_url_other_than_origin_is_refused() {
        assert_eq!(BaseUrl::parse("https://Auth.Example.com/").unwrap().as_str(), "https://auth.example.com");
        assert_eq!(BaseUrl::parse("https://auth.example.com").unwrap().host(), "auth.example.com");
        assert_eq!(BaseUrl::parse("http://localhost:3000").unwrap().host(), "localhost");
        assert_eq!(BaseUrl::parse("http://[::1]:3000").unwrap().host(), "[::1]");
        assert!(BaseUrl::parse("http://127.0.0.1:3000").unwrap().is_loopback());
        assert!(!BaseUrl::parse("http://localhost.example.com").unwrap().is_loopback());
        for bad in [
            "localhost:3000",
            "ftp://x",
            "https://x/auth",
            "https://x?a",
            "https://u@x",
            "https://:p@x",
            "https://*.example.org",
            "nonsense",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
