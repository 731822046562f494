//! Headers of other token types, and header members that instruct the verifier.

use latchkey::auth::token::TokenRefusal::{UnsupportedHeader, WrongType};
use serde_json::{Value, json};

use super::{
    BadToken, Forge,
    forge::{base64url, hs256, with, without},
};

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    types(forge).into_iter().chain(orders(forge)).collect()
}

fn types(forge: &Forge) -> Vec<BadToken> {
    let case = |name: String, token| BadToken::new("RFC 9068 §4, RFC 8725 §3.11", name, WrongType, token);
    let wrong = [
        json!("JWT"),
        json!("jwt"),
        json!("dpop+jwt"),
        json!("id+jwt"),
        json!("logout+jwt"),
        json!("secevent+jwt"),
        json!("rt+jwt"),
        json!("JOSE"),
        json!("at"),
        json!("at+jwts"),
        json!("xat+jwt"),
        json!(""),
        json!(" at+jwt"),
        json!("at+jwt "),
        json!("at+jwt;v=1"),
        json!("at+jwt\u{0}"),
        json!("at＋jwt"),
        json!("at jwt"),
        json!("text/at+jwt"),
        json!("application/"),
        json!("application/jwt"),
        json!("application/at+jwt/"),
        json!("application/application/at+jwt"),
        json!(null),
        json!(true),
        json!(1),
        json!(["at+jwt"]),
        json!({ "at+jwt": true }),
    ];
    let mut cases: Vec<_> =
        wrong.into_iter().map(|typ| case(format!("typ is {typ}"), forge.with_header("typ", typ))).collect();
    let absent = without(forge.header(), "typ");
    cases.push(case("typ is absent".into(), forge.token(&absent, &forge.claims())));
    cases.push(case("typ is spelled Typ".into(), forge.token(&with(absent, "Typ", "at+jwt"), &forge.claims())));
    cases
}

fn orders(forge: &Forge) -> Vec<BadToken> {
    let case = |rule, name: &str, value: Value| {
        BadToken::new(rule, format!("{name}: {value:.40}"), UnsupportedHeader, forge.with_header(name, value.clone()))
    };
    let attacker = [42; 32];
    let jwk = json!({ "kty": "oct", "k": base64url(&attacker), "alg": "HS256" });
    let own_key = with(with(forge.header(), "jwk", jwk), "kid", "attacker");
    let unencoded = with(with(forge.header(), "b64", false), "crit", json!(["b64"]));
    vec![
        case("RFC 7515 §4.1.11", "crit", json!(["https://example.com/unknown"])),
        case("RFC 7515 §4.1.11", "crit", json!(["exp"])),
        case("RFC 7515 §4.1.11", "crit", json!(["alg"])),
        case("RFC 7515 §4.1.11", "crit", json!([])),
        case("RFC 7515 §4.1.11", "crit", json!("exp")),
        case("RFC 7515 §4.1.11", "crit", json!(null)),
        case("RFC 7515 §4.1.11", "crit", json!([1])),
        case("RFC 7515 §4.1.11", "crit", json!({})),
        case("RFC 7797 §7", "b64", json!(false)),
        case("RFC 7797 §7", "b64", json!(true)),
        case("RFC 8725 §3.10", "jku", json!("https://evil.example/jwks.json")),
        case("RFC 8725 §3.10", "jku", json!("http://127.0.0.1/jwks.json")),
        case("RFC 8725 §3.10", "x5u", json!("https://evil.example/key.pem")),
        case("RFC 8725 §3.10", "x5c", json!(["MIIB"])),
        case("RFC 8725 §3.10", "x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        case("RFC 8725 §3.10", "x5t#S256", json!("AAAA")),
        case("RFC 8725 §3.10", "jwk", json!({})),
        case("RFC 7516 §4.1.2", "enc", json!("A256GCM")),
        case("RFC 7516 §4.1.3", "zip", json!("DEF")),
        case("RFC 7519 §5.2", "cty", json!("JWT")),
        BadToken::new(
            "RFC 7797 §7",
            "an unencoded payload, declared critical",
            UnsupportedHeader,
            forge.token(&unencoded, &forge.claims()),
        ),
        BadToken::new(
            "RFC 8725 §3.10",
            "signed with the key in its own header",
            UnsupportedHeader,
            forge.with_header_signed_by(&own_key, |message| hs256(&attacker, message)),
        ),
    ]
}
