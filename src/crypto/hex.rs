//! Bytes as hexadecimal digits.

const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// Two lower-case digits per byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.push(DIGITS[usize::from(byte >> 4)]);
        digits.push(DIGITS[usize::from(byte & 15)]);
    }
    digits
}

/// The bytes of digits in either case, two per byte. `None`: another text.
pub fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(16 * value(high)? + value(low)?),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_either_case() {
        assert_eq!(from_hex("00fF7a"), Some(vec![0, 255, 0x7a]));
        assert_eq!(from_hex(&hex(b"latchkey")).as_deref(), Some(&b"latchkey"[..]));
        for other in ["0", "0g", "+1", "é", "0x12"] {
            assert_eq!(from_hex(other), None, "{other}");
        }
    }
}
