//! The number of files and sockets that the process may have open.

/// More than the service uses; systems without a hard limit get this one.
const ENOUGH: u64 = 65_536;

/// For files, connections to the database, outgoing requests and standard streams.
const RESERVED: u64 = 128;

/// Raises the soft limit of open files to the hard limit, and returns how many connections of clients fit in, next to
/// the connections to the database.
pub fn raise_file_limit(database_connections: u32) -> usize {
    let files = rlimit::increase_nofile_limit(ENOUGH).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files is unknown");
        1_024
    });
    let reserved = RESERVED + u64::from(database_connections);
    usize::try_from(files.saturating_sub(reserved).max(files / 2)).unwrap_or(usize::MAX)
}
