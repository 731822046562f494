//! The table of bad tokens, one case per rule and variant, and a control group of good tokens.
//!
//! The table depends only on the names of the refusals: tokens are built from bytes and signed without
//! the code under test.

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

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub use forge::Forge;
pub use forge_key::ForgeKey;
pub use good::{good_token_of_an_imported_user, good_tokens};
use latchkey::auth::token::TokenRefusal;
use serde_json::Value;

use super::browser::{ACCESS, Browser};

/// The signing algorithms of the service.
pub const ALGORITHMS: [&str; 3] = ["HS256", "EdDSA", "ES256"];

/// `auth_time`, `amr` and `acr` of an issued token.
pub fn sign_in_of(token: &str) -> (i64, Value, String) {
    let claims = token.split('.').nth(1).expect("claims");
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON");
    let time = claims["auth_time"].as_i64().expect("whole seconds");
    (time, claims.get("amr").cloned().unwrap_or_default(), claims["acr"].as_str().expect("a text").to_owned())
}

/// As [`sign_in_of`], of the access token of a browser.
pub fn sign_in_of_browser(browser: &Browser) -> (i64, Value, String) {
    sign_in_of(&browser.cookie(ACCESS).expect("an access token"))
}

/// A token that breaks one rule.
pub struct BadToken {
    /// Unique in the table.
    pub name: String,
    /// The standard that has the rule.
    pub rule: &'static str,
    /// The expected refusal.
    pub refusal: TokenRefusal,
    pub token: String,
}

impl BadToken {
    fn new(rule: &'static str, name: impl Into<String>, refusal: TokenRefusal, token: impl Into<String>) -> Self {
        Self { name: name.into(), rule, refusal, token: token.into() }
    }

    /// Whether a header and a cookie can carry the token unchanged.
    pub fn fits_in_a_header(&self) -> bool {
        let fits = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        !self.token.is_empty() && self.token.bytes().all(fits) && self.token.len() < 6000
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
