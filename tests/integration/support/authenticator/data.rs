//! Authenticator data (WebAuthn §6.1), which authenticators sign.

use super::cbor::Cbor;

/// The user is present.
pub const UP: u8 = 0x01;

/// The user is verified.
pub const UV: u8 = 0x04;

/// The passkey can be backed up.
pub const BE: u8 = 0x08;

/// The passkey is backed up.
pub const BS: u8 = 0x10;

/// There is a credential.
pub const AT: u8 = 0x40;

/// There are extensions.
pub const ED: u8 = 0x80;

/// The parts of authenticator data. The flags say nothing about which parts are written.
#[derive(Clone)]
pub struct AuthData {
    pub rp_id_hash: Vec<u8>,
    pub flags: u8,
    pub counter: u32,
    pub attested: Option<Attested>,
    pub extensions: Option<Cbor>,
    /// Bytes after the last part.
    pub rest: Vec<u8>,
}

/// A new credential.
#[derive(Clone)]
pub struct Attested {
    pub aaguid: [u8; 16],
    /// Another length than that of the id.
    pub id_length: Option<u16>,
    pub id: Vec<u8>,
    pub key: Cbor,
}

impl AuthData {
    pub fn encoded(&self) -> Vec<u8> {
        let mut out = self.rp_id_hash.clone();
        out.push(self.flags);
        out.extend(self.counter.to_be_bytes());
        if let Some(attested) = &self.attested {
            let length = attested.id_length.unwrap_or_else(|| u16::try_from(attested.id.len()).expect("a short id"));
            out.extend(attested.aaguid);
            out.extend(length.to_be_bytes());
            out.extend(&attested.id);
            out.extend(attested.key.encoded());
        }
        out.extend(self.extensions.iter().flat_map(Cbor::encoded));
        out.extend(&self.rest);
        out
    }

    /// The new credential, to change it.
    pub fn attested(&mut self) -> &mut Attested {
        self.attested.as_mut().expect("a registration")
    }

    /// The new public key, to change it.
    pub fn key(&mut self) -> &mut Cbor {
        &mut self.attested().key
    }
}
