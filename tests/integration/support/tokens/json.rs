//! Headers and claims that are not one unambiguous JSON object.

use latchkey::auth::token::TokenRefusal::{DuplicateMember, NotJsonObject};
use serde_json::Value;

use super::{BadToken, Forge, forge::with_text};

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    let mut cases = Vec::new();
    for (name, header) in malformed(&forge.header()) {
        let token = forge.with_header_text(header);
        cases.push(BadToken::new("RFC 7515 §4, RFC 8725 §3.7", format!("header: {name}"), NotJsonObject, token));
    }
    for (name, claims) in malformed(&forge.claims()) {
        let token = forge.with_claims_text(claims);
        cases.push(BadToken::new("RFC 7519 §7.2, RFC 8725 §3.7", format!("claims: {name}"), NotJsonObject, token));
    }
    cases.extend(numbers(forge));
    cases.extend(duplicates(forge));
    cases
}

fn malformed(object: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let text = object.to_string();
    let deep = format!("{}1{}", r#"{"a":"#.repeat(300), "}".repeat(300));
    let utf16 = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![
        ("not JSON", b"latchkey".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"1".to_vec()),
        ("a string", Value::String(text.clone()).to_string().into()),
        ("an array around the object", format!("[{text}]").into()),
        ("an empty array", b"[]".to_vec()),
        ("a byte order mark", format!("\u{feff}{text}").into()),
        ("UTF-16", utf16),
        ("bytes that are not UTF-8", [with_text(object, "\"x\":\"").as_bytes(), b"\xff\xfe\"}"].concat()),
        ("an overlong encoding", [b"{\"x\":\"\xc0\x80\",", &text.as_bytes()[1..]].concat()),
        ("half a surrogate pair", with_text(object, r#""x":"\ud800""#).into()),
        ("a control character in a string", with_text(object, "\"x\":\"\0\"").into()),
        ("a NUL at the end", format!("{text}\0").into()),
        ("two objects", format!("{text}{text}").into()),
        ("text after the object", format!("{text} x").into()),
        ("cut short", text[..text.len() - 1].into()),
        ("a comma too many", format!("{},}}", &text[..text.len() - 1]).into()),
        ("a comment", format!("/**/{text}").into()),
        ("single quotation marks", text.replace('"', "'").into()),
        ("nested too deep", with_text(object, &format!("\"x\":{deep}")).into()),
    ]
}

fn numbers(forge: &Forge) -> Vec<BadToken> {
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "0x7fffffff",
        "09999999999",
        "+9999999999",
        "9999999999.",
        "1_0",
    ]
    .map(|number| {
        let claims = forge.claims();
        let text = claims.to_string().replace(&format!("\"exp\":{}", claims["exp"]), &format!("\"exp\":{number}"));
        let name = format!("claims: exp is {number}");
        BadToken::new("RFC 8259 §6", name, NotJsonObject, forge.with_claims_text(text))
    })
    .into()
}

fn duplicates(forge: &Forge) -> Vec<BadToken> {
    let mut cases = Vec::new();
    let far = forge.now.seconds() + 86_400;
    for (name, member) in [
        ("alg, none last", r#""alg":"none""#.to_owned()),
        ("alg, the same", format!("\"alg\":\"{}\"", forge.alg())),
        ("kid", format!("\"kid\":\"{}\"", forge.kid())),
        ("typ", r#""typ":"JWT""#.to_owned()),
        ("alg, its name escaped", format!("\"\\u0061lg\":\"{}\"", forge.alg())),
        ("an unknown member", r#""x":1,"x":1"#.to_owned()),
        ("a member of an object inside", r#""x":{"y":1,"y":2}"#.to_owned()),
    ] {
        let token = forge.with_header_text(with_text(&forge.header(), &member));
        cases.push(BadToken::new("RFC 7515 §4", format!("header has twice: {name}"), DuplicateMember, token));
    }
    for (name, member) in [
        ("exp, later", format!("\"exp\":{far}")),
        ("exp, its name escaped", format!(r#""\u0065xp":{far}"#)),
        ("exp, its name escaped in capitals", format!(r#""\u0065\u0078\u0070":{far}"#)),
        ("sub, the same", format!("\"sub\":\"{}\"", forge.user_id)),
        ("user_id, another", format!("\"user_id\":\"{}\"", forge.session_id)),
        ("sid", format!("\"sid\":\"{}\"", forge.ended_session_id)),
        ("iss", r#""iss":"https://evil.example""#.to_owned()),
        ("aud", r#""aud":"https://evil.example""#.to_owned()),
        ("jti", r#""jti":"x""#.to_owned()),
        ("nbf, null", r#""nbf":null"#.to_owned()),
        ("an unknown claim", r#""x":1,"x":1"#.to_owned()),
        ("a member of an object in an array", r#""x":[{"y":1,"y":2}]"#.to_owned()),
    ] {
        let token = forge.with_claims_text(with_text(&forge.claims(), &member));
        cases.push(BadToken::new("RFC 7519 §4", format!("claims have twice: {name}"), DuplicateMember, token));
    }
    let first = format!(r#"{{"alg":"none",{}"#, &forge.header().to_string()[1..]);
    let token = forge.with_header_text(first);
    cases.push(BadToken::new("RFC 7515 §4", "header has twice: alg, none first", DuplicateMember, token));
    cases
}
