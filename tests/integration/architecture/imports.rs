//! The paths that a source file names in `use` trees and in expressions, relative to the crate root.
//!
//! The reader knows comments, literals and braces, not types. An inline path counts when it starts with
//! `crate`, `self` or `super`; a `use` tree also when it starts with the name of a child module, which the
//! caller tells from an external crate.

use std::{iter::Peekable, vec::IntoIter};

/// The module of a file: `auth/keys/ring.rs` is `auth::keys::ring`.
pub fn module_of(file: &str) -> Vec<String> {
    file.trim_end_matches(".rs").split('/').map(str::to_owned).filter(|part| part != "lib" && part != "main").collect()
}

/// The lines of code before the unit tests.
pub fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| *line != "#[cfg(test)]").filter(|line| !line.trim_start().starts_with("//"))
}

/// Every path in the code before the unit tests. A glob ends in `*`.
pub fn paths(module: &[String], text: &str) -> Vec<Vec<String>> {
    let code = text.lines().take_while(|line| *line != "#[cfg(test)]").collect::<Vec<_>>().join("\n");
    Reader { tokens: tokens(&code).into_iter().peekable(), module: module.to_vec(), found: Vec::new() }.read()
}

#[derive(Debug, PartialEq)]
enum Token {
    Name(String),
    PathSeparator,
    Mark(char),
}

struct Reader {
    tokens: Peekable<IntoIter<Token>>,
    module: Vec<String>,
    found: Vec<Vec<String>>,
}

impl Reader {
    fn read(mut self) -> Vec<Vec<String>> {
        // The depths at which inline modules (`mod name { … }`) end.
        let (mut depth, mut ends) = (0, Vec::new());
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Name(name) if name == "use" => self.tree(&[]),
                Token::Name(name) if name == "pub" => self.visibility(),
                Token::Name(name) if name == "mod" => {
                    if let (Some(child), Some(Token::Mark('{'))) = (self.name(), self.tokens.peek()) {
                        self.module.push(child);
                        ends.push(depth);
                    }
                }
                Token::Name(name) if ["crate", "self", "super"].contains(&name.as_str()) => self.inline(name),
                // `other::self` and `Type::crate` do not exist: skip the rest of any other path.
                Token::Name(_) => while self.separated() && self.name().is_some() {},
                Token::Mark('{') => depth += 1,
                Token::Mark('}') => {
                    depth -= 1;
                    if ends.last() == Some(&depth) {
                        ends.pop();
                        self.module.pop();
                    }
                }
                Token::Mark(_) | Token::PathSeparator => {}
            }
        }
        self.found
    }

    /// Skips `(crate)` or `(in crate::auth)`: a visibility names a module and imports nothing.
    fn visibility(&mut self) {
        if self.tokens.next_if_eq(&Token::Mark('(')).is_some() {
            while self.tokens.next_if(|token| *token != Token::Mark(')')).is_some() {}
        }
    }

    /// The rest of a `use` tree below `prefix`.
    fn tree(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        loop {
            match self.tokens.next() {
                Some(Token::Name(name)) => path.push(name),
                Some(Token::Mark('*')) => {
                    path.push("*".to_owned());
                    return self.add(&path);
                }
                Some(Token::Mark('{')) => {
                    while !matches!(self.tokens.peek(), None | Some(Token::Mark('}'))) {
                        self.tree(&path);
                        if self.tokens.peek() == Some(&Token::Mark(',')) {
                            self.tokens.next();
                        }
                    }
                    self.tokens.next();
                    return;
                }
                // A leading `::` names an external crate.
                _ => return,
            }
            if !self.separated() {
                if self.tokens.next_if_eq(&Token::Name("as".to_owned())).is_some() {
                    self.name();
                }
                if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                    path.pop();
                }
                return self.add(&path);
            }
        }
    }

    fn inline(&mut self, first: String) {
        let mut path = vec![first];
        while self.separated() {
            match self.name() {
                Some(name) => path.push(name),
                // A turbofish or a group in a macro.
                None => break,
            }
        }
        // `self` alone is a value, `pub(crate)` and `pub(super)` are visibilities.
        if path.len() > 1 {
            self.add(&path);
        }
    }

    fn add(&mut self, path: &[String]) {
        let (mut absolute, rest) = match path.first().map(String::as_str) {
            Some("crate") => (Vec::new(), &path[1..]),
            Some("self") => (self.module.clone(), &path[1..]),
            _ => (self.module.clone(), path),
        };
        for name in rest {
            if name == "super" {
                absolute.pop();
            } else {
                absolute.push(name.clone());
            }
        }
        self.found.push(absolute);
    }

    fn name(&mut self) -> Option<String> {
        match self.tokens.next_if(|token| matches!(token, Token::Name(_)))? {
            Token::Name(name) => Some(name),
            _ => None,
        }
    }

    fn separated(&mut self) -> bool {
        self.tokens.next_if_eq(&Token::PathSeparator).is_some()
    }
}

/// Names and marks; comments, strings, characters and lifetimes are left out.
fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            found.push(Token::Name(rest[..length].to_owned()));
            length
        } else if rest.starts_with("::") {
            found.push(Token::PathSeparator);
            2
        } else {
            if !first.is_whitespace() {
                found.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// The length of the string, character or lifetime at the start of the text.
fn literal(text: &str) -> Option<usize> {
    let unprefixed = text.trim_start_matches(['b', 'c', 'r']);
    let prefix = text.len() - unprefixed.len();
    let hashes = unprefixed.len() - unprefixed.trim_start_matches('#').len();
    if prefix <= 2 && unprefixed[hashes..].starts_with('"') {
        let body = &unprefixed[hashes + 1..];
        let raw = text[..prefix].contains('r');
        let end = if raw { raw_end(body, hashes)? } else { escaped_end(body, '"')? };
        return (raw || hashes == 0).then_some(prefix + hashes + 1 + end);
    }
    let body = text.strip_prefix('\'').or_else(|| text.strip_prefix("b'"))?;
    let quote = text.len() - body.len();
    let mut characters = body.chars();
    let (first, second) = (characters.next()?, characters.next());
    if first == '\\' || second == Some('\'') {
        return Some(quote + escaped_end(body, '\'')?);
    }
    let name = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
    Some(quote + name)
}

fn raw_end(body: &str, hashes: usize) -> Option<usize> {
    let end = format!("\"{}", "#".repeat(hashes));
    body.find(&end).map(|at| at + end.len())
}

fn escaped_end(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in body.char_indices() {
        if !escaped && character == quote {
            return Some(at + 1);
        }
        escaped = !escaped && character == '\\';
    }
    None
}

/// The paths in a file of the module `auth::keys`, as text.
fn read(text: &str) -> Vec<String> {
    paths(&module_of("auth/keys.rs"), text).iter().map(|path| path.join("::")).collect()
}

#[test]
fn imports_use_trees_are_flattened() {
    let text =
        "pub(crate) use crate::{store::{self, Store as S}, auth::token::*};\nuse super::{Auth, access::{Actor}};";
    assert_eq!(read(text), ["store", "store::Store", "auth::token::*", "auth::Auth", "auth::access::Actor"]);
}

#[test]
fn imports_relative_paths_are_resolved() {
    let text = "use self::ring::Ring; use super::super::clock::Clock; use stored::Key; use ::axum::Router;";
    assert_eq!(read(text), ["auth::keys::ring::Ring", "clock::Clock", "auth::keys::stored::Key"]);
}

#[test]
fn imports_inline_paths_are_found() {
    let text = "fn f(x: &crate::store::Store) -> super::token::Claims { self::g::<super::X>(self.a, Self::crate_); }";
    assert_eq!(read(text), ["store::Store", "auth::token::Claims", "auth::keys::g", "auth::X"]);
}

#[test]
fn imports_skip_visibilities() {
    let text = "pub(in crate::auth) fn f(x: super::X) {}\npub(super) struct S(pub crate::a::A);";
    assert_eq!(read(text), ["auth::X", "a::A"]);
}

#[test]
fn imports_comments_and_literals_are_skipped() {
    let text = "// use crate::a;\n/* crate::b */ let x = (\"crate::c \\\" crate::d\", r#\"\"crate::e\"#, '\"', '\\'', b'\"');\n\
                fn g<'a>(_: &'a crate::f::F) {}\n#[cfg(test)]\nmod tests { use crate::h; }";
    assert_eq!(read(text), ["f::F"]);
}

#[test]
fn imports_of_inline_modules_are_relative() {
    let text = "mod inner { use super::Ring; fn f() { super::super::g(); } }\nuse super::token;\nmod outer;";
    assert_eq!(read(text), ["auth::keys::Ring", "auth::g", "auth::token"]);
}

#[test]
fn module_of_a_file_is_its_path() {
    assert_eq!(module_of("auth/keys/ring.rs"), ["auth", "keys", "ring"]);
    assert_eq!(module_of("lib.rs"), Vec::<String>::new());
}
