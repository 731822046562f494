//! The public keys of passkeys (COSE, RFC 9052 §7).

use std::collections::BTreeMap;

use serde_cbor_2::Value;
use webauthn_rs::prelude::{COSEAlgorithm, COSEKey, COSEKeyType, ECDSACurve};

/// The public key of a passkey: ES256, ES384 or RS256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(COSEKey);

/// The bytes are not a public key that this service can verify signatures with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of ES256, ES384 or RS256 in COSE")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// Parses a key in COSE.
    pub fn parse(cose: &[u8]) -> Result<Self, InvalidPublicKey> {
        let value: Value = serde_cbor_2::from_slice(cose).map_err(|_| InvalidPublicKey)?;
        Self::try_from(COSEKey::try_from(&value).map_err(|_| InvalidPublicKey)?)
    }

    /// The key in COSE.
    pub fn to_cose(&self) -> Vec<u8> {
        serde_cbor_2::to_vec(&to_map(&self.0)).unwrap_or_default()
    }

    pub(super) fn into_inner(self) -> COSEKey {
        self.0
    }
}

impl TryFrom<COSEKey> for PublicKey {
    type Error = InvalidPublicKey;

    fn try_from(key: COSEKey) -> Result<Self, InvalidPublicKey> {
        let fits = match (&key.type_, &key.key) {
            (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(point)) => point.curve == ECDSACurve::SECP256R1,
            (COSEAlgorithm::ES384, COSEKeyType::EC_EC2(point)) => point.curve == ECDSACurve::SECP384R1,
            (COSEAlgorithm::RS256, COSEKeyType::RSA(_)) => true,
            _ => false,
        };
        if fits { Ok(Self(key)) } else { Err(InvalidPublicKey) }
    }
}

/// The labels are those of RFC 9053 §7.1.1 and RFC 8230 §4.
fn to_map(key: &COSEKey) -> Value {
    let (key_type, parts) = match &key.key {
        COSEKeyType::EC_EC2(point) => {
            let curve = point.curve.clone() as i128;
            let parts = [Value::Integer(curve), Value::Bytes(point.x.clone()), Value::Bytes(point.y.clone())];
            (2, parts.to_vec())
        }
        COSEKeyType::EC_OKP(point) => {
            let curve = point.curve.clone() as i128;
            (1, vec![Value::Integer(curve), Value::Bytes(point.x.clone())])
        }
        COSEKeyType::RSA(rsa) => (3, vec![Value::Bytes(rsa.n.clone()), Value::Bytes(rsa.e.to_vec())]),
    };
    let mut map = BTreeMap::from([
        (Value::Integer(1), Value::Integer(key_type)),
        (Value::Integer(3), Value::Integer(key.type_ as i128)),
    ]);
    map.extend((1..).map(|label: i128| Value::Integer(-label)).zip(parts));
    Value::Map(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of RFC 8152, appendix C.7.1, "meriadoc.brandybuck@buckland.example".
    const P256: &str = "a5010203262001215820\
                        65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d225820\
                        1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.chars().collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
    }

    #[test]
    fn key_has_one_encoding() {
        let cose = bytes(P256);
        assert_eq!(PublicKey::parse(&cose).unwrap().to_cose(), cose);
    }

    #[test]
    fn key_other_than_the_algorithms_is_refused() {
        let cose = bytes(P256);
        // EdDSA; ES384 with a point of P-256; a point that is not on the curve.
        let okp = [&bytes("a4010103272006215820")[..], &[7; 32]].concat();
        let other = bytes(&P256.replacen("0326", "033822", 1));
        let mut off_curve = cose.clone();
        off_curve[20] ^= 1;
        for key in [&okp[..], &other, &off_curve, &cose[..cose.len() - 1], &[], &[0xa0], &[0xff]] {
            assert_eq!(PublicKey::parse(key), Err(InvalidPublicKey), "{key:02x?}");
        }
    }
}
