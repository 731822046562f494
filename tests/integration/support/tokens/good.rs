//! The control group: tokens similar to the bad ones that must be accepted.

use latchkey::domain::UserId;
use serde_json::json;

use super::{
    Forge,
    cross::twin,
    forge::{with, without},
    time::{LEEWAY, MILLISECOND, SKEW},
};

/// Good tokens, each named after its unusual property.
pub fn good_tokens(forge: &Forge) -> Vec<(&'static str, String)> {
    let now = forge.now.seconds();
    let audience = &forge.audience;
    let spaced = |value: &serde_json::Value| format!(" {value:#}\r\n\t");
    let reversed = |value: &serde_json::Value| {
        let members: Vec<_> =
            value.as_object().into_iter().flatten().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.into_iter().rev().collect::<Vec<_>>().join(","))
    };
    let lived = |age, exp| forge.with_claims(&[("iat", forge.before(age)), ("nbf", forge.before(age)), ("exp", exp)]);
    let mut tokens = vec![
        ("no unusual property", forge.good()),
        ("the full media type", forge.with_header("typ", "application/at+jwt")),
        ("the type in capitals", forge.with_header("typ", "AT+JWT")),
        ("the full media type in mixed case", forge.with_header("typ", "Application/AT+jwt")),
        ("an unknown header member", forge.with_header("x", json!({ "y": [1] }))),
        ("an unknown claim", forge.with_claim("x", json!({ "exp": 0, "y": [{ "sub": 1 }, { "sub": 2 }] }))),
        ("address and name", forge.with_claims(&[("email", json!("ada@example.com")), ("name", json!("Ada ✓"))])),
        ("none of the claims of the sign-in", {
            let claims = ["auth_time", "amr", "acr"].into_iter().fold(forge.claims(), without);
            forge.token(&forge.header(), &claims)
        }),
        ("a sign-in with two factors", {
            forge.with_claims(&[("acr", json!("aal2")), ("amr", json!(["pwd", "otp", "mfa"]))])
        }),
        ("a sign-in with a passkey", forge.with_claims(&[("acr", json!("phr")), ("amr", json!(["hwk", "user"]))])),
        ("an unknown method", forge.with_claim("amr", json!(["x"]))),
        ("a sign-in with a fraction of a second", forge.with_claim("auth_time", forge.before(LEEWAY))),
        ("an array of audiences, ours last", forge.with_claim("aud", json!(["https://other.example", audience]))),
        ("an array of our audience alone", forge.with_claim("aud", json!([audience]))),
        ("an array of our audience twice", forge.with_claim("aud", json!([audience, audience]))),
        ("fractions of seconds", {
            forge.with_claims(&[("exp", json!(now + 60).as_f64().map_or(json!(0), |exp| json!(exp + 0.25)))])
        }),
        ("an exponent", {
            let claims = forge.claims();
            let text =
                claims.to_string().replace(&format!("\"exp\":{}", claims["exp"]), &format!("\"exp\":{}.0e0", now + 60));
            forge.with_claims_text(text)
        }),
        ("members in another order", {
            forge.token_of_bytes(reversed(&forge.header()).as_bytes(), reversed(&forge.claims()).as_bytes())
        }),
        ("white space between the members", {
            forge.token_of_bytes(spaced(&forge.header()).as_bytes(), spaced(&forge.claims()).as_bytes())
        }),
        ("escapes in names and values", {
            let escaped = format!(r"\u{:04x}{}", forge.alg().as_bytes()[0], &forge.alg()[1..]);
            let header = forge.header().to_string().replace("alg", r"\u0061lg").replace(forge.alg(), &escaped);
            let claims = forge.claims().to_string().replace("exp", r"\u0065xp").replace("://", r":\/\/");
            forge.token_of_bytes(header.as_bytes(), claims.as_bytes())
        }),
        ("exp a millisecond inside the leeway", lived(LEEWAY * 12, forge.before(LEEWAY.saturating_sub(MILLISECOND)))),
        ("nbf exactly the leeway away", forge.with_claim("nbf", forge.after(LEEWAY))),
        ("iat exactly the tolerance away", forge.with_claim("iat", forge.after(SKEW))),
        ("at the maximum age", lived((forge.access_ttl + LEEWAY).saturating_sub(MILLISECOND), json!(now + 600))),
        ("exp in a year", forge.with_claim("exp", now + 31_536_000)),
        ("at the maximum length", no_longer_than(forge, 4096)),
    ];
    if forge.alg() == "ES256" {
        tokens.push(("the other signature", forge.signed_by(|message| twin(&forge.key.sign(message)))));
    }
    tokens
}

/// A good token of an imported user, whose id is not a UUID.
pub fn good_token_of_an_imported_user(forge: &Forge) -> (UserId, String) {
    let id: UserId = "Yk3vJtQx9ZbLw2RmNc8PdFhGs5TaUe1X".parse().expect("an id");
    (id, forge.with_claims(&[("sub", json!(id)), ("user_id", json!(id))]))
}

/// The longest good token within this length. (base64url never has a length of 4n + 1.)
fn no_longer_than(forge: &Forge, length: usize) -> String {
    let token = |padding: usize| forge.token(&forge.header(), &with(forge.claims(), "x", "x".repeat(padding)));
    // Three bytes of padding add four characters to the token.
    let close = (length - token(0).len()) / 4 * 3 - 3;
    (close..length).map(token).take_while(|token| token.len() <= length).last().unwrap_or_default()
}
