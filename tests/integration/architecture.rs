//! Dependencies between the modules of the crate point downward only.

mod graph;
mod imports;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use graph::Graph;
use imports::{code, module_of, paths};

/// A module, and the top-level modules that it may import. The first match decides.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("domain", &["domain"]),
    ("clock", &["domain"]),
    ("crypto", &["crypto"]),
    ("outbound", &["outbound"]),
    ("store", &["domain", "store"]),
    ("auth", &["domain", "store", "clock", "crypto", "outbound", "webhooks", "mail", "auth"]),
    ("webhooks", &["domain", "store", "clock", "crypto", "outbound", "webhooks"]),
    ("mail", &["domain", "store", "clock", "crypto", "mail"]),
    ("import", &["domain", "store", "auth", "crypto", "import"]),
    ("config", &["auth", "crypto", "mail", "outbound", "webhooks", "config", "domain"]),
    ("ui", &["domain", "ui"]),
    ("server", &["auth", "server"]),
    ("http", &["auth", "config", "crypto", "domain", "http", "mail", "ui", "webhooks"]),
];

/// Crates and functions that only these modules may use.
const RESTRICTED: [(&str, &[&str]); 19] = [
    ("aws_lc_rs", &["auth/keys", "auth/password/hasher", "crypto"]),
    ("getrandom", &["crypto"]),
    ("jsonwebtoken", &["auth/token", "auth/keys"]),
    ("argon2", &["auth/password/hasher"]),
    ("lettre", &["mail"]),
    ("reqwest", &["outbound"]),
    ("standardwebhooks", &["webhooks/sign"]),
    ("totp_rs", &["auth/factors/totp"]),
    ("webauthn_rs", &["auth/factors/passkeys"]),
    ("webauthn_rs_proto", &["auth/factors/passkeys"]),
    ("fast_qr", &["ui/components/qr_code"]),
    ("scrypt", &["auth/password/hasher"]),
    ("bcrypt", &["auth/password/hasher"]),
    ("chacha20poly1305", &["crypto"]),
    ("csv", &["import/source"]),
    ("sea_orm", &["store", "import/source"]),
    ("Cookie::build", &["http/session/cookies"]),
    ("axum", &["http", "server"]),
    ("hyper", &["server"]),
];

/// Modules whose direct sub-modules must not import each other in a cycle.
const LAYERED: [&str; 2] = ["auth", "http"];

#[test]
fn modules_import_only_lower_modules() {
    let mut violations = BTreeSet::new();
    for (name, text) in sources() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(part, _)| is_in(&name, part)) else { continue };
        let module = module_of(&name);
        for path in paths(&module, &text) {
            let Some(top) = path.first() else { continue };
            if top != &module[0] && !allowed.contains(&top.as_str()) {
                violations.insert(format!("src/{name} imports crate::{}", path.join("::")));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn submodules_have_no_import_cycle() {
    let sources = sources();
    let cycles: Vec<_> = LAYERED
        .iter()
        .flat_map(|area| Graph::of(area, &sources).cycles().into_iter().map(move |cycle| format!("{area}: {cycle}")))
        .collect();
    assert!(cycles.is_empty(), "\n{}", cycles.join("\n"));
}

/// An item of `auth.rs` or `http.rs` belongs in a sub-module: each import of it is an upward import.
#[test]
fn submodules_import_no_items_of_the_root() {
    let sources = sources();
    let mut violations = BTreeMap::new();
    for area in LAYERED {
        for (file, path) in Graph::of(area, &sources).upward {
            violations.entry(path).or_insert_with(BTreeSet::new).insert(file);
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn restricted_crates_stay_in_their_modules() {
    let mut violations = Vec::new();
    for (name, text) in sources() {
        for (word, places) in RESTRICTED {
            let used = code(&text).any(|line| names(line, word));
            if used && !places.iter().any(|place| is_in(&name, place)) {
                violations.push(format!("src/{name} uses {word}"));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

/// Heavy work has threads of its own, as many as processors. Tokio's blocking pool has 512.
#[test]
fn blocking_pool_is_used_in_one_file_at_most() {
    let uses = |text: &str| code(text).any(|line| line.contains("spawn_blocking") || line.contains("block_in_place"));
    let files: Vec<_> = sources().into_iter().filter(|(_, text)| uses(text)).map(|(name, _)| name).collect();
    assert!(files.len() <= 1, "run heavy work in auth::password::workers: {files:#?}");
}

/// `HeaderValue::to_str` fails for bytes that are not ASCII: a failure must not be taken for an absent header.
#[test]
fn header_values_are_read_in_one_module() {
    let reads = |text: &str| code(text).any(|line| line.contains("to_str()"));
    let readers: Vec<_> =
        sources().into_iter().filter(|(name, text)| is_in(name, "http") && reads(text)).map(|(name, _)| name).collect();
    assert!(readers.is_empty(), "use http::header_values: {readers:#?}");
}

#[test]
fn files_have_at_most_400_lines() {
    let files = ["src", "tests"].map(files).concat();
    let long: Vec<_> = files.into_iter().filter(|(_, text)| text.lines().count() > 400).map(|(name, _)| name).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn test_names_have_at_most_45_characters() {
    let mut long = Vec::new();
    for (file, text) in files("src").into_iter().chain(files("tests")) {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for pair in
            lines.windows(2).filter(|pair| pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test"))
        {
            let name = pair[1].trim_start_matches("async ").trim_start_matches("fn ").trim_end_matches("() {");
            if name.len() > 45 {
                long.push(format!("{file}: {name}"));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

/// `name` without its extension is the module or lies in its folder.
fn is_in(name: &str, module: &str) -> bool {
    name.trim_end_matches(".rs").strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The files in `src`, by their path below it.
fn sources() -> Vec<(String, String)> {
    let sources = files("src");
    assert!(sources.len() > 50, "{} files", sources.len());
    sources
}

fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("a path below the root").display().to_string();
                found.push((name, fs::read_to_string(path).expect("a source file")));
            }
        }
    }
    found
}

/// Whether a line has `word` as a whole path segment: `argon2::`, but not `my_argon2::`.
fn names(line: &str, word: &str) -> bool {
    let boundary = |character: Option<char>| !character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let rest = &line[at + word.len()..];
        boundary(line[..at].chars().next_back())
            && boundary(rest.chars().next())
            && (word.contains(':') || rest.starts_with("::"))
    })
}
