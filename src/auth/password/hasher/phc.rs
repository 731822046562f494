//! The fields of a PHC string: `$<algorithm>$<parameters>$<salt>$<output>`.
//!
//! The crate `phc` refuses salts and outputs of lengths that other systems use, so it reads only argon2 here.

use base64::{
    Engine,
    alphabet::{Alphabet, STANDARD},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::unsupported::{Scheme, UnsupportedHash};

/// The minimum length of an output. A password matches a shorter one by chance.
const MIN_OUTPUT: usize = 16;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Base64 with or without padding.
pub(crate) const BASE64: GeneralPurpose = engine(&STANDARD);

/// A Base64 engine that accepts every spelling which other systems write.
pub(crate) const fn engine(alphabet: &Alphabet) -> GeneralPurpose {
    GeneralPurpose::new(alphabet, LENIENT)
}

/// The fields of a PHC string after the algorithm.
pub(crate) struct Fields<'a> {
    scheme: Scheme,
    parameters: &'a str,
    pub salt: &'a str,
    pub output: &'a str,
}

impl<'a> Fields<'a> {
    /// Splits `<parameters>$<salt>$<output>`.
    pub(crate) fn split(scheme: Scheme, text: &'a str) -> Result<Self, UnsupportedHash> {
        let mut fields = text.split('$');
        match (fields.next(), fields.next(), fields.next(), fields.next()) {
            (Some(parameters), Some(salt), Some(output), None) => Ok(Self { scheme, parameters, salt, output }),
            _ => Err(UnsupportedHash::Damaged(scheme)),
        }
    }

    /// The parameters as `name=value` pairs. `None` if the field is a single value.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.parameters
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1)
    }

    /// The parameters as written.
    pub(crate) const fn parameters(&self) -> &'a str {
        self.parameters
    }

    /// A number among the parameters.
    pub(crate) fn number(&self, name: &str) -> Result<u32, UnsupportedHash> {
        let number = self.value(name).and_then(|value| value.parse().ok());
        number.ok_or(UnsupportedHash::Damaged(self.scheme))
    }
}

/// Decodes Base64.
pub(crate) fn decode(scheme: Scheme, text: &str) -> Result<Vec<u8>, UnsupportedHash> {
    BASE64.decode(text).map_err(|_| UnsupportedHash::Damaged(scheme))
}

/// Decodes an output in Base64, which must not be short.
pub(crate) fn decode_output(scheme: Scheme, text: &str) -> Result<Vec<u8>, UnsupportedHash> {
    let output = decode(scheme, text)?;
    if output.len() < MIN_OUTPUT { Err(UnsupportedHash::Damaged(scheme)) } else { Ok(output) }
}
