//! Tokens that must be refused, a case for each rule and its neighbours, and tokens beside them that
//! must be accepted, so that refusing everything is no way to pass.
//!
//! The table uses nothing of the service but the names of its refusals: tokens are made from bytes, as
//! an attacker or a faulty issuer would, and signed with a key of any of the service's algorithms.

mod claims;
mod cross;
mod encoding;
mod forge;
mod forge_key;
mod good;
mod header;
mod json;
mod keys;
mod structure;
mod time;

pub use forge::Forge;
pub use forge_key::ForgeKey;
pub use good::good_tokens;
use latchkey::auth::token::TokenRefusal;

/// The algorithms the service can sign with.
pub const ALGORITHMS: [&str; 3] = ["HS256", "EdDSA", "ES256"];

/// A token that breaks one rule.
pub struct BadToken {
    /// Names the case; unique in the table.
    pub name: String,
    /// Where the rule comes from.
    pub rule: &'static str,
    /// How the verifier refuses it.
    pub refusal: TokenRefusal,
    /// The token.
    pub token: String,
}

impl BadToken {
    fn new(rule: &'static str, name: impl Into<String>, refusal: TokenRefusal, token: impl Into<String>) -> Self {
        Self { name: name.into(), rule, refusal, token: token.into() }
    }

    /// Whether it arrives over HTTP, in a header or a cookie, as it was sent.
    pub fn travels_over_http(&self) -> bool {
        let travels = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        !self.token.is_empty() && self.token.bytes().all(travels) && self.token.len() < 6000
    }
}

/// The whole table.
pub fn table(forge: &Forge) -> Vec<BadToken> {
    [
        structure::cases(forge),
        encoding::cases(forge),
        json::cases(forge),
        header::cases(forge),
        keys::cases(forge),
        cross::cases(forge),
        claims::cases(forge),
        time::cases(forge),
    ]
    .into_iter()
    .flatten()
    .collect()
}
