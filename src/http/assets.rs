//! The stylesheet, the scripts and the icon: inside the binary in release builds, from disk in
//! development, where `cargo leptos watch` replaces them.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{header_values::elements, problem::Problem, scripts};
use crate::{crypto::hex::hex, ui::page::Assets};

/// A release build fails without the files; tests run without them.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[cfg_attr(debug_assertions, allow_missing = true)]
struct Site;

/// For names with a hash of the content, which never change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For all other names: the browser revalidates.
const REVALIDATE: &str = "no-cache";

/// The paths of the stylesheet and the scripts, as built.
pub fn names() -> Assets {
    Assets {
        stylesheet: path_of("latchkey", "css"),
        script: path_of("latchkey", "js"),
        wasm: path_of("latchkey", "wasm"),
        passkeys: scripts::passkeys_path(),
    }
}

/// `/pkg/latchkey.<hash>.css`, or `/pkg/latchkey.css` if the build adds no hash.
fn path_of(stem: &str, extension: &str) -> String {
    let matches = |name: &str| {
        let rest = name.strip_prefix("pkg/")?.strip_prefix(stem)?.strip_suffix(extension)?;
        Some(rest.starts_with('.') && rest.ends_with('.'))
    };
    let hashed = Site::iter().filter(|name| matches(name) == Some(true)).max_by_key(|name| name.len());
    hashed.map_or_else(|| format!("/pkg/{stem}.{extension}"), |name| format!("/{name}"))
}

/// Serves a file, compressed if the browser accepts it.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    let encodings: Vec<_> = elements(&headers, header::ACCEPT_ENCODING).collect();
    match Asset::find(name, &encodings) {
        Some(asset) => asset.respond(name, &headers),
        None => Problem::not_found().into_response(),
    }
}

struct Asset {
    content: Cow<'static, [u8]>,
    hash: [u8; 32],
    encoding: Option<&'static str>,
}

impl Asset {
    /// The file as compressed at build time, if the browser accepts the encoding; else the plain file.
    fn find(name: &str, encodings: &[&[u8]]) -> Option<Self> {
        let compressed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, extension)| {
            let file = if accepts(encodings, encoding) { Site::get(&format!("{name}.{extension}")) } else { None };
            file.map(|file| (file, Some(encoding)))
        });
        let (file, encoding) = compressed.or_else(|| Site::get(name).map(|file| (file, None)))?;
        Some(Self { hash: file.metadata.sha256_hash(), content: file.data, encoding })
    }

    /// Answers 304 if the browser's copy is current (RFC 9110 §13.1.2).
    fn respond(self, name: &str, headers: &HeaderMap) -> Response {
        let etag = self.etag();
        let fresh = is_fresh(headers, &etag);
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, content_type(name))
            .header(header::CACHE_CONTROL, if is_hashed(name) { IMMUTABLE } else { REVALIDATE })
            .header(header::VARY, "accept-encoding")
            .header(header::ETAG, etag);
        if let Some(encoding) = self.encoding {
            response = response.header(header::CONTENT_ENCODING, encoding);
        }
        let built = if fresh {
            response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            response.body(Body::from(self.content))
        };
        built.unwrap_or_else(|_| Problem::internal().into_response())
    }

    /// One per encoding, as the bytes differ.
    fn etag(&self) -> String {
        let digest = hex(&self.hash[..16]);
        format!("\"{digest}{}\"", self.encoding.unwrap_or_default())
    }
}

/// Whether `Accept-Encoding` lists this encoding with a weight above zero.
pub(super) fn accepts(encodings: &[&[u8]], encoding: &str) -> bool {
    encodings.iter().any(|offer| {
        let mut words = offer.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding.as_bytes()))
            && !words.any(|weight| matches!(weight, b"q=0" | b"q=0.0" | b"q=0.00" | b"q=0.000"))
    })
}

/// Whether `If-None-Match` matches this tag by weak comparison.
pub(super) fn is_fresh(headers: &HeaderMap, etag: &str) -> bool {
    let mut seen = elements(headers, header::IF_NONE_MATCH);
    seen.any(|tag| tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == etag.as_bytes())
}

fn content_type(name: &str) -> String {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    if mime.type_() == mime_guess::mime::TEXT { format!("{mime}; charset=utf-8") } else { mime.to_string() }
}

/// `pkg/name.<hash>.extension`.
fn is_hashed(name: &str) -> bool {
    name.starts_with("pkg/") && name.split('.').count() > 2
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const TAG: &str = "\"ababababababababababababababababbr\"";

    fn respond(name: &str, seen: &str) -> Response {
        let asset = Asset { content: Cow::Borrowed(b"body {}"), hash: [0xab; 32], encoding: Some("br") };
        asset.respond(name, &HeaderMap::from_iter([(header::IF_NONE_MATCH, seen.parse().unwrap())]))
    }

    #[test]
    fn asset_with_matching_tag_is_304() {
        for seen in [TAG, "*", &format!("W/{TAG}"), &format!("\"x\", {TAG}, \"y\"")] {
            let response = respond("pkg/a.css", seen);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{seen}");
            assert_eq!(response.headers()[header::ETAG], TAG);
        }
        for other in ["\"x\"", "", TAG.trim_matches('"'), &TAG.replace("br", "")] {
            assert_eq!(respond("pkg/a.css", other).status(), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn only_hashed_name_is_immutable() {
        let cache_control = |name| respond(name, "").headers()[header::CACHE_CONTROL].clone();
        assert_eq!(cache_control("pkg/latchkey.pTCMu7.css"), IMMUTABLE);
        assert_eq!(cache_control("pkg/latchkey.css"), REVALIDATE);
        assert_eq!(cache_control("favicon.svg"), REVALIDATE);
    }

    #[test]
    fn encoding_not_accepted_is_not_used() {
        let accepts = |line: &[u8]| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_bytes(line).unwrap())]);
            accepts(&elements(&headers, header::ACCEPT_ENCODING).collect::<Vec<_>>(), "br")
        };
        assert!(accepts(b"gzip, br") && accepts(b"br;q=0.5") && accepts(b"BR") && accepts(b"\xff, br"));
        assert!(!accepts(b"gzip") && !accepts(b"br;q=0, gzip") && !accepts(b"") && !accepts(b"brx"));
    }

    #[test]
    fn path_outside_the_folder_is_not_found() {
        for name in ["pkg/../../Cargo.toml", "../../Cargo.toml", "pkg/..%2f..%2fCargo.toml", "/etc/passwd", "pkg/"] {
            assert!(Asset::find(name, &[b"br", b"gzip"]).is_none(), "{name}");
        }
    }
}
