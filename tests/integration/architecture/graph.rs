//! The imports between the direct sub-modules of one module.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::{module_of, paths};

/// Which sub-module imports which.
pub struct Graph {
    /// Importing sub-module, imported sub-module, and one import as evidence.
    edges: BTreeMap<String, BTreeMap<String, String>>,
    /// Imports of items that the root file defines: the file, and the item's path.
    pub upward: BTreeSet<(String, String)>,
}

impl Graph {
    /// Reads the graph of `area` from the files of the crate.
    pub fn of(area: &str, sources: &[(String, String)]) -> Self {
        let files: Vec<_> = sources.iter().map(|(name, text)| (name, module_of(name), text)).collect();
        let below = files.iter().filter(|(_, module, _)| module.first().is_some_and(|first| first == area));
        let children: BTreeSet<_> = below.filter_map(|(_, module, _)| module.get(1).cloned()).collect();
        let reexports = reexports(area, &files, &children);
        let mut graph = Self { edges: BTreeMap::new(), upward: BTreeSet::new() };
        for (name, module, text) in &files {
            let [first, source, ..] = &module[..] else { continue };
            if first != area {
                continue;
            }
            for path in paths(module, text).iter().filter(|path| path.first() == Some(first)) {
                let member = path.get(1);
                let target =
                    member.filter(|member| children.contains(*member)).or(member.and_then(|m| reexports.get(m)));
                match target {
                    Some(target) if target == source => {}
                    Some(target) => {
                        let evidence = format!("src/{name} imports crate::{}", path.join("::"));
                        graph.edges.entry(source.clone()).or_default().entry(target.clone()).or_insert(evidence);
                    }
                    None => {
                        graph.upward.insert((format!("src/{name}"), format!("crate::{}", path.join("::"))));
                    }
                }
            }
        }
        graph
    }

    /// The shortest cycle through each sub-module that is in one, with evidence; each cycle once.
    pub fn cycles(&self) -> Vec<String> {
        let mut cycles: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
        for cycle in self.edges.keys().filter_map(|start| self.cycle(start)) {
            cycles.entry(cycle.iter().copied().collect()).or_insert(cycle);
        }
        cycles.values().map(|cycle| self.describe(cycle)).collect()
    }

    /// The shortest way from a sub-module back to itself.
    fn cycle<'a>(&'a self, start: &'a str) -> Option<Vec<&'a str>> {
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([vec![start]]);
        while let Some(way) = queue.pop_front() {
            let last = way.last().copied().unwrap_or(start);
            for next in self.edges.get(last).into_iter().flat_map(BTreeMap::keys) {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    queue.push_back([&way[..], &[next.as_str()]].concat());
                }
            }
        }
        None
    }

    fn describe(&self, cycle: &[&str]) -> String {
        let next = cycle.iter().skip(1).chain(cycle.first());
        let evidence = cycle.iter().zip(next).map(|(source, target)| &self.edges[*source][*target]);
        let evidence: Vec<_> = evidence.map(|line| format!("\n  {line}")).collect();
        format!("{} -> {}{}", cycle.join(" -> "), cycle[0], evidence.concat())
    }
}

/// The names that the root file re-exports, and the sub-modules they come from.
fn reexports(
    area: &str,
    files: &[(&String, Vec<String>, &String)],
    children: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let root = files.iter().filter(|(_, module, _)| module[..] == [area]);
    let paths = root.flat_map(|(_, module, text)| paths(module, &public_uses(text)));
    paths
        .filter_map(|path| match &path[..] {
            [_, child, .., name] if children.contains(child) => Some((name.clone(), child.clone())),
            _ => None,
        })
        .collect()
}

/// The `pub use` items of a file.
fn public_uses(text: &str) -> String {
    let items = text.split_inclusive(';').filter(|item| {
        let code = item.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
        code.is_some_and(|line| line.starts_with("pub use ") || line.starts_with("pub(crate) use "))
    });
    items.collect()
}

fn graph(files: &[(&str, &str)]) -> Graph {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Graph::of("auth", &files)
}

#[test]
fn graph_without_cycle_is_accepted() {
    let graph = graph(&[
        ("auth.rs", "mod a; mod b; use a::A; pub struct Root;"),
        ("auth/a.rs", "use super::b::B; use crate::http::H;"),
        ("auth/b.rs", "use super::b::inner::C; fn f() { crate::store::g(); }"),
        ("http/x.rs", "use crate::auth::a::A;"),
    ]);
    assert_eq!((graph.cycles(), graph.upward.len()), (Vec::new(), 0));
}

#[test]
fn graph_prints_each_cycle_once_with_evidence() {
    let graph = graph(&[
        ("auth/a.rs", "use super::b::B;"),
        ("auth/b/deep.rs", "fn f() -> crate::auth::c::C { todo!() }"),
        ("auth/c.rs", "use crate::auth::{c::D, a};"),
        ("auth/d.rs", "use super::a::A;"),
    ]);
    let cycle = "a -> b -> c -> a\n  src/auth/a.rs imports crate::auth::b::B\n  \
                 src/auth/b/deep.rs imports crate::auth::c::C\n  src/auth/c.rs imports crate::auth::a";
    assert_eq!(graph.cycles(), [cycle]);
}

#[test]
fn graph_follows_reexports_of_the_root() {
    let graph = graph(&[
        ("auth.rs", "mod a; mod b;\n\npub use a::{A, B as C};\nuse b::Private;\npub struct Root;"),
        ("auth/a.rs", "use super::b::X;"),
        ("auth/b.rs", "use super::A;"),
    ]);
    assert_eq!(graph.cycles().len(), 1);
    assert!(graph.upward.is_empty(), "{:?}", graph.upward);
}

#[test]
fn graph_lists_imports_of_root_items() {
    let graph = graph(&[
        ("auth.rs", "mod a; mod b; pub struct Root;"),
        ("auth/a.rs", "use super::Root; use super::*;"),
        ("auth/b.rs", "use crate::auth;"),
    ]);
    let upward: Vec<_> = graph.upward.iter().map(|(file, path)| format!("{file} {path}")).collect();
    assert_eq!(
        upward,
        ["src/auth/a.rs crate::auth::*", "src/auth/a.rs crate::auth::Root", "src/auth/b.rs crate::auth"]
    );
}
