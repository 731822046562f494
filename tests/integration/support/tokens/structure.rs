//! Tokens that do not have three parts.

use latchkey::auth::token::TokenRefusal::{BadSignature, NotJsonObject, NotThreeParts, TooLong};
use serde_json::json;

use super::{
    BadToken, Forge,
    forge::{base64url, with},
};

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = [parts[0], parts[1], parts[2]];
    let case = |name: &str, refusal, token: String| BadToken::new("RFC 7515 §7.1", name, refusal, token);
    let jwe = base64url(json!({ "alg": "dir", "enc": "A256GCM", "typ": "at+jwt" }).to_string().as_bytes());
    let padding = with(forge.claims(), "padding", "x".repeat(4096));
    vec![
        case("nothing", NotThreeParts, String::new()),
        case("one dot", NotThreeParts, ".".into()),
        case("two dots", NotJsonObject, "..".into()),
        case("one part", NotThreeParts, claims.into()),
        case("two parts", NotThreeParts, format!("{header}.{claims}")),
        case("four parts", NotThreeParts, format!("{good}.{signature}")),
        case("a dot at the end", NotThreeParts, format!("{good}.")),
        case("a dot at the start", NotThreeParts, format!(".{good}")),
        case("a dot too many between the parts", NotThreeParts, format!("{header}..{claims}.{signature}")),
        case("two tokens with a comma", NotThreeParts, format!("{good},{good}")),
        case("percent-encoded dots", NotThreeParts, good.replace('.', "%2E")),
        case("full-width dots", NotThreeParts, good.replace('.', "．")),
        case("no header", NotJsonObject, forge.token_of_parts("", claims)),
        case("no claims", NotJsonObject, forge.token_of_parts(header, "")),
        case("no signature", BadSignature, format!("{header}.{claims}.")),
        case("a detached payload", BadSignature, format!("{header}..{signature}")),
        case("an encrypted token", NotThreeParts, format!("{jwe}..AAAAAAAAAAAAAAAA.{claims}.AAAAAAAAAAAAAAAAAAAAAA")),
        case("five parts that start well", NotThreeParts, format!("{good}.{claims}.{signature}")),
        case("a session token", NotThreeParts, format!("{}.{}", forge.session_id, base64url(&[7; 32]))),
        case("a session id", NotThreeParts, forge.session_id.to_string()),
        case(
            "flattened JSON serialization",
            NotThreeParts,
            json!({ "protected": header, "payload": claims, "signature": signature }).to_string(),
        ),
        case(
            "general JSON serialization",
            NotThreeParts,
            json!({ "payload": claims, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
        ),
        case("well signed but over 4096 bytes", TooLong, forge.token(&forge.header(), &padding)),
        case("4097 dots", TooLong, ".".repeat(4097)),
        case("a megabyte", TooLong, "A".repeat(1 << 20)),
        case("a nested token", NotJsonObject, {
            let outer = with(forge.header(), "typ", "at+jwt");
            forge.token_of_bytes(outer.to_string().as_bytes(), good.as_bytes())
        }),
        case("a signature of the claims alone", BadSignature, {
            format!("{header}.{claims}.{}", base64url(&forge.key.sign(claims.as_bytes())))
        }),
    ]
}
