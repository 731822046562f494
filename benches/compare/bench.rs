//! The programs under test and where results are written.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// How long each side is driven before the measurement, and in each round, in seconds.
pub const WARM_UP: u32 = 1;
pub const ROUND: u32 = 3;
pub const ROUNDS: usize = 3;

/// The programs under test and where results are written.
pub struct Bench {
    /// The release binary of Latchkey.
    pub binary: PathBuf,
    /// Another binary of Latchkey, compared with the first.
    pub baseline: Option<PathBuf>,
    /// The repository.
    pub root: PathBuf,
    /// `target/bench`.
    pub output: PathBuf,
}

impl Bench {
    /// Finds the binaries: `target/dist/release/latchkey`, or `LATCHKEY_BENCH_BINARY` and `LATCHKEY_BENCH_BASELINE`.
    pub fn new() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        let target = variable("CARGO_TARGET_DIR").unwrap_or_else(|| root.join("target"));
        let binary = variable("LATCHKEY_BENCH_BINARY").unwrap_or_else(|| target.join("dist/release/latchkey"));
        ensure!(binary.is_file(), "{} is missing: run `make dist`, or set LATCHKEY_BENCH_BINARY", binary.display());
        let baseline = variable("LATCHKEY_BENCH_BASELINE");
        if let Some(file) = &baseline {
            ensure!(file.is_file(), "LATCHKEY_BENCH_BASELINE names no file: {}", file.display());
        }
        let output = target.join("bench");
        fs::create_dir_all(&output).with_context(|| format!("cannot create {}", output.display()))?;
        Ok(Self { binary, baseline, root, output })
    }

    /// A new folder on the disk of the results, so that databases are not in memory.
    pub fn folder(&self) -> Result<TempDir> {
        Ok(tempfile::tempdir_in(&self.output)?)
    }

    /// The binary and, if there is one, the baseline.
    pub fn binaries(&self) -> impl Iterator<Item = &Path> {
        [Some(self.binary.as_path()), self.baseline.as_deref()].into_iter().flatten()
    }
}

/// A path in the environment. Cargo starts the benchmark in the folder of its package: a relative path is relative to the
/// folder in which cargo was started.
fn variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    let started_in = env::var_os("PWD").map(PathBuf::from).unwrap_or_default();
    Some(started_in.join(value))
}
