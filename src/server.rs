//! Serves HTTP/1.1 connections. Connections are limited in number, in total and per network, and in the time that
//! they may wait; each request is limited by the layers in [`http`](crate::http).

mod activity;
mod connections;
mod file_limit;
mod stream;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

pub use connections::{Connections, Limits};
pub use file_limit::raise_file_limit;

use connections::Admitted;
use stream::Monitored;

/// The longest head of a request that is read, in bytes. Longer ones get 431.
const MAX_HEAD: usize = 32 * 1024;

/// How often connections that waited too long are closed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The pause after the operating system refuses a connection, for example because no file descriptor is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves requests until `stop` completes, and then until the open requests are answered.
pub async fn serve(listener: TcpListener, router: Router, connections: Connections, stop: impl Future<Output = ()>) {
    let (connections, graceful) = (Arc::new(connections), GracefulShutdown::new());
    let mut sweep = tokio::time::interval(SWEEP_INTERVAL);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = sweep.tick() => connections.close_expired(),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => accept(stream, peer, &router, &connections, &graceful),
                Err(error) => refused(&error).await,
            },
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn accept(
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    connections: &Arc<Connections>,
    graceful: &GracefulShutdown,
) {
    let Some(admitted) = connections.admit(peer.ip().to_canonical()) else { return };
    // Answers are short: do not wait for more of them before sending. A failure only delays them.
    let _ = stream.set_nodelay(true);
    tokio::spawn(serve_connection(stream, peer, router.clone(), admitted, graceful));
}

/// Serves one connection until either side closes it.
fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    admitted: Admitted,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    let activity = admitted.activity();
    let stream = TokioIo::new(Monitored::new(stream, Arc::clone(&activity)));
    let service = service_fn(move |mut request: Request<Incoming>| {
        let answering = activity.answer();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = router.clone().oneshot(request.map(Body::new));
        async move {
            let _answering = answering;
            response.await
        }
    });
    let connection = http1::Builder::new()
        // `Connections` closes connections that send no request.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        .max_header_size(MAX_HEAD)
        .serve_connection(stream, service);
    let connection = graceful.watch(connection);
    async move {
        tokio::select! {
            // Errors are the client's: it sent no HTTP, or closed the connection too early.
            _ = connection => {}
            () = admitted.closed() => {}
        }
    }
}

async fn refused(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    // The client has closed the connection already.
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        return;
    }
    tracing::error!(%error, "a connection could not be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
