//! Why a token is refused.

use super::AccessClaims;

/// The first rule that a token violates. Contains no text of the token.
///
/// The reason is only logged; a client receives `invalid_token` (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// More than [`MAX_BYTES`](super::MAX_BYTES) bytes.
    #[error("the token is too long")]
    TooLong,
    /// Not exactly three parts: encrypted, in JSON serialization, or not a JWT.
    #[error("the token does not have three parts")]
    NotThreeParts,
    /// A part is not canonical base64url (RFC 7515 §2, RFC 4648 §3.5).
    #[error("a part of the token is not canonical base64url")]
    NotBase64url,
    /// Header or claims are not one JSON object in UTF-8.
    #[error("a part of the token is not a JSON object")]
    NotJsonObject,
    /// An object in the header or the claims has a duplicate member (RFC 7515 §4, RFC 7519 §4).
    #[error("the token has a duplicate member")]
    DuplicateMember,
    /// The header has a member that changes how the token is verified, or names a key of its own (RFC 8725
    /// §3.10, RFC 7797 §7).
    #[error("the header has an unsupported member")]
    UnsupportedHeader,
    /// `typ` is not that of an access token (RFC 9068 §4, RFC 8725 §3.11).
    #[error("the token is not an access token")]
    WrongType,
    /// `kid` names no key of this service.
    #[error("the token names an unknown key")]
    UnknownKey,
    /// `alg` is not the one algorithm of the key (RFC 8725 §3.1).
    #[error("the algorithm does not match the key")]
    WrongAlgorithm,
    /// The signature does not match header and claims.
    #[error("the signature is invalid")]
    BadSignature,
    /// This required claim is absent.
    #[error("the claim {0} is missing")]
    MissingClaim(&'static str),
    /// This claim has the wrong type or an impossible value.
    #[error("the claim {0} is malformed")]
    MalformedClaim(&'static str),
    /// `iss` is another issuer.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// `aud` does not contain the expected audience.
    #[error("the token is for another audience")]
    WrongAudience,
    /// `user_id` and `sub` name different users.
    #[error("the token names two different users")]
    SubjectMismatch,
    /// `nbf` is more than [`LEEWAY`](crate::clock::LEEWAY) in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is more than [`CLOCK_SKEW`](crate::clock::CLOCK_SKEW) in the future.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// The session has ended.
    #[error("the session has ended")]
    Revoked,
    /// Expired, and valid in every other respect: its claims are authentic.
    #[error("the token has expired")]
    Expired(AccessClaims),
}

impl TokenRefusal {
    /// The reason as logged.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotThreeParts => "not_three_parts",
            Self::NotBase64url => "not_base64url",
            Self::NotJsonObject => "not_json_object",
            Self::DuplicateMember => "duplicate_member",
            Self::UnsupportedHeader => "unsupported_header",
            Self::WrongType => "wrong_type",
            Self::UnknownKey => "unknown_key",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::BadSignature => "bad_signature",
            Self::MissingClaim(_) => "missing_claim",
            Self::MalformedClaim(_) => "malformed_claim",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::SubjectMismatch => "subject_mismatch",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::Revoked => "revoked",
            Self::Expired(_) => "expired",
        }
    }
}
