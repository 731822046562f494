//! The form of what authenticators and browsers write. The library reads more forms than there are.

use serde_cbor_2::Value;
use url::Url;
use uuid::Uuid;

/// How deep arrays and maps may be nested (CTAP 2.2 §8, "message encoding").
const MAX_DEPTH: usize = 4;

/// The bytes of authenticator data before the credential: the hash of the domain, flags and counter (WebAuthn Level 3
/// §6.1).
const FIXED: usize = 37;

/// The flags of authenticator data: a credential, and extensions.
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// Whether the origin in client data is written as browsers write it, without a path (WebAuthn Level 3 §5.8.1).
pub(super) fn is_plain_origin(client_data: &[u8]) -> bool {
    let data: Option<serde_json::Value> = serde_json::from_slice(client_data).ok();
    let origin = data.as_ref().and_then(|data| data.get("origin")?.as_str());
    origin.is_some_and(|text| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text))
}

/// Whether authenticator data has the parts that its flags name, and nothing else.
pub(super) fn is_authenticator_data(data: &[u8]) -> bool {
    let parts = || {
        let (fixed, mut rest) = data.split_at_checked(FIXED)?;
        let flags = fixed[32];
        if flags & ATTESTED != 0 {
            let (head, after) = rest.split_at_checked(18)?;
            let length = usize::from(u16::from_be_bytes([head[16], head[17]]));
            rest = item(after.get(length..)?, MAX_DEPTH)?;
        }
        if flags & EXTENDED != 0 {
            rest = item(rest, MAX_DEPTH)?;
        }
        Some(rest)
    };
    parts().is_some_and(<[u8]>::is_empty)
}

/// The model of the authenticator (AAGUID) of an attestation object. `None`: the object is not well-formed, or it has a
/// statement without an attestation (WebAuthn Level 3 §8.7).
pub(super) fn model(object: &[u8]) -> Option<Uuid> {
    if !item(object, MAX_DEPTH)?.is_empty() {
        return None;
    }
    let Value::Map(mut members) = serde_cbor_2::from_slice(object).ok()? else { return None };
    let mut take = |name: &str| members.remove(&Value::Text(name.to_owned()));
    let (format, statement, data) = (take("fmt")?, take("attStmt")?, take("authData")?);
    let Value::Map(statement) = statement else { return None };
    if format == Value::Text("none".to_owned()) && !statement.is_empty() {
        return None;
    }
    let Value::Bytes(data) = data else { return None };
    let model = is_authenticator_data(&data).then(|| data.get(FIXED..FIXED + 16))??;
    Uuid::from_slice(model).ok()
}

/// Reads one CBOR item of definite length, and returns the bytes after it. No tags, and no key twice.
fn item(bytes: &[u8], depth: usize) -> Option<&[u8]> {
    let (&first, rest) = bytes.split_first()?;
    let (argument, rest) = argument(first & 0x1f, rest)?;
    match first >> 5 {
        0 | 1 | 7 => Some(rest),
        2 | 3 => rest.get(usize::try_from(argument).ok()?..),
        4 => (0..argument).try_fold(rest, |rest, _| item(rest, depth.checked_sub(1)?)),
        5 => pairs(rest, argument, depth.checked_sub(1)?),
        _ => None,
    }
}

fn pairs(mut rest: &[u8], number: u64, depth: usize) -> Option<&[u8]> {
    let mut keys = Vec::new();
    for _ in 0..number {
        let after = item(rest, depth)?;
        let key = &rest[..rest.len() - after.len()];
        if keys.contains(&key) {
            return None;
        }
        keys.push(key);
        rest = item(after, depth)?;
    }
    Some(rest)
}

/// The argument of an item: its value, or the length of its contents.
fn argument(info: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let size = match info {
        0..24 => return Some((info.into(), rest)),
        24..28 => 1 << (info - 24),
        // 31 is an indefinite length.
        _ => return None,
    };
    let (bytes, rest) = rest.split_at_checked(size)?;
    Some((bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_item(bytes: &[u8]) -> bool {
        item(bytes, MAX_DEPTH).is_some_and(<[u8]>::is_empty)
    }

    #[test]
    fn item_of_definite_length_is_read() {
        for item in [
            &[0x00][..],
            &[0x18, 0xff],
            &[0x39, 0x01, 0x00],
            &[0x43, 1, 2, 3],
            &[0x61, b'a'],
            &[0xf5],
            &[0x82, 1, 0x41, 0],
            &[0xa2, 1, 2, 0x20, 0xa0],
            &[0x81, 0x81, 0x81, 0x80],
        ] {
            assert!(is_item(item), "{item:02x?}");
        }
    }

    #[test]
    fn item_of_other_form_is_refused() {
        for item in [
            &[][..],
            &[0x18],
            &[0x1c],
            &[0x43, 1, 2],
            &[0x5f, 0x41, 0, 0xff],
            &[0xbf, 1, 2, 0xff],
            &[0xc1, 0],
            &[0x82, 1],
            &[0xa2, 1, 2, 1, 3],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x80],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x00, 0x00],
        ] {
            assert!(!is_item(item), "{item:02x?}");
        }
    }

    #[test]
    fn origin_with_more_than_an_origin_is_refused() {
        let is_plain = |origin: &str| is_plain_origin(format!(r#"{{"origin":"{origin}"}}"#).as_bytes());
        assert!(is_plain("https://auth.example.com") && is_plain("http://localhost:3000"));
        for other in ["https://a.example/", "HTTPS://a.example", "https://a.example:443", "null", "", "a.example"] {
            assert!(!is_plain(other), "{other}");
        }
        assert!(!is_plain_origin(b"{}") && !is_plain_origin(b"x"));
    }
}
