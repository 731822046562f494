//! A PostgreSQL server with its default settings, on a free port of the loopback address.

use std::{
    env,
    fs::{self, File},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

use crate::{
    bench::Bench,
    server::{PATIENCE, free_port, process_id, stop},
};

/// Where distributions put the programs of each version, which are not on `PATH`.
const VERSIONS: [&str; 4] = ["/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt"];

/// A running server. Dropping it stops it and removes its data.
pub struct Postgres {
    process: Child,
    programs: PathBuf,
    port: u16,
    folder: TempDir,
}

impl Postgres {
    /// Creates a server and starts it.
    pub fn start(bench: &Bench) -> Result<Self> {
        let programs = programs().context("PostgreSQL is missing: run scripts/setup-bench")?;
        let user = ServerUser::find()?;
        let folder = user.folder(bench)?;
        let data = folder.path().join("data");
        let mut initdb = user.command(&programs.join("initdb"), folder.path());
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        let output = initdb.output().with_context(|| format!("cannot start {initdb:?}"))?;
        ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
        let port = free_port()?;
        let log = File::create(folder.path().join("log"))?;
        let mut server = user.command(&programs.join("postgres"), folder.path());
        // Without a socket in the file system.
        server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""]);
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let process = server.spawn().with_context(|| format!("cannot start {server:?}"))?;
        let mut postgres = Self { process, programs, port, folder };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait()? {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("PostgreSQL ended at its start ({status}): {log}");
            }
            if self.psql().args(["-c", "SELECT 1"]).output().is_ok_and(|output| output.status.success()) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL accepted no connection in {PATIENCE:?}")
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The client, which reads statements from its input. An error ends it.
    pub fn psql(&self) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        // No settings of the user.
        psql.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", &self.url()]);
        psql
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A fast shutdown: SIGTERM alone would wait for the end of all connections.
        if let Some(id) = process_id(&self.process) {
            let _ = kill_process(id, Signal::INT);
        }
        stop(&mut self.process);
    }
}

/// The user that runs the server, if the benchmark itself runs as root, which PostgreSQL refuses.
struct ServerUser(Option<(u32, u32)>);

impl ServerUser {
    fn find() -> Result<Self> {
        if !rustix::process::getuid().is_root() {
            return Ok(Self(None));
        }
        let id = |option| {
            let output = Command::new("id").args([option, "postgres"]).output()?;
            let text = String::from_utf8(output.stdout)?;
            text.trim().parse().context("there is no user postgres: PostgreSQL does not run as root")
        };
        Ok(Self(Some((id("-u")?, id("-g")?))))
    }

    /// A folder that the user can reach: the folder of the results may be in one of root.
    fn folder(&self, bench: &Bench) -> Result<TempDir> {
        let Some((user, group)) = self.0 else { return bench.folder() };
        let folder = tempfile::tempdir_in("/var/tmp")?;
        chown(folder.path(), Some(user), Some(group))?;
        Ok(folder)
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = VERSIONS.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let named = versions.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let version = name.trim_start_matches("postgresql@").trim_start_matches("pgsql-").parse::<u32>().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = named.filter(|(_, bin)| bin.join("initdb").is_file()).max().map(|(_, bin)| bin);
    let on_path = || {
        let folders = env::var_os("PATH")?;
        env::split_paths(&folders).find(|folder| folder.join("initdb").is_file())
    };
    newest.or_else(on_path)
}
