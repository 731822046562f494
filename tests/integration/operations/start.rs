//! How the service is started, and the address that it announces.

use std::{io::Read, net::TcpListener, process::Command};

use crate::support::{
    binary::{Running, Starting, latchkey},
    raw_http,
};

fn started(command: &mut Command) -> Running {
    let mut moved = Command::new(command.get_program());
    moved.args(command.get_args()).current_dir(command.get_current_dir().expect("a folder")).env_clear();
    moved.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    moved.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    Starting::new(moved).ready()
}

/// The base URL that the service announces and uses as the issuer.
fn base_url(service: &Running) -> String {
    let metadata = raw_http::get_json(&service.address, "/.well-known/oauth-authorization-server");
    assert_eq!(metadata["issuer"], service.url.as_str());
    service.url.clone()
}

fn port(service: &Running) -> &str {
    service.address.rsplit_once(':').expect("a port").1
}

#[test]
fn base_url_unset_is_the_port_in_use() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, value) in [
        ("LATCHKEY_LISTEN", "127.0.0.1:0"),
        ("LATCHKEY_LISTEN", "localhost:0"),
        ("LATCHKEY_LISTEN", ":0"),
        ("LATCHKEY_LISTEN", "0"),
        ("PORT", "0"),
    ] {
        let service = started(latchkey(folder.path(), &["serve"]).env(name, value));
        assert!(service.address.starts_with("127.0.0.1:"), "{name}={value}: {}", service.address);
        assert_eq!(base_url(&service), format!("http://localhost:{}", port(&service)), "{name}={value}");
    }
}

#[test]
fn base_url_set_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let url = ("LATCHKEY_BASE_URL", "https://auth.example.com");
    let service = started(latchkey(folder.path(), &["serve"]).env("PORT", "0").envs([url]));
    assert!(service.address.starts_with("0.0.0.0:"), "a hosting platform connects from another machine");
    assert_eq!(service.url, url.1);
}

#[test]
fn command_absent_means_serve() {
    let folder = tempfile::tempdir().unwrap();
    // What `cargo leptos watch` sets.
    let leptos = [
        ("LEPTOS_OUTPUT_NAME", "latchkey"),
        ("LEPTOS_SITE_ROOT", "target/site"),
        ("LEPTOS_SITE_PKG_DIR", "pkg"),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:3000"),
        ("LEPTOS_RELOAD_PORT", "3001"),
        ("LEPTOS_WATCH", "true"),
    ];
    let service = started(latchkey(folder.path(), &[]).envs(leptos).env("LATCHKEY_LISTEN", "127.0.0.1:0"));
    assert!(base_url(&service).ends_with(port(&service)));
    assert!(started(&mut latchkey(folder.path(), &["--listen", "127.0.0.1:0"])).stop());
}

#[test]
fn port_in_use_names_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap();
    for (name, value) in [("LATCHKEY_LISTEN", taken.to_string()), ("PORT", taken.port().to_string())] {
        let mut second = latchkey(folder.path(), &[]).env(name, value).spawn().unwrap();
        let mut message = String::new();
        second.stderr.take().unwrap().read_to_string(&mut message).unwrap();
        assert_eq!(second.wait().unwrap().code(), Some(1));
        assert!(message.contains(&taken.to_string()), "{message}");
        assert!(message.contains("LATCHKEY_LISTEN=127.0.0.1:") && message.contains("PORT"), "{message}");
    }
}
