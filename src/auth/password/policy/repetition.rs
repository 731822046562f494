//! Repetitions: passwords such as `aaaaaaaa` and `abcabcabc`.

/// The maximum length of the repeated part. With it, a repetition has as few variants as a password of this length.
const MAX_PART: usize = 4;

/// Whether the password is a repetition of at most [`MAX_PART`] characters. The last one may be incomplete.
pub(super) fn is_repetition(folded: &str) -> bool {
    let chars: Vec<char> = folded.chars().collect();
    (1..=MAX_PART).any(|part| chars.len() >= 2 * part && chars.iter().zip(chars.iter().skip(part)).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_repetition_short_part_returns_true() {
        for text in ["        ", "aaaaaaaaaaaaa", "xyxyxyxyx", "abcabcabcabcabc", "k7#vk7#v", "🔑🔑🔑🔑🔑🔑🔑🔑"]
        {
            assert!(is_repetition(text), "{text}");
        }
    }

    #[test]
    fn is_repetition_other_text_returns_false() {
        for text in ["aaaaaaab", "kq7#vkq7#v", "mydogrex2024", "aaaa bbbb cccc"] {
            assert!(!is_repetition(text), "{text}");
        }
    }
}
