//! Writes CBOR (RFC 8949), also in forms that authenticators must not use.

/// A value.
#[derive(Clone, Debug)]
pub enum Cbor {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Self>),
    /// The pairs in their order, also if a key occurs twice.
    Map(Vec<(Self, Self)>),
    Bool(bool),
    /// A map of indefinite length.
    IndefiniteMap(Vec<(Self, Self)>),
    /// A string of bytes of indefinite length, in one chunk.
    IndefiniteBytes(Vec<u8>),
    /// Any bytes in place of a value.
    Raw(Vec<u8>),
}

impl Cbor {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The pairs of a map, to change them.
    pub fn pairs(&mut self) -> &mut Vec<(Self, Self)> {
        match self {
            Self::Map(pairs) | Self::IndefiniteMap(pairs) => pairs,
            other => panic!("no map: {other:?}"),
        }
    }

    /// Replaces the value of a key that is a number, or adds the pair.
    pub fn set(&mut self, key: i64, value: Self) {
        let pairs = self.pairs();
        match pairs.iter_mut().find(|(name, _)| matches!(name, Self::Int(number) if *number == key)) {
            Some((_, old)) => *old = value,
            None => pairs.push((Self::Int(key), value)),
        }
    }

    /// Removes the pair of a key that is a number.
    pub fn remove(&mut self, key: i64) {
        self.pairs().retain(|(name, _)| !matches!(name, Self::Int(number) if *number == key));
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(number) => match u64::try_from(*number) {
                Ok(number) => head(out, 0, number),
                Err(_) => head(out, 1, number.unsigned_abs() - 1),
            },
            Self::Bytes(bytes) => string(out, 2, bytes),
            Self::Text(text) => string(out, 3, text.as_bytes()),
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                for item in items {
                    item.write(out);
                }
            }
            Self::Map(pairs) => {
                head(out, 5, pairs.len() as u64);
                write_pairs(out, pairs);
            }
            Self::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
            Self::IndefiniteMap(pairs) => {
                out.push(0xbf);
                write_pairs(out, pairs);
                out.push(0xff);
            }
            Self::IndefiniteBytes(bytes) => {
                out.push(0x5f);
                string(out, 2, bytes);
                out.push(0xff);
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

fn write_pairs(out: &mut Vec<u8>, pairs: &[(Cbor, Cbor)]) {
    for (key, value) in pairs {
        key.write(out);
        value.write(out);
    }
}

fn string(out: &mut Vec<u8>, major: u8, bytes: &[u8]) {
    head(out, major, bytes.len() as u64);
    out.extend(bytes);
}

/// The type and its argument, in the shortest form.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => out.push(major | bytes[7]),
        24..0x100 => out.extend([major | 0x18, bytes[7]]),
        0x100..0x1_0000 => {
            out.push(major | 0x19);
            out.extend(&bytes[6..]);
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 0x1a);
            out.extend(&bytes[4..]);
        }
        _ => {
            out.push(major | 0x1b);
            out.extend(bytes);
        }
    }
}
