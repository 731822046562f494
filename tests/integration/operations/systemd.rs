//! The systemd unit in `deploy`.

use std::{path::Path, process::Command};

/// In tenths; systemd calls less than 2.0 "OK" and 5.0 and more "EXPOSED".
const LIMIT: &str = "--threshold=19";

#[test]
fn unit_is_hardened() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/latchkey.service");
    let analyzed =
        Command::new("systemd-analyze").args(["security", "--no-pager", "--offline=true", LIMIT]).arg(unit).output();
    // Other systems have no systemd.
    let Ok(analyzed) = analyzed else { return };
    let text = String::from_utf8_lossy(&analyzed.stdout);
    assert!(
        analyzed.status.success(),
        "{}{}",
        text.lines().last().unwrap_or_default(),
        String::from_utf8_lossy(&analyzed.stderr)
    );
}
