//! Parts that are not canonical base64url. The signature covers the part as sent.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE},
};
use latchkey::auth::token::TokenRefusal::{NotBase64url, NotJsonObject};
use serde_json::Value;

use super::{BadToken, Forge, forge::with};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    let case = |name: &str, token: String| BadToken::new("RFC 7515 §2, RFC 4648 §3.5", name, NotBase64url, token);
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = [parts[0], parts[1], parts[2]];
    // A length of 3n + 1 bytes leaves four unused bits in the last character.
    let ragged_header = base64_of_length(&forge.header(), 1);
    let ragged_claims = base64_of_length(&forge.claims(), 1);
    let symbols = with(forge.claims(), "x", "???>>>~~~ÿÿÿ").to_string();
    let surrounded = [
        ("a space before", " ", ""),
        ("a space after", "", " "),
        ("a line break before", "\n", ""),
        ("a line break after", "", "\n"),
        ("a carriage return and line feed after", "", "\r\n"),
        ("a tab after", "", "\t"),
        ("a NUL after", "", "\0"),
        ("an escaped NUL after", "", "%00"),
        ("a byte order mark before", "\u{feff}", ""),
        ("a zero-width space after", "", "\u{200b}"),
        ("quotation marks around", "\"", "\""),
        ("braces around", "{", "}"),
        ("the scheme before", "Bearer ", ""),
        ("a semicolon after", "", ";"),
        ("an equals sign after", "", "="),
        ("escaped padding after", "", "%3D"),
    ]
    .map(|(name, before, after)| case(name, format!("{before}{good}{after}")));

    let mut cases = Vec::from(surrounded);
    cases.extend([
        case("padding on the header", forge.token_of_parts(&URL_SAFE.encode(pad_to(&forge.header(), 1)), claims)),
        case("padding on the claims", forge.token_of_parts(header, &URL_SAFE.encode(pad_to(&forge.claims(), 1)))),
        case("padding inside the claims", forge.token_of_parts(header, &format!("{}=={}", &claims[..8], &claims[8..]))),
        case("unused bits set in the header", forge.token_of_parts(&unused_bit_set(&ragged_header), claims)),
        case("unused bits set in the claims", forge.token_of_parts(header, &unused_bit_set(&ragged_claims))),
        case("unused bits set in the signature", format!("{header}.{claims}.{}", unused_bit_set(signature))),
        case("a header of an impossible length", forge.token_of_parts(&format!("{ragged_header}AAA"), claims)),
        case("a signature of an impossible length", format!("{good}{}", "A".repeat((5 - signature.len() % 4) % 4))),
        case(
            "a line break inside the header",
            forge.token_of_parts(&format!("{}\n{}", &header[..8], &header[8..]), claims),
        ),
        case("a space inside the claims", forge.token_of_parts(header, &format!("{} {}", &claims[..8], &claims[8..]))),
        case("a NUL inside the claims", forge.token_of_parts(header, &format!("{}\0{}", &claims[..8], &claims[8..]))),
        case("a letter outside ASCII in the header", forge.token_of_parts(&header.replacen('J', "Ｊ", 1), claims)),
        case("the standard alphabet in the claims", forge.token_of_parts(header, &STANDARD_NO_PAD.encode(symbols))),
        case("the standard alphabet in the signature", format!("{header}.{claims}.+/{}", &signature[2..])),
        case("claims that are not encoded", forge.token_of_parts(header, &forge.claims().to_string().replace('.', ""))),
        case("an exclamation mark as the signature", format!("{header}.{claims}.!")),
    ]);
    let upper = forge.token_of_parts(&header.to_uppercase(), claims);
    cases.push(BadToken::new("RFC 7515 §2", "a header in upper case", NotJsonObject, upper));
    cases
}

/// JSON text padded with spaces to a length with this remainder modulo three.
fn pad_to(json: &Value, remainder: usize) -> String {
    let mut text = json.to_string();
    while text.len() % 3 != remainder {
        text.push(' ');
    }
    text
}

fn base64_of_length(json: &Value, remainder: usize) -> String {
    super::forge::base64url(pad_to(json, remainder).as_bytes())
}

/// Another encoding of the same bytes, for decoders that ignore unused bits.
fn unused_bit_set(part: &str) -> String {
    let (start, last) = part.split_at(part.len() - 1);
    let index = ALPHABET.iter().position(|letter| last.as_bytes() == [*letter]).unwrap_or(0);
    format!("{start}{}", char::from(ALPHABET[index | 1]))
}
