//! Processor time and memory of a process and its children, on Linux.

/// The resources that a process and its children have used.
#[derive(Clone, Copy)]
pub struct Usage {
    /// Processor time of user and system, in milliseconds.
    pub cpu_ms: f64,
    /// Memory, in MB.
    pub resident_mb: f64,
    /// The highest memory so far (`VmHWM`), in MB.
    pub peak_mb: f64,
}

/// The usage of a running process. `None` on other systems than Linux.
#[cfg(target_os = "linux")]
pub fn usage(id: u32) -> Option<Usage> {
    let mut family = vec![i32::try_from(id).ok()?];
    let all: Vec<_> = procfs::process::all_processes().ok()?.filter_map(Result::ok).collect();
    let parents: Vec<_> = all.iter().filter_map(|process| process.stat().ok()).map(|it| (it.pid, it.ppid)).collect();
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, its_parent)| *its_parent == parent).map(|(child, _)| *child));
        next += 1;
    }
    let usages: Vec<_> = all.iter().filter(|process| family.contains(&process.pid)).filter_map(usage_of).collect();
    usages.into_iter().reduce(|one, other| Usage {
        cpu_ms: one.cpu_ms + other.cpu_ms,
        resident_mb: one.resident_mb + other.resident_mb,
        peak_mb: one.peak_mb + other.peak_mb,
    })
}

#[cfg(target_os = "linux")]
fn usage_of(process: &procfs::process::Process) -> Option<Usage> {
    let (stat, status) = (process.stat().ok()?, process.status().ok()?);
    let waited = u64::try_from(stat.cutime + stat.cstime).ok()?;
    let ticks = float(stat.utime + stat.stime + waited);
    let megabytes = |kib: Option<u64>| float(kib.unwrap_or_default()) * 1024.0 / 1e6;
    Some(Usage {
        cpu_ms: ticks * 1000.0 / float(procfs::ticks_per_second()),
        resident_mb: megabytes(status.vmrss),
        peak_mb: megabytes(status.vmhwm),
    })
}

/// The usage of a running process. `None` on other systems than Linux.
#[cfg(not(target_os = "linux"))]
pub fn usage(_: u32) -> Option<Usage> {
    None
}

/// The number of running processes in the last minute. `None` on other systems than Linux.
#[cfg(target_os = "linux")]
pub fn load() -> Option<f32> {
    use procfs::Current;
    procfs::LoadAverage::current().ok().map(|load| load.one)
}

/// The number of running processes in the last minute. `None` on other systems than Linux.
#[cfg(not(target_os = "linux"))]
pub fn load() -> Option<f32> {
    None
}

/// A number of things as a fraction. Exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2⁵³")]
pub fn float(number: u64) -> f64 {
    number as f64
}
