//! `latchkey config`

use crate::config::Config;

pub(super) fn run(config: &Config) {
    for (variable, value) in config.values() {
        println!("{variable}={value}");
    }
}
