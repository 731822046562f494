//! An SMTP server on a loopback address that follows a plan.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::sleep,
};

/// What the server does with the next recipient.
#[derive(Clone, Copy)]
pub enum Plan {
    /// Answers `RCPT TO` with this line.
    Recipient(&'static str),
    /// Closes the connection in the middle of the message.
    Drop,
    /// Does not answer `RCPT TO`, until the client closes the connection.
    Silence,
}

/// A running server. It accepts every message that no plan is for.
#[derive(Clone)]
pub struct SmtpServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    silence: Arc<Notify>,
    delay: Duration,
}

#[derive(Default)]
struct State {
    plans: VecDeque<Plan>,
    commands: Vec<String>,
    messages: Vec<String>,
}

impl SmtpServer {
    /// Starts a server with these extensions.
    pub async fn start(extensions: &'static [&'static str], plans: &[Plan]) -> Self {
        Self::start_with(extensions, plans, Duration::ZERO).await
    }

    /// Starts a server that accepts every message, each after this time.
    pub async fn start_slow(delay: Duration) -> Self {
        Self::start_with(&["8BITMIME"], &[], delay).await
    }

    async fn start_with(extensions: &'static [&'static str], plans: &[Plan], delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State { plans: plans.iter().copied().collect(), ..State::default() }));
        let server = Self { port, state, silence: Arc::default(), delay };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                // A client that closes the connection is no failure.
                tokio::spawn(async move { server.talk(stream, extensions).await.ok() });
            }
        });
        server
    }

    /// The commands of all connections.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// The accepted messages.
    pub fn messages(&self) -> Vec<String> {
        self.state().messages.clone()
    }

    /// Waits until the server does not answer a command.
    pub async fn is_silent(&self) {
        self.silence.notified().await;
    }

    async fn talk(&self, stream: TcpStream, extensions: &[&str]) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 mail.example ESMTP\r\n").await?;
        let mut drops = false;
        while let Some(line) = lines.next_line().await? {
            self.state().commands.push(line.clone());
            let reply = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => {
                    let names = [&["mail.example"][..], extensions].concat().join("\r\n250-");
                    format!("250-{names}\r\n250 HELP")
                }
                "AUTH" => "235 2.7.0 accepted".to_owned(),
                "RCPT" => match self.next_plan() {
                    Some(Plan::Recipient(reply)) => reply.to_owned(),
                    Some(Plan::Silence) => {
                        self.silence.notify_one();
                        while lines.next_line().await?.is_some() {}
                        return Ok(());
                    }
                    plan => {
                        drops = plan.is_some();
                        "250 2.1.5 OK".to_owned()
                    }
                },
                "DATA" => {
                    writer.write_all(b"354 go ahead\r\n").await?;
                    let mut message = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        if drops {
                            return Ok(());
                        }
                        message.push_str(&line);
                        message.push('\n');
                    }
                    self.state().messages.push(message);
                    sleep(self.delay).await;
                    "250 2.0.0 queued as 4XYZ".to_owned()
                }
                "QUIT" => "221 2.0.0 bye".to_owned(),
                _ => "250 2.0.0 OK".to_owned(),
            };
            writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    fn next_plan(&self) -> Option<Plan> {
        self.state().plans.pop_front()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic under the lock")
    }
}
