//! A TCP forwarder in front of a database server. A test interrupts it as a restart of the server would, or as a server
//! that stops answering.

use std::{future::pending, net::SocketAddr};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use url::Url;

pub struct Forwarder {
    address: SocketAddr,
    target: String,
    silent: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    /// Starts to forward to the server of this URL.
    pub async fn start(url: &str) -> Self {
        let url = Url::parse(url).expect("a URL");
        let target = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let silent = watch::Sender::new(false);
        let accepting = tokio::spawn(accept(listener, target.clone(), silent.subscribe()));
        Self { address, target, silent, accepting }
    }

    /// The URL with the forwarder as the server.
    pub fn url(&self, url: &str) -> String {
        let mut url = Url::parse(url).expect("a URL");
        url.set_ip_host(self.address.ip()).expect("a host");
        url.set_port(Some(self.address.port())).expect("a host");
        url.into()
    }

    /// Closes all connections and refuses new ones.
    pub async fn stop(&mut self) {
        self.accepting.abort();
        while !self.accepting.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    /// Forwards nothing any more: connections stay open, and new ones are accepted.
    pub fn fall_silent(&self) {
        self.silent.send_replace(true);
    }

    /// Forwards again, on the same port and new connections.
    pub async fn resume(&mut self) {
        self.stop().await;
        self.silent.send_replace(false);
        let listener = TcpListener::bind(self.address).await.expect("the port is still free");
        self.accepting = tokio::spawn(accept(listener, self.target.clone(), self.silent.subscribe()));
    }
}

/// Dropping the set closes the connections.
async fn accept(listener: TcpListener, target: String, silent: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        let (target, mut silent) = (target.clone(), silent.clone());
        connections.spawn(async move {
            let Ok(mut server) = TcpStream::connect(target).await else { return };
            let silence = async { silent.wait_for(|silent| *silent).await.is_ok() };
            tokio::select! {
                biased;
                true = silence => pending().await,
                // Either side may close the connection at any time.
                _ = copy_bidirectional(&mut client, &mut server) => {}
            }
        });
    }
}
