//! Characters that a reader does not see, or that move other characters.

use icu_properties::props::{
    BidiControl, BinaryProperty, CanonicalCombiningClass, DefaultIgnorableCodePoint, EmojiModifier, EnumeratedProperty,
    ExtendedPictographic, GeneralCategory, GeneralCategoryGroup, IndicSyllabicCategory, JoiningType,
    NoncharacterCodePoint, VariationSelector,
};

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const MONGOLIAN_VOWEL_SEPARATOR: char = '\u{180e}';

/// The base of the flags of England, Scotland and Wales, whose letters are tag characters.
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';

/// A blank cell, which is a symbol by its category.
const BRAILLE_BLANK: char = '\u{2800}';

/// Whether a character starts a new line. Includes the separators that are not control characters.
pub fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character controls a device, or is no character at all (U+FFFF).
pub fn is_control(character: char) -> bool {
    character.is_control() || NoncharacterCodePoint::for_char(character)
}

/// Whether a character changes the direction of the characters around it (UAX #9).
pub fn is_direction_control(character: char) -> bool {
    BidiControl::for_char(character)
}

/// Whether a character has no glyph of its own: joiners, fillers, selectors, annotations.
pub fn is_invisible(character: char) -> bool {
    DefaultIgnorableCodePoint::for_char(character) || matches!(character, '\u{fff9}'..='\u{fffb}')
}

/// Whether a character selects the shape of the character before it.
pub fn is_variation_selector(character: char) -> bool {
    VariationSelector::for_char(character)
}

/// Whether a reader sees a character that stands alone. An unassigned character counts as visible: it may be an emoji
/// of a later version of Unicode.
pub fn is_visible(character: char) -> bool {
    let unseen = GeneralCategoryGroup::Mark
        .union(GeneralCategoryGroup::Separator)
        .union(GeneralCategoryGroup::Control)
        .union(GeneralCategoryGroup::Format)
        .union(GeneralCategoryGroup::PrivateUse);
    let category = GeneralCategory::for_char(character);
    !unseen.contains(category) && !is_invisible(character) && character != BRAILLE_BLANK
}

/// Whether the invisible character at `at` changes the shape of its neighbours, so that the text needs it.
pub fn shapes_its_neighbours(text: &[char], at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    match text[at] {
        ZERO_WIDTH_JOINER => joins_emoji(before, after) || joins_letters(before, after),
        ZERO_WIDTH_NON_JOINER | MONGOLIAN_VOWEL_SEPARATOR => joins_letters(before, after),
        tag if is_tag(tag) => is_flag(before, tag, after),
        selector if is_variation_selector(selector) => before.last().is_some_and(|base| is_visible(*base)),
        _ => false,
    }
}

/// Between letters of a script whose letters join, such as Arabic or Devanagari, or after a virama (RFC 5892 appendix
/// A.1 and A.2). Also before a virama, as in Bengali.
fn joins_letters(before: &[char], after: &[char]) -> bool {
    let is_virama = |character: &char| CanonicalCombiningClass::for_char(*character) == CanonicalCombiningClass::Virama;
    let is_transparent = |character: &&char| JoiningType::for_char(**character) == JoiningType::Transparent;
    let previous = before.iter().rev().find(|character| !is_transparent(character));
    let next = after.iter().find(|character| !is_transparent(character));
    before.last().is_some_and(is_virama)
        || previous.is_some_and(|letter| is_joining_letter(*letter))
            && next.is_some_and(|letter| is_joining_letter(*letter))
}

fn is_joining_letter(character: char) -> bool {
    let letters = GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Mark);
    letters.contains(GeneralCategory::for_char(character))
        && (JoiningType::for_char(character) != JoiningType::NonJoining
            || IndicSyllabicCategory::for_char(character) != IndicSyllabicCategory::Other)
}

/// Between two emoji, as in a family.
fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let is_modifier = |character: char| is_variation_selector(character) || EmojiModifier::for_char(character);
    let base = before.iter().rev().find(|character| !is_modifier(**character));
    [base, after.first()].into_iter().all(|emoji| emoji.is_some_and(|emoji| ExtendedPictographic::for_char(*emoji)))
}

fn is_flag(before: &[char], tag: char, after: &[char]) -> bool {
    let base = before.iter().rev().find(|character| !is_tag(**character));
    let last = after.iter().take_while(|character| is_tag(**character)).last().unwrap_or(&tag);
    base == Some(&BLACK_FLAG) && *last == CANCEL_TAG
}

const fn is_tag(character: char) -> bool {
    matches!(character, '\u{e0020}'..=CANCEL_TAG)
}
