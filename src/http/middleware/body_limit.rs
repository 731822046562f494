//! Limits the size of request bodies, and the time to send them.

use std::{error::Error, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::LengthLimitError;

use crate::http::header_values::ascii;

/// In bytes. Forms and JSON bodies are small.
pub const MAX_BODY: usize = 16 * 1024;

const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the whole body before the handler runs. Fails with a bare 400, 408 or 413.
pub async fn limit(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match read(&parts.headers, body, BODY_TIMEOUT).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(status) => status.into_response(),
    }
}

async fn read(headers: &HeaderMap, body: Body, timeout: Duration) -> Result<Bytes, StatusCode> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| ascii(length)?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = tokio::time::timeout(timeout, to_bytes(body, MAX_BODY)).await;
    read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|error| {
        let too_large = error.source().is_some_and(<dyn Error>::is::<LengthLimitError>);
        if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
    })
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn body_too_slow_is_408() {
        let endless = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(&HeaderMap::new(), endless, Duration::ZERO).await, Err(StatusCode::REQUEST_TIMEOUT));
    }

    #[tokio::test]
    async fn body_interrupted_is_400() {
        let broken = Body::from_stream(stream::iter([Ok("a"), Err(std::io::Error::other("reset"))]));
        assert_eq!(read(&HeaderMap::new(), broken, BODY_TIMEOUT).await, Err(StatusCode::BAD_REQUEST));
    }
}
