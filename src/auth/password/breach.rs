//! Breached passwords: asks a service with the range API of Have I Been Pwned (ASVS 6.2.12).
//!
//! The service receives the first five of the 40 hexadecimal digits of the password's SHA-1 digest, and answers with
//! the rest of all breached digests that start with them (k-anonymity). It learns neither the password nor whether it
//! is breached.

use std::time::Duration;

use url::Url;

use crate::{
    crypto::sha1::sha1_hex,
    outbound::{HttpClient, OutboundError, Reach},
};

/// The service of Have I Been Pwned.
pub const HAVE_I_BEEN_PWNED: &str = "https://api.pwnedpasswords.com/range/";

/// The time for the whole request. The user waits for it.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum size of an answer in bytes: room for 6,000 lines of about 40 bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// The hexadecimal digits that are sent.
const PREFIX_DIGITS: usize = 5;

/// The hexadecimal digits in a line of the answer.
const SUFFIX_DIGITS: usize = 35;

/// A range API.
#[derive(Clone, Debug)]
pub struct BreachApi {
    client: HttpClient,
    url: Url,
}

/// Why a password could not be compared with breached ones.
#[derive(Debug, thiserror::Error)]
pub enum BreachApiError {
    /// The service did not answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The service answered with another status than 200.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is not a list of digests.
    #[error("the answer is not a list of SHA-1 digests")]
    Malformed,
}

impl BreachApi {
    /// An API whose URLs are `url` and five digits. An operator's own service may have a private address.
    pub fn new(url: Url) -> Result<Self, OutboundError> {
        let reach = if url.as_str() == HAVE_I_BEEN_PWNED { Reach::Public } else { Reach::Any };
        Ok(Self { client: HttpClient::new(reach, TIMEOUT, MAX_ANSWER)?, url })
    }

    /// Whether the password occurs in a known breach.
    pub(super) async fn contains(&self, password: &str) -> Result<bool, BreachApiError> {
        let digest = sha1_hex(password.as_bytes());
        let (prefix, suffix) = digest.split_at_checked(PREFIX_DIGITS).ok_or(BreachApiError::Malformed)?;
        let url = self.url.join(prefix).map_err(|_| BreachApiError::Malformed)?;
        // With padding, the size of the answer does not reveal the prefix.
        let answer = self.client.get(&url, &[("add-padding", "true")]).await?;
        if answer.status != 200 {
            return Err(BreachApiError::Status(answer.status));
        }
        let text = str::from_utf8(&answer.body).map_err(|_| BreachApiError::Malformed)?;
        find(text, suffix)
    }
}

/// Whether the answer has the digest with a count above 0. Lines with the count 0 are padding. An answer with any
/// other line comes from another program, such as a proxy.
fn find(answer: &str, suffix: &str) -> Result<bool, BreachApiError> {
    let mut found = false;
    for line in answer.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (digits, count) = line.split_once(':').ok_or(BreachApiError::Malformed)?;
        let count: u64 = count.trim().parse().map_err(|_| BreachApiError::Malformed)?;
        if digits.len() != SUFFIX_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BreachApiError::Malformed);
        }
        found |= count > 0 && digits.eq_ignore_ascii_case(suffix);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn find_padding_is_not_a_match() {
        let other = "0018A45C4D1DEF81644B54AB7F969B88D65:3";
        for (answer, found) in [
            (format!("{other}\r\n{SUFFIX}:9659365\r\n"), true),
            (format!("{}:1\n{other}", SUFFIX.to_lowercase()), true),
            (format!("{other}\r\n{SUFFIX}:0"), false),
            (other.to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(find(&answer, SUFFIX).unwrap(), found, "{answer}");
        }
    }

    #[test]
    fn find_in_other_text_is_an_error() {
        for answer in ["<html>", "no", "1E4C9:3", &format!("{SUFFIX}:many"), &format!("{SUFFIX}:1\n{{\"a\": 1}}")] {
            assert!(matches!(find(answer, SUFFIX), Err(BreachApiError::Malformed)), "{answer}");
        }
    }
}
