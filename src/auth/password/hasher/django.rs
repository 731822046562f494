//! Password hashes as Django stores them: `<algorithm>$…` (`django.contrib.auth.hashers`).
//!
//! - `pbkdf2_sha256$<iterations>$<salt>$<output>`: the salt is text, the output Base64; `pbkdf2_sha512` is a common
//!   subclass of it
//! - `scrypt$<N>$<salt>$<r>$<p>$<output>`
//! - `argon2$argon2id$v=19$…`: a PHC string without its first `$`
//! - `bcrypt$$2b$12$…`, `bcrypt_sha256$$2b$12$…`

use super::{
    argon::ArgonHash,
    bcrypt::{BcryptHash, Input},
    pbkdf2::{Function, Pbkdf2Hash},
    phc::{Fields, decode_output},
    scrypt::{ScryptCost, ScryptHash},
    stored::StoredHash,
    unsupported::{Scheme, UnsupportedHash},
};

/// Parses a hash of Django. `None` if the text has another format.
pub(crate) fn parse(text: &str) -> Option<Result<StoredHash, UnsupportedHash>> {
    let (algorithm, rest) = text.split_once('$')?;
    Some(match algorithm {
        "pbkdf2_sha256" => pbkdf2(Function::Sha256, rest).map(StoredHash::Pbkdf2),
        "pbkdf2_sha512" => pbkdf2(Function::Sha512, rest).map(StoredHash::Pbkdf2),
        "scrypt" => scrypt(rest).map(StoredHash::Scrypt),
        "argon2" => ArgonHash::parse(&format!("${rest}")).map(StoredHash::Argon2),
        "bcrypt" => BcryptHash::parse(rest, Input::Password).map(StoredHash::Bcrypt),
        "bcrypt_sha256" => BcryptHash::parse(rest, Input::Sha256).map(StoredHash::Bcrypt),
        _ => return None,
    })
}

fn pbkdf2(function: Function, rest: &str) -> Result<Pbkdf2Hash, UnsupportedHash> {
    let fields = Fields::split(Scheme::Pbkdf2, rest)?;
    Ok(Pbkdf2Hash {
        function,
        iterations: fields.parameters().parse().map_err(|_| UnsupportedHash::Damaged(Scheme::Pbkdf2))?,
        salt: fields.salt.as_bytes().to_vec(),
        output: decode_output(Scheme::Pbkdf2, fields.output)?,
    })
}

fn scrypt(rest: &str) -> Result<ScryptHash, UnsupportedHash> {
    const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Scrypt);
    let fields: Vec<_> = rest.split('$').collect();
    let [n, salt, r, p, output] = fields[..] else { return Err(DAMAGED) };
    let number = |text: &str| text.parse::<u32>().map_err(|_| DAMAGED);
    let n = number(n)?;
    if !n.is_power_of_two() {
        return Err(DAMAGED);
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| DAMAGED)?;
    ScryptHash {
        work: ScryptCost { log_n, r: number(r)?, p: number(p)? },
        salt: salt.as_bytes().to_vec(),
        output: decode_output(Scheme::Scrypt, output)?,
    }
    .checked()
}
