//! Runs the service until it is told to stop.

use std::{io, net::SocketAddr, time::Duration};

use tokio::net::TcpListener;

use crate::{
    app::{self, StartError},
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    clock::Clock,
    config::Config,
    http,
};

/// How long requests under way may take to finish once the service is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Why the service stopped before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It cannot listen where it should.
    #[error("cannot listen on {address}: {source}; set LATCHKEY_LISTEN to a free address")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The network failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Brings the database up to date, then answers requests until SIGINT or SIGTERM.
pub async fn serve(config: &Config) -> Result<(), ServeError> {
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|source| ServeError::Listen { address: config.listen, source })?;
    let store = app::connect(config).await?;
    store.migrate().await.map_err(StartError::from)?;
    let hasher =
        PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).map_err(StartError::from)?;
    let state = app::assemble(config, store.clone(), Clock::system(), hasher).await?;
    let housekeeping = tokio::spawn(state.auth.clone().keep_house());
    let router = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let told_to_stop = stop_signal()?;
    let listen = listener.local_addr()?;
    tracing::info!(%listen, url = config.base_url.as_str(), "latchkey is ready");

    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        told_to_stop.await;
        tracing::info!("stopping");
        // The receiver waits for as long as the server runs.
        let _ = stop.send(());
    });
    tokio::select! {
        ended = server => ended?,
        () = async { let _ = stopping.await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not finish in time");
        }
    }
    housekeeping.abort();
    store.close().await.map_err(StartError::from)?;
    Ok(())
}

/// Listens for SIGINT and SIGTERM from now on; the future ends with the first of them.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            // Without a handler the signal ends the process, which is what it asks for.
            let _ = tokio::signal::ctrl_c().await;
        })
    }
}
