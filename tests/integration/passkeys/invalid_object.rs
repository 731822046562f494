//! Registrations that are refused: CBOR and attestation.

use serde_json::json;

use super::{
    app::UNLIMITED,
    invalid::{
        Case,
        Change::{Json, Parts},
        assert_no_registration, drop_member,
    },
};
use crate::support::{
    TestApp,
    authenticator::{Registration, cbor::Cbor},
};

fn with_statement(new: &mut Registration, format: &str, statement: Vec<(&str, Cbor)>) {
    format.clone_into(&mut new.format);
    new.statement = Cbor::Map(statement.into_iter().map(|(name, value)| (Cbor::text(name), value)).collect());
}

/// A member of the statement of a self attestation.
fn replace(new: &mut Registration, member: &str, value: Cbor) {
    new.attest();
    for (name, old) in new.statement.pairs() {
        if matches!(name, Cbor::Text(text) if text == member) {
            *old = value.clone();
        }
    }
}

/// The attestation object.
pub const CASES: &[Case<Registration>] = &[
    ("object_missing", Json(|body| drop_member(&mut body["response"], "attestationObject")), ""),
    ("object_number", Json(|body| body["response"]["attestationObject"] = json!(7)), ""),
    ("object_no_base64", Json(|body| body["response"]["attestationObject"] = json!("%%%")), ""),
    ("object_empty", Parts(|new| new.edit_object = |_| Vec::new()), ""),
    ("object_truncated", Parts(|new| new.edit_object = |object| object[..object.len() - 1].to_vec()), ""),
    ("object_truncated_in_head", Parts(|new| new.edit_object = |object| object[..2].to_vec()), ""),
    ("object_with_more_bytes", Parts(|new| new.edit_object = |object| [object, vec![0]].concat()), ""),
    ("object_twice", Parts(|new| new.edit_object = |object| [object.clone(), object].concat()), ""),
    ("object_no_map", Parts(|new| new.edit_object = |_| vec![0x83, 1, 2, 3]), ""),
    ("object_of_random_bytes", Parts(|new| new.edit_object = |_| vec![0xf7; 200]), ""),
    (
        "object_of_indefinite_length",
        Parts(|new| {
            new.edit_object = |mut object| {
                object[0] = 0xbf;
                object.push(0xff);
                object
            }
        }),
        "",
    ),
    (
        "object_with_endless_map",
        Parts(|new| new.edit_object = |object| [&[0xbb; 1][..], &[0xff; 8], &object[1..]].concat()),
        "",
    ),
    (
        "object_with_endless_string",
        Parts(|new| new.edit_object = |_| [&[0xa1, 0x7b][..], &[0x7f; 8], b"fmt"].concat()),
        "",
    ),
    ("object_of_nested_arrays", Parts(|new| new.edit_object = |_| vec![0x81; 4_000]), ""),
    ("object_of_nested_tags", Parts(|new| new.edit_object = |_| vec![0xc1; 4_000]), ""),
    ("format_missing", Parts(|new| new.omitted = "fmt"), ""),
    ("statement_missing", Parts(|new| new.omitted = "attStmt"), ""),
    ("data_missing", Parts(|new| new.omitted = "authData"), ""),
    ("format_twice", Parts(|new| new.added = vec![(Cbor::text("fmt"), Cbor::text("none"))]), ""),
    (
        "data_of_indefinite_length",
        Parts(|new| {
            new.added = vec![(Cbor::text("authData"), Cbor::IndefiniteBytes(new.auth.encoded()))];
            new.omitted = "authData";
        }),
        "",
    ),
    (
        "data_text",
        Parts(|new| {
            new.added = vec![(Cbor::text("authData"), Cbor::text("x"))];
            new.omitted = "authData";
        }),
        "",
    ),
    (
        "key_of_indefinite_length",
        Parts(|new| {
            let pairs = new.auth.key().pairs().clone();
            *new.auth.key() = Cbor::IndefiniteMap(pairs);
        }),
        "",
    ),
    ("key_with_algorithm_twice", Parts(|new| new.auth.key().pairs().push((Cbor::Int(3), Cbor::Int(-7)))), ""),
    ("format_unknown", Parts(|new| "evil".clone_into(&mut new.format)), ""),
    ("format_in_upper_case", Parts(|new| "NONE".clone_into(&mut new.format)), ""),
    ("format_safetynet", Parts(|new| "android-safetynet".clone_into(&mut new.format)), ""),
    ("none_with_statement", Parts(|new| with_statement(new, "none", vec![("alg", Cbor::Int(-7))])), ""),
    ("none_with_statement_of_number", Parts(|new| new.statement = Cbor::Int(1)), ""),
    ("packed_without_statement", Parts(|new| "packed".clone_into(&mut new.format)), ""),
    ("packed_with_wrong_signature", Parts(|new| replace(new, "sig", Cbor::Bytes(vec![0x30; 70]))), ""),
    ("packed_with_empty_signature", Parts(|new| replace(new, "sig", Cbor::Bytes(Vec::new()))), ""),
    ("packed_with_signature_of_text", Parts(|new| replace(new, "sig", Cbor::text("x"))), ""),
    ("packed_with_other_algorithm", Parts(|new| replace(new, "alg", Cbor::Int(-257))), ""),
    (
        "packed_over_other_data",
        Parts(|new| {
            new.attest();
            new.auth.counter += 1;
        }),
        "",
    ),
    (
        "packed_without_certificates",
        Parts(|new| {
            new.attest();
            new.statement.pairs().push((Cbor::text("x5c"), Cbor::Array(Vec::new())));
        }),
        "",
    ),
    (
        "packed_with_wrong_certificate",
        Parts(|new| {
            new.attest();
            new.statement.pairs().push((Cbor::text("x5c"), Cbor::Array(vec![Cbor::Bytes(vec![0x30; 100])])));
        }),
        "",
    ),
    ("u2f_without_statement", Parts(|new| with_statement(new, "fido-u2f", Vec::new())), ""),
    (
        "u2f_with_wrong_certificate",
        Parts(|new| {
            let certificates = Cbor::Array(vec![Cbor::Bytes(vec![0x30; 100])]);
            with_statement(new, "fido-u2f", vec![("x5c", certificates), ("sig", Cbor::Bytes(vec![0x30; 70]))]);
        }),
        "",
    ),
    ("tpm_without_statement", Parts(|new| with_statement(new, "tpm", Vec::new())), ""),
    ("tpm_of_version_1", Parts(|new| with_statement(new, "tpm", vec![("ver", Cbor::text("1.2"))])), ""),
    ("apple_without_statement", Parts(|new| with_statement(new, "apple", Vec::new())), ""),
    ("android_key_without_statement", Parts(|new| with_statement(new, "android-key", Vec::new())), ""),
];

#[tokio::test]
async fn registration_of_wrong_object_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    assert_no_registration(&app, CASES).await;
}
