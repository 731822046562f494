//! `latchkey serve`

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use super::Outcome;
use crate::{
    app::{self, StartError},
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    clock::Clock,
    config::Config,
    http, telemetry,
};

/// How long open requests may take to finish after a signal to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn run(config: &Config) -> Outcome {
    telemetry::log::start(&config.log.filter)?;
    Ok(serve(config).await?)
}

/// Migrates the database and serves requests until SIGINT or SIGTERM.
async fn serve(config: &Config) -> Result<(), ServeError> {
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|source| ServeError::Listen { address: config.server.listen, source })?;
    let store = app::connect(config).await?;
    store.migrate().await.map_err(StartError::from)?;
    let hasher =
        PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).map_err(StartError::from)?;
    let state = app::assemble(config, store.clone(), Clock::system(), hasher).await?;
    let auth = Arc::clone(&state.auth);
    let jobs = tokio::spawn(async move { auth.jobs.run().await });
    let router = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let signal = stop_signal()?;
    let listen = listener.local_addr()?;
    tracing::info!(%listen, url = config.server.base_url.as_str(), "latchkey is ready");

    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        signal.await;
        tracing::info!("stopping");
        // The receiver lives as long as the server.
        let _ = stop.send(());
    });
    tokio::select! {
        ended = server => ended?,
        () = async { let _ = stopping.await; tokio::time::sleep(SHUTDOWN_TIMEOUT).await } => {
            tracing::warn!("some requests did not finish in time");
        }
    }
    jobs.abort();
    store.close().await.map_err(StartError::from)?;
    Ok(())
}

/// Handles SIGINT and SIGTERM from this call on. The future completes with the first signal.
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
            // Without a handler the signal ends the process.
            let _ = tokio::signal::ctrl_c().await;
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot listen on {address}: {source}; set LATCHKEY_LISTEN to a free address")]
    Listen { address: SocketAddr, source: io::Error },
    #[error(transparent)]
    Io(#[from] io::Error),
}
