//! Claims that are absent, have another type, or name another issuer, audience, subject or session.

use latchkey::{
    auth::token::TokenRefusal::{
        self, MalformedClaim, MissingClaim, Revoked, SubjectMismatch, WrongAudience, WrongIssuer,
    },
    domain::UserId,
};
use serde_json::{Value, json};

use super::{
    BadToken, Forge,
    forge::{with, without},
};

const TEXTS: [&str; 5] = ["iss", "sub", "user_id", "sid", "jti"];
const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    [presence(forge), types(forge), sign_ins(forge), issuers(forge), audiences(forge), subjects(forge), sessions(forge)]
        .into_iter()
        .flatten()
        .collect()
}

fn presence(forge: &Forge) -> Vec<BadToken> {
    let mut cases = Vec::new();
    for name in TEXTS.into_iter().chain(TIMES).chain(["aud"]) {
        let absent = without(forge.claims(), name);
        let capital = with(absent.clone(), &name.to_uppercase(), forge.claims()[name].clone());
        let case = |how: &str, claims| {
            let token = forge.token(&forge.header(), claims);
            BadToken::new("RFC 9068 §2.2", format!("{name} is {how}"), MissingClaim(name), token)
        };
        cases.push(case("absent", &absent));
        cases.push(case("spelled in capitals", &capital));
    }
    let empty = forge.with_claims_text("{}");
    cases.push(BadToken::new("RFC 9068 §2.2", "no claims at all", MissingClaim("iss"), empty));
    cases
}

fn types(forge: &Forge) -> Vec<BadToken> {
    let mut cases = Vec::new();
    let mut add = |rule, name, value: Value| {
        let token = forge.with_claim(name, value.clone());
        cases.push(BadToken::new(rule, format!("{name} is {value}"), MalformedClaim(name), token));
    };
    for name in TEXTS {
        let good = forge.claims()[name].clone();
        for value in [json!(null), json!(1), json!(true), json!([good]), json!({ "value": good }), json!("")] {
            add("RFC 7519 §4.1", name, value);
        }
    }
    for name in TIMES {
        let good = forge.claims()[name].clone();
        for value in [
            json!(null),
            json!(good.to_string()),
            json!(true),
            json!([good]),
            json!({ "value": good }),
            json!("2999-01-01T00:00:00Z"),
            json!(-1),
            json!(-0.5),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(1e300),
            json!(good.as_i64().unwrap_or(0) * 1000),
        ] {
            add("RFC 7519 §2", name, value);
        }
    }
    cases
}

/// The claims of the sign-in may be absent, but not malformed.
fn sign_ins(forge: &Forge) -> Vec<BadToken> {
    let time = forge.claims()["auth_time"].clone();
    let cases = [
        ("auth_time", json!(null)),
        ("auth_time", json!(time.to_string())),
        ("auth_time", json!(true)),
        ("auth_time", json!([time])),
        ("auth_time", json!({ "value": time })),
        ("auth_time", json!(-1)),
        ("auth_time", json!(u64::MAX)),
        ("auth_time", json!(time.as_i64().unwrap_or(0) * 1000)),
        ("amr", json!(null)),
        ("amr", json!("pwd")),
        ("amr", json!(1)),
        ("amr", json!([])),
        ("amr", json!([""])),
        ("amr", json!(["pwd", 1])),
        ("amr", json!(["pwd", null])),
        ("amr", json!([["pwd"]])),
        ("amr", json!({ "pwd": true })),
        ("acr", json!(null)),
        ("acr", json!("")),
        ("acr", json!(2)),
        ("acr", json!(["aal2"])),
        ("acr", json!({ "value": "aal2" })),
        ("acr", json!("AAL2")),
        ("acr", json!("aal2 ")),
        ("acr", json!("aal1 aal2")),
        ("acr", json!("aal3")),
        ("acr", json!("phrh")),
    ];
    let case = |(name, value): (&'static str, Value)| {
        let token = forge.with_claim(name, value.clone());
        BadToken::new("RFC 9068 §2.2.1", format!("{name} is {value}"), MalformedClaim(name), token)
    };
    cases.into_iter().map(case).collect()
}

fn issuers(forge: &Forge) -> Vec<BadToken> {
    let ours = &forge.issuer;
    [
        ("another", "https://evil.example".to_owned()),
        ("ours with a slash", format!("{ours}/")),
        ("ours with a path", format!("{ours}/x")),
        ("ours with a query", format!("{ours}?x")),
        ("ours in capitals", ours.to_uppercase()),
        ("ours with a space", format!("{ours} ")),
        ("ours with a NUL", format!("{ours}\0")),
        ("ours without its scheme", ours.replace("://", "")),
        ("ours as a sub-domain", ours.replace("://", "://x.")),
        ("ours as another's sub-domain", format!("{ours}.evil.example")),
        ("ours as the user name of another", format!("{ours}@evil.example")),
        ("ours less a letter", ours[..ours.len() - 1].to_owned()),
    ]
    .into_iter()
    .map(|(name, issuer)| {
        let token = forge.with_claim("iss", issuer);
        BadToken::new("RFC 9068 §4, RFC 8725 §3.8", format!("iss is {name}"), WrongIssuer, token)
    })
    .collect()
}

fn audiences(forge: &Forge) -> Vec<BadToken> {
    let ours = &forge.audience;
    let malformed = MalformedClaim("aud");
    [
        (json!("https://evil.example"), WrongAudience),
        (json!(""), WrongAudience),
        (json!("*"), WrongAudience),
        (json!(format!("{ours}/")), WrongAudience),
        (json!(ours.to_uppercase()), WrongAudience),
        (json!(format!("{ours},https://evil.example")), WrongAudience),
        (json!(format!("{ours} https://evil.example")), WrongAudience),
        (json!(ours[..ours.len() - 1]), WrongAudience),
        (json!(format!("[\"{ours}\"]")), WrongAudience),
        (json!([]), WrongAudience),
        (json!([""]), WrongAudience),
        (json!(["https://evil.example", "https://worse.example"]), WrongAudience),
        (json!([ours, 1]), malformed),
        (json!([ours, null]), malformed),
        (json!([[ours]]), malformed),
        (json!([{ "aud": ours }]), malformed),
        (json!({ "aud": ours }), malformed),
        (json!(null), malformed),
        (json!(0), malformed),
        (json!(true), malformed),
    ]
    .into_iter()
    .map(|(aud, refusal)| {
        let token = forge.with_claim("aud", aud.clone());
        BadToken::new("RFC 7519 §4.1.3, RFC 8725 §3.9", format!("aud is {aud}"), refusal, token)
    })
    .collect()
}

/// Non-canonical spellings of an identifier.
fn spellings(id: &str) -> [(&'static str, String); 8] {
    [
        ("in capitals", id.to_uppercase()),
        ("in braces", format!("{{{id}}}")),
        ("as a URN", format!("urn:uuid:{id}")),
        ("without hyphens", id.replace('-', "")),
        ("after a space", format!(" {id}")),
        ("before a line break", format!("{id}\n")),
        ("cut short", id[..35].to_owned()),
        ("with letters for digits", id.replace('0', "O")),
    ]
}

fn subjects(forge: &Forge) -> Vec<BadToken> {
    let case = |name: String, refusal, changes: &[(&str, Value)]| {
        BadToken::new("one spelling of one user", name, refusal, forge.with_claims(changes))
    };
    let ours = forge.user_id.to_string();
    let other = forge.session_id.to_string();
    let mut cases = vec![
        case("user_id is another's".into(), SubjectMismatch, &[("user_id", json!(other))]),
        case("sub is another's".into(), SubjectMismatch, &[("sub", json!(other))]),
        case("user_id is a word".into(), SubjectMismatch, &[("user_id", json!("admin"))]),
        case("sub is a word".into(), SubjectMismatch, &[("sub", json!("admin"))]),
        case("sub is a path".into(), MalformedClaim("sub"), &[("sub", json!("../x")), ("user_id", json!("../x"))]),
    ];
    for (how, id) in spellings(&ours) {
        let both = [("sub", json!(id)), ("user_id", json!(id))];
        // A spelling that parses as a user id is the id of another user.
        if id.parse::<UserId>().is_err() {
            cases.push(case(format!("sub and user_id {how}"), MalformedClaim("sub"), &both));
        }
        cases.push(case(format!("user_id {how}"), SubjectMismatch, &both[1..]));
    }
    cases
}

fn sessions(forge: &Forge) -> Vec<BadToken> {
    let case = |name: String, refusal: TokenRefusal, sid: String| {
        BadToken::new("the session must be live", name, refusal, forge.with_claim("sid", sid))
    };
    let mut cases: Vec<_> = spellings(&forge.session_id.to_string())
        .into_iter()
        .map(|(how, sid)| case(format!("sid {how}"), MalformedClaim("sid"), sid))
        .collect();
    cases.push(case("sid is a session token".into(), MalformedClaim("sid"), format!("{}.x", forge.session_id)));
    cases.push(case("the session has ended".into(), Revoked, forge.ended_session_id.to_string()));
    let long_over =
        forge.with_claims(&[("sid", json!(forge.ended_session_id)), ("exp", json!(forge.now.seconds() - 60))]);
    cases.push(BadToken::new("the session must be live", "ended and expired", Revoked, long_over));
    cases
}
