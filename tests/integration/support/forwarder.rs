//! A TCP forwarder in front of a database server. A test interrupts it as a restart of the server would.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use url::Url;

pub struct Forwarder {
    address: SocketAddr,
    target: String,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    /// Starts to forward to the server of this URL.
    pub async fn start(url: &str) -> Self {
        let url = Url::parse(url).expect("a URL");
        let target = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let accepting = tokio::spawn(accept(listener, target.clone()));
        Self { address, target, accepting }
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
        // The task is cancelled.
        let _ = (&mut self.accepting).await;
    }

    /// Forwards again, on the same port.
    pub async fn resume(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port is still free");
        self.accepting = tokio::spawn(accept(listener, self.target.clone()));
    }
}

/// Dropping the set closes the connections.
async fn accept(listener: TcpListener, target: String) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        let target = target.clone();
        connections.spawn(async move {
            if let Ok(mut server) = TcpStream::connect(target).await {
                // Either side may close the connection at any time.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
