//! The normal form of an address in the version of this migration. Later versions must not change it.

use icu_casemap::CaseMapper;
use icu_properties::props::{BinaryProperty, DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization;

/// A normal address and the key of its mailbox.
pub struct Normal {
    pub address: String,
    pub key: String,
    /// The key that earlier versions gave the normal address.
    pub former_key: String,
}

impl Normal {
    /// `None` if the address is not valid.
    pub fn of(email: &str) -> Option<Self> {
        let compatible: String = email.trim().nfkc().collect();
        let (local, domain) = compatible.rsplit_once('@')?;
        let local: String = local.chars().filter(|character| !is_invisible(*character)).collect();
        let ascii = idna::domain_to_ascii_strict(domain).ok()?;
        let (unicode, valid) = idna::domain_to_unicode(&ascii);
        valid.ok()?;
        if local.is_empty() {
            return None;
        }
        let lower: String = local.to_lowercase().nfkc().collect();
        let key = format!("{}@{ascii}", folded(&local));
        Some(Self { address: format!("{lower}@{unicode}"), key, former_key: format!("{lower}@{ascii}") })
    }
}

fn folded(local: &str) -> String {
    let mapper = CaseMapper::new();
    local.chars().flat_map(char::to_lowercase).map(|character| mapper.simple_fold(character)).nfkc().collect()
}

fn is_invisible(character: char) -> bool {
    DefaultIgnorableCodePoint::for_char(character) || matches!(character, '\u{fff9}'..='\u{fffb}')
}
