//! Wrong algorithms, key ids, keys and signatures.

use latchkey::auth::token::TokenRefusal::{BadSignature, UnknownKey, WrongAlgorithm};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    BadToken, Forge, ForgeKey,
    forge::{base64url, hs256, hs384, hs512, with, without},
};

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    algorithms(forge).into_iter().chain(key_ids(forge)).chain(wrong_keys(forge)).chain(signatures(forge)).collect()
}

fn algorithms(forge: &Forge) -> Vec<BadToken> {
    let case = |name: String, token| BadToken::new("RFC 8725 §3.1", name, WrongAlgorithm, token);
    let header = |alg: &Value| with(forge.header(), "alg", alg.clone());
    let mut cases = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", "noNE", "none ", ""] {
        let token = forge.with_header_signed_by(&header(&json!(none)), |_| Vec::new());
        cases.push(case(format!("alg is {none:?}, unsigned"), token));
    }
    for alg in [
        json!("none"),
        json!(forge.alg().to_lowercase()),
        json!(format!(" {}", forge.alg())),
        json!(format!("{} ", forge.alg())),
        json!(format!("{}\u{0}", forge.alg())),
        json!(format!("{},none", forge.alg())),
        json!("HMAC"),
        json!("HS1"),
        json!("HS256"),
        json!("RS256"),
        json!("PS256"),
        json!("ES256"),
        json!("ES256K"),
        json!("ES384"),
        json!("EdDSA"),
        json!("Ed25519"),
        json!("Ed448"),
        json!("dir"),
        json!("A256KW"),
        json!("PBES2-HS256+A128KW"),
        json!(null),
        json!(256),
        json!(true),
        json!([forge.alg()]),
        json!({ forge.alg(): true }),
    ]
    .into_iter()
    .filter(|alg| alg != forge.alg())
    {
        cases.push(case(format!("alg is {alg}, signed with {}", forge.alg()), forge.with_header("alg", alg)));
    }
    if let ForgeKey::Hs256(secret) = &forge.key {
        let with_hs384 = forge.with_header_signed_by(&header(&json!("HS384")), |message| hs384(secret, message));
        let with_hs512 = forge.with_header_signed_by(&header(&json!("HS512")), |message| hs512(secret, message));
        cases.push(case("HS384 with the HS256 secret".into(), with_hs384));
        cases.push(case("HS512 with the HS256 secret".into(), with_hs512));
    }
    cases.push(case("alg is absent".into(), forge.token(&without(forge.header(), "alg"), &forge.claims())));
    cases
}

fn key_ids(forge: &Forge) -> Vec<BadToken> {
    let case = |name: String, token| BadToken::new("RFC 8725 §3.10", name, UnknownKey, token);
    let kid = forge.kid();
    let mut cases: Vec<_> = [
        json!(""),
        json!("default"),
        json!(kid.to_lowercase()),
        json!(format!("{kid} ")),
        json!(format!("{kid}\u{0}")),
        json!(format!("{kid}=")),
        json!(kid[..42]),
        json!("../../../../dev/null"),
        json!("/proc/sys/kernel/randomize_va_space"),
        json!("' UNION SELECT 'key' --"),
        json!("x' OR '1'='1"),
        json!("$(id)"),
        json!("*)(uid=*))(|(uid=*"),
        json!("https://evil.example/key"),
        json!("__proto__"),
        json!("0"),
        json!(0),
        json!(null),
        json!(true),
        json!([kid]),
        json!({ "kid": kid }),
    ]
    .into_iter()
    .map(|kid| case(format!("kid is {kid}"), forge.with_header("kid", kid)))
    .collect();
    let header = with(forge.header(), "kid", "../../dev/null");
    let empty_key = forge.with_header_signed_by(&header, |message| hs256(b"", message));
    cases.push(case("kid is an empty file, signed with its content".into(), empty_key));
    cases.push(case("kid is 2000 characters long".into(), forge.with_header("kid", "k".repeat(2000))));
    cases.push(case("kid is absent".into(), forge.token(&without(forge.header(), "kid"), &forge.claims())));
    let other = Forge { key: ForgeKey::new(forge.alg()), ..forge.clone() };
    cases.push(case("another key under its own kid".into(), other.good()));
    cases.push(case("our key under another's kid".into(), forge.with_header("kid", other.kid())));
    cases
}

fn wrong_keys(forge: &Forge) -> Vec<BadToken> {
    let other = ForgeKey::new(forge.alg());
    let mut signed = vec![("another key", forge.signed_by(|message| other.sign(message)))];
    if let ForgeKey::Hs256(secret) = &forge.key {
        signed.extend(wrong_secrets(forge, secret).into_iter().map(|(name, secret)| {
            let token = forge.signed_by(|message| hs256(&secret, message));
            (name, token)
        }));
    }
    let case = |(name, token)| BadToken::new("RFC 7515 §5.2", format!("signed with {name}"), BadSignature, token);
    signed.into_iter().map(case).collect()
}

fn wrong_secrets(forge: &Forge, secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("an empty key", Vec::new()),
        ("zeros", vec![0; 32]),
        ("the kid", forge.kid().into_bytes()),
        ("the kid's bytes", Sha256::digest(forge.key.jwk().to_string()).to_vec()),
        ("the word secret", b"secret".to_vec()),
        ("the issuer", forge.issuer.clone().into_bytes()),
        ("the user's id", forge.user_id.to_string().into_bytes()),
        ("the secret and a line break", [secret, &b"\n"[..]].concat()),
        ("the secret without its last byte", secret[..secret.len() - 1].to_vec()),
        ("the secret in base64url", base64url(secret).into_bytes()),
        ("the secret's hash", Sha256::digest(secret).to_vec()),
        ("the secret reversed", secret.iter().rev().copied().collect()),
    ]
}

fn signatures(forge: &Forge) -> Vec<BadToken> {
    let case = |name: &str, token| BadToken::new("RFC 7515 §5.2", name, BadSignature, token);
    let sign = |message: &[u8]| forge.key.sign(message);
    let length = sign(b"").len();
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = [parts[0], parts[1], parts[2]];
    let other_user =
        with(with(forge.claims(), "sub", forge.session_id.to_string()), "user_id", forge.session_id.to_string());
    let other_claims = base64url(other_user.to_string().as_bytes());
    let other_header = base64url(with(forge.header(), "typ", "application/at+jwt").to_string().as_bytes());
    let mut cases = vec![
        case("another user's id under the same signature", format!("{header}.{other_claims}.{signature}")),
        case("another header over the same signature", format!("{other_header}.{claims}.{signature}")),
        case("the signature cut to one byte", forge.signed_by(|message| sign(message)[..1].to_vec())),
        case("the signature cut to half", forge.signed_by(|message| sign(message)[..length / 2].to_vec())),
        case("the signature less one byte", forge.signed_by(|message| sign(message)[..length - 1].to_vec())),
        case("the signature and one byte more", forge.signed_by(|message| [sign(message), vec![0]].concat())),
        case("the signature twice", forge.signed_by(|message| [sign(message), sign(message)].concat())),
        case("one bit of the first byte flipped", forge.signed_by(|message| flip(sign(message), 0))),
        case("one bit of the last byte flipped", forge.signed_by(|message| flip(sign(message), length - 1))),
        case("a signature of zeros", forge.signed_by(|_| vec![0; length])),
        case("a hash as the signature", forge.signed_by(|message| Sha256::digest(message).to_vec())),
        case("the signature in hexadecimal", {
            forge
                .signed_by(|message| sign(message).iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect())
        }),
        case("a signature of the decoded text", {
            let text = format!("{}.{}", forge.header(), forge.claims());
            forge.signed_by(|_| sign(text.as_bytes()))
        }),
    ];
    if let ForgeKey::Hs256(secret) = &forge.key {
        let cut = forge.signed_by(|message| hs512(secret, message)[..32].to_vec());
        cases.push(case("HS512 cut to 256 bits", cut));
        cases.push(case("HS512 whole, declared as HS256", forge.signed_by(|message| hs512(secret, message))));
    }
    cases
}

fn flip(mut signature: Vec<u8>, index: usize) -> Vec<u8> {
    signature[index] ^= 1;
    signature
}
