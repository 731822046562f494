//! The origins of the service's own pages.

use super::super::BaseUrl;

/// The names of this machine in a browser's address bar.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The base URL and, if it is a loopback address, the other loopback names with its port: a developer opens any of
/// them.
pub(super) fn own_origins(base_url: &BaseUrl) -> Vec<String> {
    let base = base_url.as_str();
    let mut origins = vec![base.to_owned()];
    if let (true, Some((scheme, authority))) = (base_url.is_loopback(), base.split_once("://")) {
        let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']')).map_or("", |at| &authority[at..]);
        let names = LOOPBACK_HOSTS.map(|host| format!("{scheme}://{host}{port}"));
        origins.extend(names.into_iter().filter(|name| name != base));
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(base_url: &str) -> Vec<String> {
        own_origins(&BaseUrl::parse(base_url).unwrap())
    }

    #[test]
    fn loopback_url_has_all_loopback_names() {
        let names = ["http://localhost:5440", "http://127.0.0.1:5440", "http://[::1]:5440"];
        for base_url in names {
            let found = origins(base_url);
            assert!(found[0] == base_url && found.len() == 3, "{found:?}");
            assert!(names.iter().all(|name| found.iter().any(|origin| origin == name)), "{found:?}");
        }
        assert_eq!(origins("http://[::1]"), ["http://[::1]", "http://localhost", "http://127.0.0.1"]);
        assert_eq!(origins("https://auth.acme.localhost:8443").len(), 4);
    }

    #[test]
    fn public_url_has_one_origin() {
        for base_url in ["https://auth.example.com", "https://localhost.example.com", "http://192.168.0.1:3000"] {
            assert_eq!(origins(base_url), [base_url]);
        }
    }
}
