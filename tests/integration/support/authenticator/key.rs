//! The keys of passkeys.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_SHA256,
    },
};

use super::cbor::Cbor;

/// A key pair.
pub enum Key {
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Rs256(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
    }

    pub fn es384() -> Self {
        Self::Es384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).expect("a key"))
    }

    pub fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
    }

    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().expect("a key"))
    }

    /// The algorithm (COSE).
    pub const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => -7,
            Self::Es384(_) => -35,
            Self::Rs256(_) => -257,
            Self::Ed25519(_) => -8,
        }
    }

    /// The public key (COSE, RFC 9053 §7.1, RFC 8230 §4).
    pub fn cose(&self) -> Cbor {
        let parts = match self {
            Self::Es256(pair) => elliptic(1, pair),
            Self::Es384(pair) => elliptic(2, pair),
            Self::Rs256(pair) => {
                let (modulus, exponent) = (pair.public_key().modulus(), pair.public_key().exponent());
                vec![
                    (1, Cbor::Int(3)),
                    (-1, Cbor::Bytes(modulus.big_endian_without_leading_zero().to_vec())),
                    (-2, Cbor::Bytes(exponent.big_endian_without_leading_zero().to_vec())),
                ]
            }
            Self::Ed25519(pair) => {
                let public = Cbor::Bytes(pair.public_key().as_ref().to_vec());
                vec![(1, Cbor::Int(1)), (-1, Cbor::Int(6)), (-2, public)]
            }
        };
        let mut pairs: Vec<_> = parts.into_iter().map(|(label, value)| (Cbor::Int(label), value)).collect();
        pairs.insert(1, (Cbor::Int(3), Cbor::Int(self.algorithm())));
        Cbor::Map(pairs)
    }

    pub fn sign(&self, data: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) | Self::Es384(pair) => pair.sign(&random, data).expect("a signature").as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, data, &mut signature).expect("a signature");
                signature
            }
            Self::Ed25519(pair) => pair.sign(data).as_ref().to_vec(),
        }
    }
}

/// A point: one byte for the form, then both coordinates.
fn elliptic(curve: i64, pair: &EcdsaKeyPair) -> Vec<(i64, Cbor)> {
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    vec![(1, Cbor::Int(2)), (-1, Cbor::Int(curve)), (-2, Cbor::Bytes(x.to_vec())), (-3, Cbor::Bytes(y.to_vec()))]
}
