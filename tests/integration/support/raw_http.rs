//! HTTP over a socket, for a service that runs in its own process.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// The JSON body that the service at `address` returns for a path.
pub fn get_json(address: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("the request is sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("the service responds");
    let (_, body) = response.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}
