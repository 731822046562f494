//! Published hashes of other systems, and hashes that their libraries created.

use super::{HashLimits, HashParameters, HasherError, PasswordHash, PasswordHasher, Scheme, UnsupportedHash, Verdict};
use crate::{auth::throttle::Network, domain::Password};

const REHASH: Result<Verdict, HasherError> = Ok(Verdict::Match { rehash: true });

/// Password and hash.
const VECTORS: [(&str, &str); 23] = [
    // Reference implementation of argon2, test.c.
    ("password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"),
    ("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
    // argon2-cffi: version 16, with and without its name, and argon2d.
    ("password", "$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"),
    ("password", "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"),
    ("password", "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$2gcOV25Q8vOKPIl8vdxsf7QCjocJcf+erntOGHkpXm4"),
    ("password", "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$JcTui6RIBUtJ78gE5Hi52CO+H5vS6Z9R1uxAB6OhUB8"),
    // jBCrypt, TestBCrypt.java.
    ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
    // crypt_blowfish, wrapper.c.
    ("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    // Python's bcrypt.
    ("short", "$2b$04$abcdefghijklmnopqrstuuugH8XjOPXLdX/a9t3zWaL96n4O4U8.G"),
    // RFC 7914, section 12.
    (
        "pleaseletmein",
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUk\
         Kpr55h6F3A1lHkDfzwF7RVdYhw",
    ),
    // passlib documentation, and a short salt.
    ("password", "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"),
    ("password", "$scrypt$ln=4,r=8,p=1$cmFuZG9tIHNhbHQ$y55xAYfwv5fQvfxBdVvjSaAnR65pNSMJqbqgZ7ObkXk"),
    // RFC 7914, section 11: PBKDF2-HMAC-SHA-256.
    (
        "passwd",
        "$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOd\
         d+8xfHG4RbHjC9UJESBB06GXgw",
    ),
    (
        "Password",
        "$pbkdf2-sha256$i=80000,l=64$TmFDbA$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXa\
         icr3ruh0HhHj2Kzl/M8jQ",
    ),
    // passlib: documentation, and salts whose Base64 contains "." for "+".
    ("password", "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M"),
    ("password", "$pbkdf2-sha256$1000$./..MDEyMzQ1Njc4OWFiY2Q$AQYsGdKS8Tu4.09hDrpp31nMuHN6MTvePwk9QYet1ms"),
    (
        "password",
        "$pbkdf2-sha512$1000$./..MDEyMzQ1Njc4OWFiY2Q$lkaPMhXcm3cszTN6Irdfg4tCbSeE87QJYY5AlHF66yuEquFfwTNpCemZemA94c7ZMI\
         TEdG551U6dFj8gqZbsMw",
    ),
    // Django, tests/auth_tests/test_hashers.py.
    ("lètmein", "pbkdf2_sha256$720000$seasalt$eDupbcisD1UuIiou3hMuMu8oe/XwnpDw45r6AA5iv0E="),
    (
        "lètmein",
        "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw\
         ==",
    ),
    ("secret", "argon2$argon2id$v=19$m=102400,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw"),
    // A subclass of Django's hasher with SHA-512; output of Python's hashlib.
    (
        "letmein",
        "pbkdf2_sha512$1000$seasalt$xnY3pOMYkzQ6mQa06bqBAgMiZvCMFVqzMtqgHHz5YCcjVpyNM6wnN/+pSWGRJuhvoBje0h7wU07fXdKBC\
         bYfsw==",
    ),
    // Django 5.2 with four rounds.
    ("lètmein", "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S"),
    ("lètmein", "bcrypt$$2b$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG"),
];

fn hasher() -> PasswordHasher {
    PasswordHasher::new(HashParameters::cheap_for_tests(), HashLimits { permits: 2, queue: 10 }).unwrap()
}

async fn verdict(password: &str, hash: &PasswordHash) -> Result<Verdict, HasherError> {
    hasher().verify(Password::presented(password).unwrap(), hash, Network::of([192, 0, 2, 1].into())).await
}

#[tokio::test]
async fn imported_hash_matches_until_rehashed() {
    for (password, hash) in VECTORS {
        let imported = PasswordHash::import(&format!(" {hash}\n")).unwrap();
        assert_eq!(imported.as_str(), hash);
        assert_eq!(verdict(password, &imported).await, REHASH, "{hash}");
        assert_eq!(verdict(&format!("{password}!"), &imported).await, Ok(Verdict::Mismatch), "{hash}");
        let new = hasher()
            .upgrade(&Password::presented(password).unwrap(), Network::of([192, 0, 2, 1].into()))
            .await
            .unwrap();
        assert_eq!(verdict(password, &new).await, Ok(Verdict::Match { rehash: false }));
    }
}

#[tokio::test]
async fn imported_hash_of_decomposed_letters_matches() {
    let (_, composed) = VECTORS[17];
    let composed = PasswordHash::import(composed).unwrap();
    // Django 5.2: the password "le\u{300}tmein", hashed as typed.
    let decomposed =
        PasswordHash::import("pbkdf2_sha256$1000$seasalt$ZHl463Q4amVR6YZ6PuKthUk+BB/1Z1PJC7mTVKdrVLc=").unwrap();
    for typed in ["lètmein", "le\u{300}tmein"] {
        assert_eq!(verdict(typed, &composed).await, REHASH);
        assert_eq!(verdict(typed, &decomposed).await, REHASH);
    }
}

#[test]
fn import_unsupported_hash_names_its_format() {
    use UnsupportedHash::{Damaged, Known, TooExpensive, Unknown};
    let rest = "c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    for (text, reason) in [
        (String::new(), Unknown),
        ("secret".to_owned(), Unknown),
        ("5f4dcc3b5aa765d61d8327deb882cf99".to_owned(), Unknown),
        (format!("$1${rest}"), Known("md5-crypt")),
        (format!("$6${rest}"), Known("sha512-crypt")),
        (format!("pbkdf2_sha1$1000${rest}"), Known("PBKDF2 with SHA-1")),
        ("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(), Known("bcrypt $2x$")),
        ("$2b$12$short".to_owned(), Damaged(Scheme::Bcrypt)),
        (format!("$argon2x$v=19$m=8,t=1,p=1${rest}"), Damaged(Scheme::Argon2)),
        (format!("$argon2id$v=18$m=8,t=1,p=1${rest}"), Damaged(Scheme::Argon2)),
        (format!("$argon2id$v=19$m=262145,t=1,p=1${rest}"), TooExpensive(Scheme::Argon2)),
        (format!("$argon2id$v=19$m=65536,t=400,p=1${rest}"), TooExpensive(Scheme::Argon2)),
        (format!("$scrypt$ln=14,r=8${rest}"), Damaged(Scheme::Scrypt)),
        (format!("$scrypt$ln=14,r=8,p=0${rest}"), Damaged(Scheme::Scrypt)),
        (format!("$scrypt$ln=0,r=8,p=1${rest}"), Damaged(Scheme::Scrypt)),
        (format!("$scrypt$ln=14,r=8,p=1${rest}$"), Damaged(Scheme::Scrypt)),
        (format!("$scrypt$ln=63,r=8,p=1${rest}"), Damaged(Scheme::Scrypt)),
        (format!("$scrypt$ln=18,r=8,p=1${rest}"), TooExpensive(Scheme::Scrypt)),
        (format!("$scrypt$ln=14,r=8,p=1000${rest}"), TooExpensive(Scheme::Scrypt)),
        ("scrypt$16383$salt$8$1$aGFzaGhhc2hoYXNoaGFzaA==".to_owned(), Damaged(Scheme::Scrypt)),
        (format!("$pbkdf2-sha256$0${rest}"), Damaged(Scheme::Pbkdf2)),
        (format!("$pbkdf2-sha256$i=1000,l=16${rest}"), Damaged(Scheme::Pbkdf2)),
        (format!("$pbkdf2-sha256$4294967295${rest}"), TooExpensive(Scheme::Pbkdf2)),
        // An output of two bytes: one password in 65,536 matches.
        ("$pbkdf2-sha256$1000$c2FsdA$AAA".to_owned(), Damaged(Scheme::Pbkdf2)),
        ("pbkdf2_sha256$1000$salt$".to_owned(), Damaged(Scheme::Pbkdf2)),
    ] {
        assert_eq!(PasswordHash::import(&text), Err(reason), "{text}");
    }
}
