//! The priority of the threads for heavy work.

/// The niceness of the threads. Under load, a thread with niceness 10 gets about a tenth of the processor time of a
/// thread with niceness 0 (`sched(7)`).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets all other threads of the process run first.
///
/// On Linux the priority belongs to a thread (`setpriority(2)`). On other systems it belongs to the process and stays.
#[cfg(target_os = "linux")]
pub(super) fn lower() {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "password hashing runs at the priority of the other threads");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn lower() {}
