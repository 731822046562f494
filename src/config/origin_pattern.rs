//! One entry of the trusted origins: an origin, a wildcard for several, or an app's own scheme.

use percent_encoding::percent_decode_str;
use url::Url;

use super::glob;

/// Schemes that run or open something instead of naming a place.
const UNSAFE_SCHEMES: [&str; 8] =
    ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];

/// What an entry matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OriginPattern {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// One origin of the web, as browsers serialise it.
    Web(String),
    /// Origins of the web: a scheme, or none for the ones the service itself may be on, and a wildcard
    /// for host and port.
    WebWildcard { scheme: Option<String>, host: String },
    /// An app's scheme; the authority and the path may be empty, which leaves them open.
    App(AppAddress),
}

/// An address in an app's own scheme, or a pattern for several.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AppAddress {
    scheme: String,
    authority: String,
    path: String,
}

impl OriginPattern {
    /// Reads an entry; the message of an error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not an origin; use a list such as \
                 https://app.example.com,https://*.example.com,http://localhost:*,myapp://"
            )
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
                        return Err(format!("{text:?} names no place that could be trusted"));
                    }
                    _ => Kind::App(AppAddress::parse(text).ok_or_else(wrong)?),
                }
            }
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The entry as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it leaves open whose site is trusted: a wildcard in the host's last two labels.
    pub fn is_open(&self) -> bool {
        let Kind::WebWildcard { host, .. } = &self.kind else { return false };
        let name = host_without_port(host);
        let mut labels = name.rsplit('.');
        let last = labels.next().unwrap_or_default();
        is_wildcard(last) || (last != "localhost" && labels.next().is_none_or(is_wildcard) && name != last)
    }

    /// Whether `url`, absolute, is of such an origin. A wildcard without a scheme matches https, and http
    /// only with `plain`.
    pub fn matches(&self, url: &str, plain: bool) -> bool {
        match &self.kind {
            Kind::Web(origin) => web_origin(url).is_some_and(|(scheme, host)| format!("{scheme}://{host}") == *origin),
            Kind::WebWildcard { scheme, host } => web_origin(url).is_some_and(|(found, authority)| {
                let scheme_fits = match scheme {
                    Some(scheme) => *scheme == found,
                    None => found == "https" || plain,
                };
                scheme_fits && glob::matches(host, &authority)
            }),
            Kind::App(pattern) => AppAddress::parse(url).is_some_and(|address| pattern.admits(&address)),
        }
    }
}

impl AppAddress {
    /// Splits an address by hand: parsers disagree about schemes that are not the web's. The path is
    /// decoded and resolved, so that no `..` leads out of it.
    fn parse(text: &str) -> Option<Self> {
        if text.contains('\\') || text.chars().any(char::is_control) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let mut characters = scheme.chars();
        let well_formed = characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !well_formed {
            return None;
        }
        let (authority, rest) = match rest.strip_prefix("//") {
            // A wildcard `?` stands in patterns of this kind for nothing but the query's beginning.
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.to_ascii_lowercase(),
            path: resolved(path),
        })
    }

    fn admits(&self, address: &Self) -> bool {
        let path_fits = if is_wildcard(&self.path) {
            glob::matches(&self.path, if address.path.is_empty() { "/" } else { &address.path })
        } else {
            let below = address.path.strip_prefix(&self.path);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.scheme == address.scheme
            && (self.authority.is_empty() || glob::matches(&self.authority, &address.authority))
            && path_fits
    }
}

/// A path without `.`, `..` and empty segments, after percent-decoding; empty for the root.
fn resolved(path: &str) -> String {
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

/// The scheme, and the host with its port, of a URL of the web.
fn web_origin(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let origin = url.origin().ascii_serialization();
    origin.split_once("://").map(|(scheme, host)| (scheme.to_owned(), host.to_owned()))
}

/// The origin of a URL that is nothing more than one.
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
