//! Connections that send nothing, or too much, do not keep others from being served.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use crate::support::{
    binary::{Running, Starting},
    raw_http::Connection,
};

/// Files that the process may open. Fewer than the connections of each test.
const FILES: usize = 200;

/// Only against waiting without end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service with this hard limit of open files.
fn service(folder: &std::path::Path) -> Running {
    let mut command = Command::new("/bin/sh");
    let script = format!("ulimit -n {FILES}; exec {} serve --listen 127.0.0.1:0", env!("CARGO_BIN_EXE_latchkey"));
    command.args(["-c", &script]).current_dir(folder).env_clear();
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    Starting::new(command).ready()
}

/// As many connections as twice the limit, each with the beginning of a request.
fn waiting(service: &Running, beginning: &[u8]) -> Vec<TcpStream> {
    let open = |_| {
        let mut stream = TcpStream::connect(&service.address).expect("the service listens");
        // The service may have closed it already.
        let _ = stream.write_all(beginning);
        stream
    };
    (0..2 * FILES).map(open).collect()
}

/// The status of the answer to these bytes.
fn status(service: &Running, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(&service.address).expect("the service listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(request).expect("the request is sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

#[test]
fn silent_connections_do_not_stop_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path());
    let longest = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 30_000]].concat();
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for beginning in [&b""[..], b"GET /healthz HTTP/1.1\r\nHost:", &longest] {
        let open = waiting(&service, beginning);
        for _ in 0..3 {
            assert_eq!(status(&service, request), "200");
        }
        drop(open);
    }
}

#[test]
fn oversized_head_is_431_and_uri_is_414() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path());
    let head = |path: &str, header: usize| {
        let header = "x".repeat(header);
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Large: {header}\r\n\r\n").into_bytes()
    };
    let path = |length: usize| format!("/healthz?{}", "x".repeat(length - "/healthz?".len()));
    assert_eq!(status(&service, &head("/healthz", 31_000)), "200");
    assert_eq!(status(&service, &head("/healthz", 40_000)), "431");
    assert_eq!(status(&service, &head(&path(8_192), 0)), "200");
    assert_eq!(status(&service, &head(&path(8_193), 0)), "414");
}

#[test]
fn connection_serves_several_requests() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path());
    let mut connection = Connection::open(&service.address);
    for _ in 0..3 {
        assert_eq!(connection.get("/healthz"), 200);
    }
    assert!(service.stop(), "an idle connection does not delay the stop");
}
