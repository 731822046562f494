//! A database that cannot be reached: every command fails with the reason, on one line, without the password.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Output,
    thread,
};

use crate::support::{
    binary::latchkey,
    database::{execute, new_database, postgres_server},
};

const PASSWORD: &str = "hunter2";

/// Every command that uses a database, with its URL.
fn commands(url: &str) -> [Vec<&str>; 5] {
    [
        vec!["migrate", "--database-url", url],
        vec!["serve", "--listen", "127.0.0.1:0", "--database-url", url],
        vec!["keys", "list", "--database-url", url],
        vec!["import", "better-auth", "--from", url],
        vec!["keys", "rotate", "--database-url", url],
    ]
}

fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    latchkey(folder.path(), arguments).output().expect("the binary runs")
}

#[track_caller]
fn assert_reason(arguments: &[&str], words: &str) {
    let output = run(arguments);
    let (log, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "{arguments:?}");
    assert!(error.contains(words) && error.lines().count() == 1, "{arguments:?}: {error}");
    for hidden in [PASSWORD, "at line", "sqlx"] {
        assert!(!error.contains(hidden) && !log.contains(hidden), "{hidden:?} in {error}{log}");
    }
}

fn url(server: impl ToString, rest: &str) -> String {
    format!("postgres://ada:{PASSWORD}@{}/{rest}", server.to_string())
}

/// An address on which no program listens.
fn unused() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// A server that gives every client the same answer: `N` to a request for TLS, then these bytes.
fn server_that_answers(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    // The thread ends with the test program.
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            // The client may close the connection at any time.
            let _ = answer_one(client, &answer);
        }
    });
    address
}

fn answer_one(mut client: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let mut request = [0; 4096];
    while client.read(&mut request)? > 0 {
        // The code of an SSLRequest (PostgreSQL documentation, message formats).
        if request[4..8] == 80_877_103_u32.to_be_bytes() {
            client.write_all(b"N")?;
        } else {
            client.write_all(answer)?;
            return Ok(());
        }
    }
    Ok(())
}

/// An `ErrorResponse`.
fn error_response(code: &str, message: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0Fpostinit.c\0L948\0RInitPostgres\0\0");
    let length = u32::try_from(fields.len() + 4).expect("a short message");
    [b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat()
}

#[test]
fn refused_connection_names_host_and_port() {
    let address = unused();
    for arguments in commands(&url(address, "latchkey")) {
        assert_reason(&arguments, &format!("{address} refuses the connection"));
    }
}

#[test]
fn answer_of_the_server_is_the_reason() {
    for (code, message, words) in [
        ("3D000", "database \"latchkey\" does not exist", "has no database \"latchkey\""),
        ("28P01", "password authentication failed for user \"ada\"", "refuses the password of the user \"ada\""),
        ("28000", "no pg_hba.conf entry for host, no encryption", "refuses the user: no pg_hba.conf entry"),
        ("28000", "role \"ada\" does not exist", "role \"ada\" does not exist"),
        ("53300", "too many connections for role \"ada\"", "LATCHKEY_DATABASE_CONNECTIONS"),
        ("57P03", "the database system is starting up", "the database system is starting up (57P03)"),
        ("08P01", "unsupported\nstartup parameter", "unsupported startup parameter (08P01)"),
    ] {
        let address = server_that_answers(error_response(code, message));
        for arguments in commands(&url(address, "latchkey")) {
            assert_reason(&arguments, words);
        }
    }
}

#[test]
fn tls_refused_by_the_server_is_the_reason() {
    let address = server_that_answers(Vec::new());
    assert_reason(&["migrate", "--database-url", &url(address, "latchkey?sslmode=require")], "does not support TLS");
}

#[test]
fn silent_server_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let from = url(address, "latchkey");
    for arguments in [&["migrate", "--database-url", &from][..], &["import", "better-auth", "--from", &from]] {
        assert_reason(arguments, &format!("{address} does not answer within 2 s"));
    }
}

#[test]
fn unknown_host_is_the_reason() {
    let url = url("no-such-host.invalid", "latchkey");
    assert_reason(&["migrate", "--database-url", &url], "the host name no-such-host.invalid does not resolve");
}

#[test]
fn invalid_url_does_not_show_the_password() {
    let url = url("localhost", "x?sslmode=maybe");
    assert_reason(&["migrate", "--database-url", &url], "the PostgreSQL URL is invalid");
}

#[test]
fn parameter_of_another_program_is_not_logged() {
    let from = url(unused(), "latchkey?sslpassword=hunter2");
    assert_reason(&["serve", "--listen", "127.0.0.1:0", "--database-url", &from], "refuses the connection");
}

#[tokio::test]
async fn unknown_database_is_named() {
    let Some(server) = postgres_server() else { return };
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path("no_such_database");
    assert_reason(&["migrate", "--database-url", url.as_str()], "has no database \"no_such_database\"");
}

#[tokio::test]
async fn role_without_connections_is_the_reason() {
    let Some(server) = postgres_server() else { return };
    let name = new_database(&server).await;
    execute(&server, &format!("ALTER ROLE {name} CONNECTION LIMIT 0")).await;
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path(&name);
    url.set_username(&name).expect("a host");
    assert_reason(&["migrate", "--database-url", url.as_str()], "accepts no more connections");
}

#[tokio::test]
async fn role_without_privileges_is_the_reason() {
    let Some(server) = postgres_server() else { return };
    let name = new_database(&server).await;
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path(&name);
    execute(
        url.as_str(),
        &format!("REVOKE ALL ON SCHEMA public FROM PUBLIC; ALTER DATABASE {name} OWNER TO CURRENT_USER"),
    )
    .await;
    url.set_username(&name).expect("a host");
    assert_reason(&["migrate", "--database-url", url.as_str()], "no schema has been selected to create in (3F000)");
}
