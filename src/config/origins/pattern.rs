//! An entry of the trusted origins: an origin, a wildcard, or the scheme of an app.

use percent_encoding::percent_decode_str;
use url::Url;

use super::glob;

/// Schemes that execute or display content and have no origin of their own.
const UNSAFE_SCHEMES: [&str; 8] =
    ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];

/// An entry of the trusted origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OriginPattern {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A web origin, as browsers serialize it.
    Web(String),
    /// Web origins by a wildcard for host and port. Without a scheme: https, and http if the service
    /// itself is on http.
    WebWildcard { scheme: Option<String>, host: String },
    /// Addresses in the scheme of an app. An empty authority or path matches all.
    App(AppAddress),
}

/// An address in the scheme of an app, or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AppAddress {
    scheme: String,
    authority: String,
    path: String,
}

impl OriginPattern {
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            "is not an origin; use a list such as \
             https://app.example.com,https://*.example.com,http://localhost:*,myapp://"
                .to_owned()
        };
        if text.contains('\\') || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(wrong());
        }
        let kind = match text.split_once("://") {
            None if is_wildcard(text) && is_host_pattern(text) => {
                Kind::WebWildcard { scheme: None, host: text.to_ascii_lowercase() }
            }
            None => return Err(wrong()),
            Some((scheme, rest)) => {
                let scheme = scheme.to_ascii_lowercase();
                match scheme.as_str() {
                    "http" | "https" if is_wildcard(rest) => {
                        let host = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
                        if !is_host_pattern(&host) {
                            return Err(wrong());
                        }
                        Kind::WebWildcard { scheme: Some(scheme), host }
                    }
                    "http" | "https" => Kind::Web(bare_origin(text).ok_or_else(wrong)?),
                    other if UNSAFE_SCHEMES.contains(&other) => {
                        return Err("has a scheme that cannot be trusted".to_owned());
                    }
                    _ => {
                        let address = AppAddress::parse(text).filter(|address| !address.authority.contains('@'));
                        Kind::App(address.ok_or_else(wrong)?)
                    }
                }
            }
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The entry as configured.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is the scheme of an app.
    pub const fn is_app(&self) -> bool {
        matches!(self.kind, Kind::App(_))
    }

    /// Whether it matches sites of different owners: a wildcard in the last two labels of the host.
    pub fn is_too_broad(&self) -> bool {
        let Kind::WebWildcard { host, .. } = &self.kind else { return false };
        let name = host_without_port(host);
        let mut labels = name.rsplit('.');
        let last = labels.next().unwrap_or_default();
        is_wildcard(last) || (last != "localhost" && labels.next().is_none_or(is_wildcard) && name != last)
    }

    /// Whether an absolute URL matches. `allow_http`: a wildcard without a scheme also matches http.
    pub fn matches(&self, url: &str, allow_http: bool) -> bool {
        match &self.kind {
            Kind::Web(origin) => web_origin(url).is_some_and(|(scheme, host)| format!("{scheme}://{host}") == *origin),
            Kind::WebWildcard { scheme, host } => web_origin(url).is_some_and(|(found, authority)| {
                let scheme_matches = match scheme {
                    Some(scheme) => *scheme == found,
                    None => found == "https" || allow_http,
                };
                scheme_matches && glob::matches(host, &authority)
            }),
            Kind::App(pattern) => AppAddress::parse(url).is_some_and(|address| pattern.matches(&address)),
        }
    }
}

impl AppAddress {
    /// Splits an address by hand, because URL parsers disagree about schemes other than the web's. The
    /// path is decoded and normalized, so that `..` cannot leave it.
    fn parse(text: &str) -> Option<Self> {
        if text.contains('\\') || text.chars().any(char::is_control) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let mut characters = scheme.chars();
        let valid_scheme = characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !valid_scheme {
            return None;
        }
        let (authority, rest) = match rest.strip_prefix("//") {
            // In patterns of this kind `?` begins the query and is no wildcard.
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.to_ascii_lowercase(),
            path: normalize_path(path),
        })
    }

    fn matches(&self, address: &Self) -> bool {
        let path_matches = if is_wildcard(&self.path) {
            glob::matches(&self.path, if address.path.is_empty() { "/" } else { &address.path })
        } else {
            let below = address.path.strip_prefix(&self.path);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.scheme == address.scheme
            && (self.authority.is_empty() || glob::matches(&self.authority, &address.authority))
            && path_matches
    }
}

/// Percent-decodes a path and removes `.`, `..` and empty segments; the root becomes empty.
fn normalize_path(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.iter().flat_map(|segment| ["/", segment]).collect()
}

/// The scheme, and the host with the port, of an http or https URL.
fn web_origin(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let origin = url.origin().ascii_serialization();
    origin.split_once("://").map(|(scheme, host)| (scheme.to_owned(), host.to_owned()))
}

/// The origin of a URL that has no path, query, fragment or user.
fn bare_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    (bare && url.username().is_empty() && url.password().is_none()).then(|| url.origin().ascii_serialization())
}

fn is_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

fn is_host_pattern(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "*?.-_:[]".contains(c))
}

fn host_without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, _)) if !name.contains(':') || name.ends_with(']') => name,
        _ => host,
    }
}
