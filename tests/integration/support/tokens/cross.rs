//! Algorithm confusion, and malformed elliptic-curve signatures.

use base64::{Engine, engine::general_purpose::STANDARD};
use latchkey::auth::token::TokenRefusal::{BadSignature, WrongAlgorithm};

use super::{
    BadToken, Forge, ForgeKey,
    forge::{hs256, hs512, with},
};

/// The order of P-256, big-endian.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of Ed25519's base point, big-endian.
const ED25519_ORDER: [u8; 32] = [
    0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6, 0x58, 0x12,
    0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
];

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    let mut cases = other_pairs(forge);
    match &forge.key {
        ForgeKey::Hs256(_) => {}
        ForgeKey::EdDsa(_) => cases.extend(public_key_as_secret(forge).into_iter().chain(edwards(forge))),
        ForgeKey::Es256(_) => cases.extend(public_key_as_secret(forge).into_iter().chain(weierstrass(forge))),
    }
    cases
}

/// RFC 8725 §2.1: public values as HMAC secrets.
fn public_key_as_secret(forge: &Forge) -> Vec<BadToken> {
    let pem = |line: &str| {
        let body = STANDARD.encode(forge.key.public_der());
        let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN PUBLIC KEY-----{line}{}{line}-----END PUBLIC KEY-----{line}", lines.join(line))
    };
    let jwk = forge.key.jwk();
    let text = |name: &str| jwk[name].as_str().unwrap_or_default().as_bytes().to_vec();
    let keys = [
        ("the public key's bytes", forge.key.public()),
        ("the public key's bytes less the first", forge.key.public()[1..].to_vec()),
        ("the public key in DER", forge.key.public_der()),
        ("the public key in PEM", pem("\n").into_bytes()),
        ("the public key in PEM without the last line break", pem("\n").trim_end().into()),
        ("the public key in PEM of Windows", pem("\r\n").into_bytes()),
        ("the JWK", jwk.to_string().into_bytes()),
        ("the JWK's x", text("x")),
        ("the JWK's y", text("y")),
        ("the kid", forge.kid().into_bytes()),
        ("nothing", Vec::new()),
    ];
    let mut cases = Vec::new();
    for (name, key) in keys {
        for (alg, refusal, hmac) in [
            ("HS256", WrongAlgorithm, hs256 as fn(&[u8], &[u8]) -> Vec<u8>),
            ("HS512", WrongAlgorithm, hs512),
            (forge.alg(), BadSignature, hs256),
            (forge.alg(), BadSignature, hs512),
        ] {
            let size = hmac(&key, b"").len() * 8;
            let header = with(forge.header(), "alg", alg);
            let token = forge.with_header_signed_by(&header, |message| hmac(&key, message));
            let name = format!("alg is {alg}, an HMAC of {size} bits with {name} as the secret");
            cases.push(BadToken::new("RFC 8725 §2.1, §3.1", name, refusal, token));
        }
    }
    cases
}

/// A valid signature of another algorithm's key with our key id.
fn other_pairs(forge: &Forge) -> Vec<BadToken> {
    let mut cases = Vec::new();
    for other in ["EdDSA", "ES256"].into_iter().filter(|other| *other != forge.alg()) {
        let key = ForgeKey::new(other);
        for (alg, refusal) in [(other, WrongAlgorithm), (forge.alg(), BadSignature)] {
            let header = with(forge.header(), "alg", alg);
            let token = forge.with_header_signed_by(&header, |message| key.sign(message));
            let name = format!("alg is {alg}, signed by another {other} key with our kid");
            cases.push(BadToken::new("RFC 8725 §3.1", name, refusal, token));
        }
    }
    cases
}

fn edwards(forge: &Forge) -> Vec<BadToken> {
    let sign = |message: &[u8]| forge.key.sign(message);
    let case = |name: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        BadToken::new("RFC 8032 §5.1.7", name, BadSignature, forge.signed_by(sign))
    };
    let identity = [[1].as_slice(), &[0; 63]].concat();
    vec![
        case("S plus the group order", &|message| {
            let signature = sign(message);
            let s: Vec<u8> = signature[32..].iter().rev().copied().collect();
            let sum: Vec<u8> = add(&s, &ED25519_ORDER).into_iter().rev().collect();
            [&signature[..32], &sum].concat()
        }),
        case("R and S exchanged", &|message| exchanged(&sign(message))),
        case("the neutral element for R and zero for S", &|_| identity.clone()),
        case("all bits set", &|_| vec![0xff; 64]),
        case("the sign of R's x flipped", &|message| {
            let mut signature = sign(message);
            signature[31] ^= 0x80;
            signature
        }),
    ]
}

fn weierstrass(forge: &Forge) -> Vec<BadToken> {
    let sign = |message: &[u8]| forge.key.sign(message);
    let case = |name: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        BadToken::new("RFC 7518 §3.4", name, BadSignature, forge.signed_by(sign))
    };
    let order = &P256_ORDER[..];
    let zero = &[0; 32][..];
    vec![
        case("the signature in DER", &|message| der(&sign(message))),
        case("r is zero", &|message| [zero, &sign(message)[32..]].concat()),
        case("s is zero", &|message| [&sign(message)[..32], zero].concat()),
        case("r and s are the order", &|_| [order, order].concat()),
        case("r is one and s is the order", &|_| [&[0; 31], &[1][..], order].concat()),
        case("r and s have all bits set", &|_| vec![0xff; 64]),
        case("r and s exchanged", &|message| exchanged(&sign(message))),
        case("both numbers with a zero in front", &|message| {
            let signature = sign(message);
            [&[0], &signature[..32], &[0], &signature[32..]].concat()
        }),
        case("both numbers as long as on P-384", &|message| {
            let signature = sign(message);
            [&[0; 16], &signature[..32], &[0; 16], &signature[32..]].concat()
        }),
    ]
}

/// The second valid ECDSA signature (r, n − s). RFC 7518 does not require low s.
pub fn twin(signature: &[u8]) -> Vec<u8> {
    [&signature[..32], &subtract(&P256_ORDER, &signature[32..])].concat()
}

fn exchanged(signature: &[u8]) -> Vec<u8> {
    [&signature[32..], &signature[..32]].concat()
}

/// An ECDSA signature in the DER encoding of X.509.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let mut bytes: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            bytes.insert(0, 0);
        }
        [&[2, u8::try_from(bytes.len()).unwrap_or(0)], &bytes[..]].concat()
    };
    let content = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, u8::try_from(content.len()).unwrap_or(0)], &content[..]].concat()
}

fn add(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut sum: Vec<u8> = Vec::new();
    for (one, other) in one.iter().rev().zip(other.iter().rev()) {
        let digit = u16::from(*one) + u16::from(*other) + carry;
        sum.push(digit.to_be_bytes()[1]);
        carry = digit >> 8;
    }
    sum.into_iter().rev().collect()
}

fn subtract(from: &[u8], number: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference: Vec<u8> = Vec::new();
    for (from, number) in from.iter().rev().zip(number.iter().rev()) {
        let digit = 256 + u16::from(*from) - u16::from(*number) - borrow;
        difference.push(digit.to_be_bytes()[1]);
        borrow = u16::from(digit < 256);
    }
    difference.into_iter().rev().collect()
}
