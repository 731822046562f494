//! Who may import whom. The parts depend downward only; these tests fail when that breaks.

use std::{fs, path::Path};

/// A part of the crate, and the parts of the crate that it may import. The first match decides.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("domain", &["domain"]),
    ("clock", &["domain"]),
    ("crypto", &["crypto"]),
    ("store", &["domain", "store"]),
    ("auth", &["domain", "store", "clock", "crypto", "auth"]),
    ("import", &["domain", "store", "auth", "crypto", "import"]),
    ("config", &["auth", "crypto", "config"]),
    ("ui", &["domain", "ui"]),
    ("http", &["auth", "config", "crypto", "domain", "http", "ui"]),
];

/// Crates that only these parts may import.
const PRIVATE: [(&str, &[&str]); 7] = [
    ("aws_lc_rs", &["auth/keys", "crypto"]),
    ("jsonwebtoken", &["auth/token", "auth/keys"]),
    ("argon2", &["auth/password/hasher"]),
    ("scrypt", &["auth/password/hasher"]),
    ("sea_orm", &["store", "import/source"]),
    ("Cookie::build", &["http/session/cookies"]),
    ("axum", &["http", "cli/serve"]),
];

#[test]
fn modules_import_only_lower_modules() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(part, _)| is_in(&name, part)) else { continue };
        for module in crate_modules(&text) {
            if !allowed.contains(&module.as_str()) {
                broken.push(format!("src/{name} names crate::{module}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn restricted_crates_stay_in_their_modules() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        for (word, places) in PRIVATE {
            let used = code(&text).any(|line| names(line, word));
            if used && !places.iter().any(|place| is_in(&name, place)) {
                broken.push(format!("src/{name} names {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn files_have_at_most_400_lines() {
    let long: Vec<_> =
        sources().into_iter().filter(|(_, text)| text.lines().count() > 400).map(|(name, _)| name).collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// `name` without extension is the part or lies in its folder.
fn is_in(name: &str, part: &str) -> bool {
    name.trim_end_matches(".rs").strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below src").display().to_string();
                found.push((name, fs::read_to_string(path).expect("a source file")));
            }
        }
    }
    assert!(found.len() > 50, "the sources are found");
    found
}

/// The lines that are not comments, up to the unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| *line != "#[cfg(test)]").filter(|line| !line.trim_start().starts_with("//"))
}

/// Whether a line names `word` as a whole: `argon2::`, but not `my_argon2`.
fn names(line: &str, word: &str) -> bool {
    let boundary = |character: Option<char>| !character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let rest = &line[at + word.len()..];
        boundary(line[..at].chars().next_back())
            && boundary(rest.chars().next())
            && (word.contains(':') || rest.starts_with("::"))
    })
}

/// The modules named after `crate::`, in paths and in `use crate::{…}` groups.
fn crate_modules(text: &str) -> Vec<String> {
    let code: String = code(text).collect::<Vec<_>>().join("\n");
    let mut modules = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => modules.extend(group_members(group)),
            None => modules.push(identifier(rest)),
        }
    }
    modules
}

fn group_members(group: &str) -> Vec<String> {
    let mut members = Vec::new();
    let (mut depth, mut expecting) = (0, true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expecting = true,
            character if expecting && depth == 0 && character.is_alphabetic() => {
                members.push(identifier(&group[at..]));
                expecting = false;
            }
            _ => {}
        }
    }
    members
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
