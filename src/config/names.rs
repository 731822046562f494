//! The names of settings: which are known, and which one an unknown name probably means.

use super::settings;

/// Begins the name of every setting.
pub(super) const PREFIX: &str = "LATCHKEY_";

/// Variables of the build scripts, the tests and the example backends.
const TOOLS: [&str; 8] = [
    "LATCHKEY_TOOLS",
    "LATCHKEY_URL",
    "LATCHKEY_INTERNAL_URL",
    "LATCHKEY_JWKS_URL",
    "LATCHKEY_JWKS_MAX_AGE",
    "LATCHKEY_JWKS_COOLDOWN",
    "LATCHKEY_USER_ID",
    "LATCHKEY_EMAIL",
];

/// The minimum similarity of a name that is suggested (Jaro-Winkler, up to 1).
const SIMILAR: f64 = 0.85;

/// The longest name that is printed. A longer one can be a value without its `=`.
const LONGEST: usize = 48;

/// Whether the service reads this variable.
pub(super) fn is_setting(name: &str) -> bool {
    settings().any(|setting| setting.variable == name)
}

/// Why a name with the prefix is refused; `None`: it is a setting, or belongs to other software.
pub(super) fn refusal(name: &str, value: &str) -> Option<String> {
    let known = is_setting(name) || TOOLS.contains(&name) || name.starts_with("LATCHKEY_TEST_");
    if known || is_service_link(name, value) {
        return None;
    }
    let in_capitals = name.to_ascii_uppercase();
    if is_setting(&in_capitals) {
        return Some(format!("is not a setting; write {in_capitals} in capitals"));
    }
    let advice = match suggestion(name) {
        Some(similar) => format!("did you mean {similar}?"),
        None => "`latchkey --help` lists all settings".to_owned(),
    };
    Some(format!("is not a setting; {advice}"))
}

/// The name as it may be printed: a setting, or a text that looks like the name of one.
pub(super) fn printable(written: &str) -> String {
    if let Some(setting) = settings().find(|setting| setting.variable.eq_ignore_ascii_case(written)) {
        return setting.variable.to_owned();
    }
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    if written.len() <= LONGEST && is_name(written) {
        return written.to_owned();
    }
    let begins = |name: &str| written.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let longest = settings().map(|setting| setting.variable).filter(|name| begins(name)).max_by_key(|name| name.len());
    longest.unwrap_or("a name that begins with LATCHKEY_").to_owned()
}

/// The setting that an unknown name probably means.
fn suggestion(name: &str) -> Option<&'static str> {
    if name == "LATCHKEY_PORT" || name == "LATCHKEY_HOST" {
        return Some("LATCHKEY_LISTEN");
    }
    let plain = |name: &str| name.to_ascii_uppercase().trim_start_matches(PREFIX).replace('_', "");
    let wanted = plain(name);
    let similarity = |variable: &str| strsim::jaro_winkler(&plain(variable), &wanted);
    settings()
        .map(|setting| (similarity(setting.variable), setting.variable))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, variable)| variable)
}

/// Whether Kubernetes or Docker sets the variable to describe a service named `latchkey…` to every container.
fn is_service_link(name: &str, value: &str) -> bool {
    let is_address = value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
    let of_port = name.split("_PORT_").skip(1).any(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| rest[digits..].starts_with(protocol))
    });
    of_port
        || name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && is_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_setting_gets_a_suggestion() {
        for (name, expected) in [
            ("LATCHKEY_BASEURL", "LATCHKEY_BASE_URL"),
            ("LATCHKEY_BASE_URI", "LATCHKEY_BASE_URL"),
            ("LATCHKEY_TRUSTED_ORIGIN", "LATCHKEY_TRUSTED_ORIGINS"),
            ("LATCHKEY_RATELIMIT", "LATCHKEY_RATE_LIMIT"),
            ("LATCHKEY_JWTSECRET", "LATCHKEY_JWT_SECRET"),
            ("LATCHKEY_PORT", "LATCHKEY_LISTEN"),
        ] {
            let refusal = refusal(name, "3000").unwrap();
            assert!(refusal.contains(&format!("did you mean {expected}?")), "{name}: {refusal}");
        }
        assert!(refusal("latchkey_rate_limit", "on").unwrap().contains("LATCHKEY_RATE_LIMIT in capitals"));
        assert!(refusal("LATCHKEY_ZZZZ", "").unwrap().contains("--help"));
    }

    #[test]
    fn variables_of_other_software_are_accepted() {
        for (name, value) in [
            ("LATCHKEY_LOG", "info"),
            ("LATCHKEY_TOOLS", "/opt"),
            ("LATCHKEY_TEST_POSTGRES_URL", "x"),
            ("LATCHKEY_URL", "http://localhost:3000"),
            ("LATCHKEY_SERVICE_HOST", "10.0.0.1"),
            ("LATCHKEY_SERVICE_PORT_HTTP", "80"),
            ("LATCHKEY_PORT", "tcp://10.0.0.1:80"),
            ("LATCHKEY_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("LATCHKEY_POSTGRES_PORT_5432_TCP", "tcp://10.0.0.1:5432"),
        ] {
            assert_eq!(refusal(name, value), None, "{name}");
        }
    }

    #[test]
    fn name_that_can_be_a_value_is_not_printed() {
        assert_eq!(printable("LATCHKEY_BASEURL"), "LATCHKEY_BASEURL");
        assert_eq!(printable("latchkey_log"), "LATCHKEY_LOG");
        assert_eq!(printable("LATCHKEY_JWT_SECRETq7J0xVwq3C1kZ9uYtH5nB8"), "LATCHKEY_JWT_SECRET");
        assert_eq!(printable("LATCHKEY_Zq7J0"), "a name that begins with LATCHKEY_");
    }
}
