//! How tokens are signed.

use crate::crypto::secret::SharedSecret;

/// How a key signs. A key has exactly one algorithm, and its tokens' `alg` must name it (RFC 8725 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret (RFC 7518 §3.2).
    Hs256,
    /// A signature that anybody can check and one key pair can make.
    Pair(PairAlgorithm),
}

/// The algorithms of key pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairAlgorithm {
    /// Ed25519 (RFC 8037 §3.1).
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
}

/// What access tokens are to be signed with.
#[derive(Clone, Debug)]
pub enum Signing {
    /// Secrets shared with the backends: the first signs, and tokens made with any of the others are
    /// still accepted, so that a secret can be replaced without refusing anyone.
    SharedSecrets(SharedSecret, Vec<SharedSecret>),
    /// Key pairs of one algorithm, made here and kept in the database.
    KeyPairs(PairAlgorithm),
}

impl Algorithm {
    /// The name in `alg`; its letters' case matters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Pair(algorithm) => algorithm.as_str(),
        }
    }

    pub(crate) const fn implementation(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::Pair(PairAlgorithm::EdDsa) => jsonwebtoken::Algorithm::EdDSA,
            Self::Pair(PairAlgorithm::Es256) => jsonwebtoken::Algorithm::ES256,
        }
    }
}

impl PairAlgorithm {
    /// The name in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }
}

impl Signing {
    /// The algorithm that all its keys have.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::SharedSecrets(..) => Algorithm::Hs256,
            Self::KeyPairs(algorithm) => Algorithm::Pair(*algorithm),
        }
    }
}
