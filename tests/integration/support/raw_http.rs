//! HTTP over a socket, for a service that runs in its own process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// A connection that sends several requests.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(address: &str) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(address).expect("the service listens")) }
    }

    /// Sends a GET request and returns the status of the response.
    pub fn get(&mut self, path: &str) -> u16 {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).expect("the request is sent");
        let head: Vec<_> =
            self.stream.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let mut body = vec![0; length.parse().expect("a number")];
        self.stream.read_exact(&mut body).expect("a whole body");
        head[0].split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }
}

/// The JSON body that the service at `address` returns for a path.
pub fn get_json(address: &str, path: &str) -> Value {
    send(address, &format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"))
}

/// The JSON body that the service at `address` returns for a JSON body.
pub fn post_json(address: &str, path: &str, body: &str) -> Value {
    let head = format!("POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    send(address, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()))
}

fn send(address: &str, request: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("the service responds");
    let (_, body) = response.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}
