//! Wildcards: `*` for any text, `?` for one character.

/// Whether the pattern matches all of `text`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // On a mismatch after the last `*`: continue here, with one more character for the `*`.
    let mut retry = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at + 1, read));
                at += 1;
            }
            Some(&expected) if expected == '?' || expected == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                retry = Some((after_star, taken + 1));
                (at, read) = (after_star, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_text_or_one_character() {
        for (pattern, text) in
            [("*", ""), ("a*c", "abbc"), ("*.x.y", "a.b.x.y"), ("a?c", "abc"), ("*a*b", "aab"), ("é*", "éa")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a?c", "ac"), ("*.x.y", "x.y"), ("a*c", "abcd"), ("", "a"), ("a*b*c", "acb")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_match_in_polynomial_time() {
        assert!(!matches(&"a*".repeat(50), &"a".repeat(49)));
        assert!(!matches(&format!("{}b", "*a".repeat(200)), &"a".repeat(4000)));
    }
}
