//! Writes the built-in list of common passwords, from two lists of passwords. The script `scripts/common-passwords`
//! gets the lists and calls this program.
//!
//! The output depends on the input only: the same lists give the same bytes.

#[path = "../../../src/auth/password/policy/spelling.rs"]
mod spelling;

use std::{collections::BTreeSet, env, error::Error, fs};

use xorf::{BinaryFuse16, DmaSerializable, Filter};

/// The passwords taken from the first list, which is sorted by frequency.
const MOST_COMMON: usize = 500_000;

/// The passwords whose word is refused with any digits and signs around it: as many as ASVS 6.2.4 requires.
const WORDS: usize = 3_000;

/// The minimum length of a password. The policy refuses shorter passwords before it looks into the list.
const MIN_CHARS: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let [by_frequency, other, output] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: BY_FREQUENCY OTHER OUTPUT")?;
    let by_frequency = fs::read_to_string(by_frequency)?;
    let other = fs::read_to_string(other)?;

    let passwords = by_frequency.lines().take(MOST_COMMON).chain(other.lines());
    let passwords: BTreeSet<u64> = passwords
        .map(spelling::fold)
        .filter(|folded| folded.chars().count() >= MIN_CHARS)
        .map(|folded| spelling::password_key(&folded))
        .collect();
    let words = by_frequency.lines().take(WORDS).map(spelling::fold);
    let words: BTreeSet<u64> = words.filter_map(|folded| spelling::word_key(&folded)).collect();
    let keys: Vec<u64> = passwords.union(&words).copied().collect();
    let filter = BinaryFuse16::try_from(&keys)?;

    let mut bytes = vec![0; BinaryFuse16::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut bytes);
    bytes.extend(filter.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()));
    fs::write(output, &bytes)?;

    println!("{} passwords, {} words, {} bytes", passwords.len(), words.len(), bytes.len());
    println!("false positives: {:.6} %", false_positives(&filter) * 100.0);
    Ok(())
}

/// The share of random keys that the filter contains.
fn false_positives(filter: &BinaryFuse16) -> f64 {
    const SAMPLES: u32 = 10_000_000;
    let random = (1..=SAMPLES).map(|number| u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let found = random.filter(|key| filter.contains(key)).count();
    u32::try_from(found).map_or(1.0, f64::from) / f64::from(SAMPLES)
}
