//! Addresses of pictures. Applications put them into `<img src>` and links, so only harmless schemes are accepted.

/// In characters.
const MAX_LENGTH: usize = 2048;

/// Hosts of a developer's own machine.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a text is the address of a picture: an https URL, an http URL on this machine, or a picture in a `data:` URL.
/// SVG in a `data:` URL is refused, because it can contain scripts.
pub fn is_image(text: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
    if text.chars().count() > MAX_LENGTH || !text.chars().all(plain) {
        return false;
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => authority(rest).is_some(),
        "http" => authority(rest).is_some_and(is_local),
        "data" => is_picture(rest),
        _ => false,
    }
}

/// The host and port, if there is a host, and no user name that hides it.
fn authority(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let host = authority.split(':').next()?;
    (!host.is_empty() && !authority.contains('@')).then_some(authority)
}

fn is_local(authority: &str) -> bool {
    let authority = authority.to_ascii_lowercase();
    LOCAL_HOSTS.iter().any(|host| {
        let port = authority.strip_prefix(host);
        port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_number))
    })
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_picture(rest: &str) -> bool {
    let Some((media_type, _)) = rest.split_once(',') else { return false };
    let media_type = media_type.to_ascii_lowercase();
    media_type.starts_with("image/") && !media_type.starts_with("image/svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_image_accepts_harmless_addresses() {
        for text in [
            "https://example.com/a.png",
            "HTTPS://example.com:8443/a.png?size=2#x",
            "https://example.com",
            "https://[2001:db8::1]/a.png",
            "https://bücher.example/ä.png",
            "http://localhost/a.png",
            "http://localhost:3000/a.png",
            "http://127.0.0.1:3000/a.png",
            "http://[::1]:3000/a.png",
            "data:image/png;base64,iVBORw0KGgo=",
            "data:image/webp,x",
        ] {
            assert!(is_image(text), "{text}");
        }
    }

    #[test]
    fn is_image_refuses_other_schemes_and_hosts() {
        for text in [
            "",
            "a.png",
            "/a.png",
            "//example.com/a.png",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "\u{a0}https://example.com/a.png",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.com/1",
            "ftp://example.com/a.png",
            "http://example.com/a.png",
            "http://localhost.example.com/a.png",
            "http://localhost:80@example.com/a.png",
            "http://localhost:x/a.png",
            "https:example.com",
            "https:///a.png",
            "https://:443/a.png",
            "https://user@example.com/a.png",
            "https:\\\\example.com\\a.png",
            "https://example.com/a b.png",
            "https://example.com/\u{1b}",
            "data:text/html,<script>alert(1)</script>",
            "data:,x",
            "data:image/png",
            "data:image/svg+xml,<svg onload='alert(1)'/>",
            "data:IMAGE/SVG+xml;base64,x",
        ] {
            assert!(!is_image(text), "{text}");
        }
        assert!(!is_image(&format!("https://example.com/{}", "x".repeat(MAX_LENGTH))));
    }
}
