//! A page that is the same for all anonymous visitors, rendered and compressed once.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tower::{Layer, ServiceExt, service_fn};

use super::{
    assets::{accepts, is_fresh},
    header_values::elements,
    middleware::compression,
};
use crate::crypto::hex::hex;

/// The encodings, best first.
const ENCODINGS: [&str; 2] = ["br", "gzip"];

const HTML: &str = "text/html; charset=utf-8";

/// The browser revalidates: after sign-in the page has another header.
const CACHE_CONTROL: &str = "private, no-cache";

/// A response, plain and in each encoding.
pub struct CachedPage {
    plain: Bytes,
    encoded: Vec<(&'static str, Bytes)>,
    policy: Option<HeaderValue>,
    digest: String,
}

impl CachedPage {
    /// Compresses the page of this response.
    pub async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        // A rendered page is in memory already.
        let plain = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let mut encoded = Vec::new();
        for encoding in ENCODINGS {
            encoded.push((encoding, compress(plain.clone(), encoding).await));
        }
        let digest = hex(&Sha256::digest(&plain)[..16]);
        Self { plain, encoded, policy: head.headers.get(header::CONTENT_SECURITY_POLICY).cloned(), digest }
    }

    /// The page in an encoding that the request accepts, or 304 if the browser's copy is current (RFC 9110 §13.1.2).
    pub fn respond(&self, headers: &HeaderMap) -> Response {
        let accepted: Vec<_> = elements(headers, header::ACCEPT_ENCODING).collect();
        let chosen = self.encoded.iter().find(|(encoding, _)| accepts(&accepted, encoding));
        let encoding = chosen.map(|(encoding, _)| *encoding);
        let etag = format!("\"{}{}\"", self.digest, encoding.unwrap_or_default());
        let about = [(header::CACHE_CONTROL, CACHE_CONTROL), (header::VARY, "accept-encoding, cookie")];
        let mut response = if is_fresh(headers, &etag) {
            (StatusCode::NOT_MODIFIED, about).into_response()
        } else {
            let body = chosen.map_or(&self.plain, |(_, body)| body).clone();
            (about, [(header::CONTENT_TYPE, HTML)], body).into_response()
        };
        let added = [
            (header::ETAG, HeaderValue::from_str(&etag).ok()),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (header::CONTENT_ENCODING, encoding.map(HeaderValue::from_static)),
        ];
        response.headers_mut().extend(added.into_iter().filter_map(|(name, value)| Some((name, value?))));
        response
    }
}

/// Compresses with the layer that compresses all other pages.
async fn compress(page: Bytes, encoding: &'static str) -> Bytes {
    let pages = service_fn(|_: Request| {
        let response = ([(header::CONTENT_TYPE, HTML)], page.clone()).into_response();
        async { Ok::<_, Infallible>(response) }
    });
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
    let Ok(response) = compression::layer().layer(pages).oneshot(request).await;
    to_bytes(Body::new(response.into_body()), usize::MAX).await.unwrap_or_default()
}
