//! `latchkey serve`

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::net::TcpListener;

use super::Outcome;
use crate::{
    app::{self, StartError},
    auth::{
        audit::FINISH_TIMEOUT,
        password::hasher::{HashLimits, HashParameters, PasswordHasher},
    },
    clock::Clock,
    config::Config,
    http,
    server::{self, Connections, Limits},
    store::Store,
};

/// Docker kills a container that has not stopped in this time.
const KILL_TIMEOUT: Duration = Duration::from_secs(10);

/// How long open requests may take to finish after a signal to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);

/// How long the connections to the database may take to close after the security events have been written.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

const _: () = {
    let stop = SHUTDOWN_TIMEOUT.as_millis() + FINISH_TIMEOUT.as_millis() + CLOSE_TIMEOUT.as_millis();
    assert!(stop < KILL_TIMEOUT.as_millis());
};

pub(super) async fn run(config: &Config) -> Outcome {
    Ok(serve(config.clone()).await?)
}

/// Migrates the database and serves requests until SIGINT or SIGTERM.
async fn serve(mut config: Config) -> Result<(), ServeError> {
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|source| ServeError::Listen { address: config.server.listen, source })?;
    let listen = listener.local_addr()?;
    config.use_port(listen.port());
    let store = app::connect(&config).await?;
    migrate(&store).await?;
    let hasher =
        PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).map_err(StartError::from)?;
    let state = app::assemble(&config, store.clone(), Clock::system(), hasher).await?;
    let (auth, audit, mail) = (Arc::clone(&state.auth), Arc::clone(&state.auth.audit), state.auth.mail.clone());
    let limits = Limits::with_total(server::raise_file_limit(config.database.connections));
    let connections = Connections::new(limits, config.proxies.trusted.clone());
    let router = http::router(state);
    let signal = stop_signal()?;
    tracing::info!(url = config.server.base_url.as_str(), %listen, "latchkey is ready");

    let jobs = tokio::spawn(async move { Box::pin(auth.jobs.run()).await });
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let serving = server::serve(listener, router, connections, async move {
        signal.await;
        tracing::info!("stopping");
        // The receiver lives as long as the server.
        let _ = stop.send(());
    });
    let finishing = async {
        serving.await;
        if let Some(mail) = mail {
            mail.finish().await;
        }
    };
    tokio::select! {
        () = finishing => {}
        () = async { let _ = stopping.await; tokio::time::sleep(SHUTDOWN_TIMEOUT).await } => {
            tracing::warn!("some requests or messages did not finish in time");
        }
    }
    jobs.abort();
    // Otherwise a job logs that the database is closed. It has been cancelled, so there is no result.
    let _ = jobs.await;
    audit.finish().await;
    if let Ok(closed) = tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await {
        closed.map_err(StartError::from)?;
    } else {
        tracing::warn!("some connections to the database did not close in time");
    }
    Ok(())
}

/// Logs one line for all migrations.
async fn migrate(store: &Store) -> Result<(), StartError> {
    let began = now();
    let applied = store.migrate().await?;
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(applied, duration_ms, "the database is up to date");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn now() -> Instant {
    Instant::now()
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
    #[error("cannot listen on {address}: {source}; {}", advice(*address, source))]
    Listen { address: SocketAddr, source: io::Error },
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn advice(address: SocketAddr, error: &io::Error) -> String {
    let with_port = |port| SocketAddr::new(address.ip(), port);
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let free = with_port(address.port().checked_add(1).unwrap_or(3000));
            format!("another program uses this port; set another one with LATCHKEY_LISTEN={free} (or PORT)")
        }
        io::ErrorKind::PermissionDenied => {
            let free = with_port(3000);
            format!("this port needs a privilege; set another one with LATCHKEY_LISTEN={free} (or PORT)")
        }
        _ => "set LATCHKEY_LISTEN to an address of this machine, such as 127.0.0.1:3000".to_owned(),
    }
}
