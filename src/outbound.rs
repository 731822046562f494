//! HTTP requests that the service sends: webhooks, and questions to other services. A leaf module: the only
//! user of `reqwest`.
//!
//! A client follows no redirects, ignores proxy variables of the environment, limits the time of a request
//! and the size of an answer, and by default connects to public addresses only, against server-side request
//! forgery.

pub mod public;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use reqwest::{
    Client, RequestBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use url::{Host, Url};

/// The addresses that a client may connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only: not private, loopback, link-local, shared, multicast or reserved ones.
    Public,
    /// Any address.
    Any,
}

/// Sends HTTP requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    reach: Reach,
    max_answer: usize,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `Retry-After`, if it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a request has no answer. The messages contain no URL, because URLs can contain secrets.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The client could not be created.
    #[error("outgoing requests are not possible: {0}; install the system's CA certificates (package ca-certificates)")]
    Setup(String),
    /// The host has an address that the client does not connect to.
    #[error("the host's address is not public")]
    NotPublic,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer has more bytes than the client reads.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(String),
}

impl HttpClient {
    /// A client that gives up a request after `timeout`, and reads answers of at most `max_answer` bytes.
    pub fn new(reach: Reach, timeout: Duration, max_answer: usize) -> Result<Self, OutboundError> {
        let client = Client::builder()
            .user_agent(concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Resolver(reach))
            .build()
            .map_err(|error| OutboundError::Setup(causes(&error)))?;
        Ok(Self { client, reach, max_answer })
    }

    /// `GET url`.
    pub async fn get(&self, url: &Url, headers: &[(&'static str, &str)]) -> Result<Answer, OutboundError> {
        let mut response = self.send(url, self.client.get(url.clone()), headers).await?;
        let body = self.body(&mut response).await?;
        Ok(Answer { body, ..Answer::of(&response) })
    }

    /// `POST url` with a body. The body of the answer is not returned, and cannot make the request fail.
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, OutboundError> {
        let mut response = self.send(url, self.client.post(url.clone()).body(body), headers).await?;
        let answer = Answer::of(&response);
        // The connection can be used again if the body is short.
        let _ = self.body(&mut response).await;
        Ok(answer)
    }

    async fn send(
        &self,
        url: &Url,
        request: RequestBuilder,
        headers: &[(&'static str, &str)],
    ) -> Result<Response, OutboundError> {
        // The resolver is not asked for an address in the URL.
        if address_of(url).is_some_and(|address| !self.reach.includes(address)) {
            return Err(OutboundError::NotPublic);
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Ok(request.send().await?)
    }

    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, OutboundError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.max_answer {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Answer {
    fn of(response: &Response) -> Self {
        let retry_after = retry_after(response.headers());
        Self { status: response.status().as_u16(), retry_after, body: Vec::new() }
    }
}

impl Reach {
    fn includes(self, address: IpAddr) -> bool {
        self == Self::Any || public::is_public(address)
    }
}

/// Resolves host names and refuses addresses out of reach. The connection uses the same addresses, so a name
/// that resolves to another address the next time (DNS rebinding) gains nothing.
#[derive(Debug)]
struct Resolver(Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let reachable: Vec<_> = found.into_iter().filter(|address| reach.includes(address.ip())).collect();
            if reachable.is_empty() {
                return Err(NotPublic.into());
            }
            Ok::<Addrs, _>(Box::new(reachable.into_iter()))
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
struct NotPublic;

impl From<reqwest::Error> for OutboundError {
    fn from(error: reqwest::Error) -> Self {
        let not_public = chain(&error).any(<dyn std::error::Error>::is::<NotPublic>);
        match error {
            _ if not_public => Self::NotPublic,
            error if error.is_timeout() => Self::Timeout,
            error => Self::Connection(causes(&error.without_url())),
        }
    }
}

/// The address in a URL without a host name.
fn address_of(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = std::str::from_utf8(headers.get(RETRY_AFTER)?.as_bytes()).ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// The messages of an error and its causes, without repetitions.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut messages: Vec<_> = chain(error).map(ToString::to_string).collect();
    messages.dedup();
    messages.join(": ")
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(300);

    /// A server that answers one connection with `answer` and then waits. Returns its port.
    async fn server(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = connection.read(&mut request).await;
            connection.write_all(answer.as_bytes()).await.unwrap();
            let _ = connection.read(&mut request).await;
        });
        port
    }

    async fn get(reach: Reach, host: &str, port: u16) -> Result<Answer, OutboundError> {
        let url = Url::parse(&format!("http://{host}:{port}/secret")).unwrap();
        HttpClient::new(reach, TIMEOUT, 16).unwrap().get(&url, &[("x-test", "1")]).await
    }

    #[tokio::test]
    async fn answer_has_status_body_and_retry_after() {
        let port = server("HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy").await;
        let answer = get(Reach::Any, "127.0.0.1", port).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (503, b"busy".as_slice()));
        assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
    }

    #[tokio::test]
    async fn private_address_is_refused_without_connection() {
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0x7f.1", "10.0.0.1", "169.254.169.254"] {
            let refused = get(Reach::Public, host, 9).await;
            assert!(matches!(refused, Err(OutboundError::NotPublic)), "{host}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn redirect_is_an_answer() {
        let port = server("HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n").await;
        assert_eq!(get(Reach::Any, "localhost", port).await.unwrap().status, 307);
    }

    #[tokio::test]
    async fn large_and_slow_answers_are_abandoned() {
        let port = server("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n12345678901234567").await;
        assert!(matches!(get(Reach::Any, "127.0.0.1", port).await, Err(OutboundError::TooLarge)));
        for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"] {
            let port = server(answer).await;
            let abandoned = get(Reach::Any, "127.0.0.1", port).await;
            assert!(matches!(abandoned, Err(OutboundError::Timeout)), "{abandoned:?}");
        }
    }

    #[tokio::test]
    async fn error_does_not_contain_the_url() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let message = get(Reach::Any, "127.0.0.1", port).await.unwrap_err().to_string();
        assert!(message.contains("refused") && !message.contains("secret"), "{message}");
    }
}
